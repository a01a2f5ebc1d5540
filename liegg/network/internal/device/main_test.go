package device

import (
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/networktest"
)

func TestMain(m *testing.M) { expect.Main(m, Variable) }

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }

var goBackend = networktest.GoBackend

func xla(t *testing.T) compute.Backend { t.Helper(); return networktest.XLA(t, Default) }

// normals draws float64 inputs [samples, n] of N(0,1).
func normals(seed uint64, samples, n int) *tensors.Tensor {
	random, values := rand.New(rand.NewPCG(seed, 0)), make([]float64, samples*n)
	for i := range values {
		values[i] = random.NormFloat64()
	}
	return tensors.FromFlatDataAndDimensions(values, samples, n)
}
