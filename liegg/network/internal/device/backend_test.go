package device

import (
	"strings"
	"testing"
)

func TestUnknownBackendIsAnError(t *testing.T) {
	for _, config := range []string{"nonsense", "nonsense:cpu", "xla:/no/such/plugin.so"} {
		t.Setenv(Variable, config)
		b, err := New()
		if b != nil || err == nil || !strings.Contains(err.Error(), Variable) || !strings.Contains(err.Error(), config) {
			t.Errorf("%s: the backend %v, error %v", config, b, err)
		}
	}
}

// A ~ in quotes reaches the lab as it stands, and would be a folder of that name.
func TestCacheFolderWithATilde(t *testing.T) {
	t.Setenv("LIEGG_CACHE", "~/x")
	if folder, err := CacheFolder(); err == nil || !strings.Contains(err.Error(), "LIEGG_CACHE is ~/x") {
		t.Errorf("the folder %q, error %v", folder, err)
	}
}
