package network

import (
	"strings"
	"testing"
)

func TestUnknownBackendIsAnError(t *testing.T) {
	for _, config := range []string{"nonsense", "nonsense:cpu", "xla:/no/such/plugin.so"} {
		t.Setenv(BackendVariable, config)
		b, err := newBackend()
		if b != nil || err == nil || !strings.Contains(err.Error(), BackendVariable) || !strings.Contains(err.Error(), config) {
			t.Errorf("%s: the backend %v, error %v", config, b, err)
		}
	}
}
