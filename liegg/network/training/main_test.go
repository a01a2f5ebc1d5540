package training

import (
	"testing"

	"github.com/gomlx/compute"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/network"
)

// TestMain has the kernel lay the XLA plugin in the cache folder, as a user would.
func TestMain(m *testing.M) { expect.Main(m, network.BackendVariable) }

// Short names of checks and samples.
var (
	goBackend = networktest.GoBackend
	normal    = networktest.Normal[float64]
	normal32  = networktest.Normal[float32]
	o5        = networktest.O5
	done      = expect.NoError
)

func xla(t *testing.T) compute.Backend { t.Helper(); return networktest.XLA(t, network.Backend) }

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }
