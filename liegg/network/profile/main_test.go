package profile

import (
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/internal/networktest"
)

// TestMain has the kernel lay the XLA plugin in the cache folder, as a user would.
func TestMain(m *testing.M) { expect.Main(m, network.BackendVariable) }

// Short names of checks and samples.
var (
	normal    = networktest.Normal[float64]
	wantPanic = expect.Panic
)

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }
