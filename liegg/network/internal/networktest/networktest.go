// Package networktest holds backends and samples for the tests of package network and the
// packages below it.
package networktest

import (
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
)

// GoBackend returns GoMLX in pure Go, beside whatever the default backend is.
func GoBackend(t *testing.T) compute.Backend {
	t.Helper()
	return expect.OK(compute.NewWithConfig("go"))(t)
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

// Normal draws inputs [n, dims…] of N(0,1).
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

// O5 draws standardised samples of the paper's regression in parts of the given sizes, and
// returns how they were standardised, by the first part.
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
