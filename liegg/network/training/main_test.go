package training

import (
	"sync"
	"testing"

	"github.com/gomlx/compute"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/internal/device"
)

// TestMain chooses the backend in pure Go, for networks are small and XLA takes seconds to compile
// the program of a training. Tests that do not call onXLA run there.
func TestMain(m *testing.M) { expect.MainInGo(m, network.BackendVariable) }

// Short names of checks and samples.
var (
	goBackend = networktest.GoBackend
	normal    = networktest.Normal[float64]
	normal32  = networktest.Normal[float32]
	o5        = networktest.O5
	done      = expect.NoError
)

// usual returns the backend of a user who has not chosen one: XLA if this machine has it.
var usual = sync.OnceValues(func() (compute.Backend, error) { return expect.WithoutChoice(network.NewBackend) })

func xla(t *testing.T) compute.Backend { t.Helper(); return networktest.XLA(t, usual) }

// onXLA has a test train, run and differentiate on XLA if this machine has it.
func onXLA(t *testing.T) {
	t.Helper()
	before := device.Default
	device.Default = usual
	t.Cleanup(func() { device.Default = before })
}

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }
