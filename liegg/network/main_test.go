package network

import (
	"sync"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/networktest"
)

// TestMain has the kernel install the XLA plugin in the cache folder, as a user would. Tests that
// do not ask for XLA run in pure Go.
func TestMain(m *testing.M) { expect.MainInGo(m, BackendVariable) }

// Short names of checks and samples.
var (
	goBackend   = networktest.GoBackend
	normal      = networktest.Normal[float64]
	normal32    = networktest.Normal[float32]
	o5          = networktest.O5
	photographs = networktest.Photographs[float64]
	done        = expect.NoError
	wantPanic   = expect.Panic
)

// usual returns the backend of a user who has not chosen one: XLA if this machine has it.
var usual = sync.OnceValues(func() (compute.Backend, error) { return expect.WithoutChoice(NewBackend) })

func xla(t *testing.T) compute.Backend { t.Helper(); return networktest.XLA(t, usual) }

// onXLA puts a network on XLA if this machine has it.
func onXLA(t *testing.T, n *Network) *Network {
	t.Helper()
	n.Backend = ok(usual())(t)
	return n
}

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }

// small is a network for O(5).
var small = MLP{Hidden: []int{16, 16}, Outputs: 1, Bias: true}

func outputsOf(t *testing.T, n *Network, x *tensors.Tensor) []float64 {
	t.Helper()
	return ok(dataset.Values(ok(n.Predict(x))(t)))(t)
}
