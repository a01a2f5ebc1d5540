package device

import (
	"testing"

	"github.com/gomlx/compute"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/networktest"
)

func TestMain(m *testing.M) { expect.Main(m, Variable) }

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }

var goBackend = networktest.GoBackend

func xla(t *testing.T) compute.Backend { t.Helper(); return networktest.XLA(t, Default) }
