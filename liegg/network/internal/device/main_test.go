package device

import (
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/expect"
)

func TestMain(m *testing.M) { expect.Main(m, Variable) }

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }

// goBackend is GoMLX in pure Go, besides the default backend.
func goBackend(t *testing.T) compute.Backend {
	t.Helper()
	return ok(compute.NewWithConfig("go"))(t)
}

// xla is the XLA backend; without one on this machine, the test is skipped.
func xla(t *testing.T) compute.Backend {
	t.Helper()
	b := ok(Default())(t)
	if b.Name() == goBackend(t).Name() {
		t.Skip("this machine has no XLA: only the pure-Go backend is tested")
	}
	return b
}

// normals draws float64 inputs [samples, n] of N(0,1).
func normals(seed uint64, samples, n int) *tensors.Tensor {
	random, values := rand.New(rand.NewPCG(seed, 0)), make([]float64, samples*n)
	for i := range values {
		values[i] = random.NormFloat64()
	}
	return tensors.FromFlatDataAndDimensions(values, samples, n)
}
