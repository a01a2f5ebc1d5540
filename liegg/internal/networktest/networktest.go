// Package networktest holds backends and samples for the tests of network, flow and the packages
// below network.
package networktest

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/cachefolder"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
)

// GoBackend returns GoMLX in pure Go, even if the default backend is another.
func GoBackend(t *testing.T) compute.Backend {
	t.Helper()
	return expect.OK(purego.New())(t)
}

// XLA returns the default backend. It skips the test if this machine has no XLA.
func XLA(t *testing.T, byDefault func() (compute.Backend, error)) compute.Backend {
	t.Helper()
	b := expect.OK(byDefault())(t)
	if b.Name() == GoBackend(t).Name() {
		t.Skip("this machine has no XLA: only the pure-Go backend is tested")
	}
	return b
}

// Normal draws standard normal inputs [n, dims…].
func Normal[T float32 | float64](seed uint64, n int, dims ...int) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(seed, 0))
	x := tensors.FromScalarAndDimensions(T(0), append([]int{n}, dims...)...)
	tensors.MustMutableFlatData(x, func(v []T) {
		for i := range v {
			v[i] = T(rng.NormFloat64())
		}
	})
	return x
}

// O5 draws samples of the paper's regression in parts of the given sizes. It returns them
// standardised by the first part, with the standardisation.
func O5(t *testing.T, seed uint64, sizes ...int) ([]dataset.Samples, dataset.Standardisation) {
	t.Helper()
	total := 0
	for _, n := range sizes {
		total += n
	}
	parts := dataset.O5(rand.New(rand.NewPCG(seed, 0)), total).Split(sizes...)
	z := expect.OK(dataset.FitStandardisation(parts[0], 5))(t)
	for i := range parts {
		parts[i] = z.Apply(parts[i])
	}
	return parts, z
}

// Photographs draws n smooth colour images, [n, 3, size, size], that fill their frame and are
// periodic: sums of waves with whole numbers of periods.
func Photographs[T float32 | float64](n, size int) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(41, 0))
	x := make([]T, n*3*size*size)
	for image := range 3 * n {
		for range 4 {
			kx, ky, phase, height := float64(rng.IntN(5)-2), float64(rng.IntN(5)-2), 2*math.Pi*rng.Float64(), rng.NormFloat64()
			for p := range size * size {
				x[image*size*size+p] += T(height * math.Cos((kx*float64(p%size)+ky*float64(p/size))*2*math.Pi/float64(size)+phase))
			}
		}
	}
	return tensors.FromFlatDataAndDimensions(x, n, 3, size, size)
}

// Apart returns XLA for CPUs with memory that it does not share with the program, as a GPU has it.
// start starts a backend that the named environment variable chooses. The test is skipped if the
// kernel has not prepared XLA.
func Apart(t *testing.T, variable string, start func() (compute.Backend, error)) compute.Backend {
	t.Helper()
	plugin := filepath.Join(expect.OK(cachefolder.Path())(t), "xla", "pjrt_c_api_cpu_plugin.so")
	if _, err := os.Stat(plugin); err != nil {
		t.Skip("this machine has no XLA for CPUs")
	}
	t.Setenv(variable, "xla:"+plugin+",shared_buffers=false")
	b := expect.OK(start())(t)
	if b.HasSharedBuffers() {
		t.Fatal("the backend shares its memory")
	}
	return b
}
