package network

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
)

// TestMain has the kernel lay the XLA plugin in the cache folder, as a user would.
func TestMain(m *testing.M) { expect.Main(m, BackendVariable) }

// goBackend is GoMLX in pure Go, beside whatever Backend() is.
func goBackend(t *testing.T) compute.Backend {
	t.Helper()
	b, err := compute.NewWithConfig("go")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// xla is the XLA backend; where this machine has none, the test is skipped.
func xla(t *testing.T) compute.Backend {
	t.Helper()
	b := ok(Backend())(t)
	if b.Name() == goBackend(t).Name() {
		t.Skip("this machine has no XLA: only the pure-Go backend is tested")
	}
	return b
}

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }

func done(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// normal draws float64 inputs [n, dims…] of N(0,1).
func normal(seed uint64, n int, dims ...int) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(seed, 0))
	x := tensors.FromScalarAndDimensions(0.0, append([]int{n}, dims...)...)
	tensors.MustMutableFlatData(x, func(v []float64) {
		for i := range v {
			v[i] = rng.NormFloat64()
		}
	})
	return x
}

// o5 are standardised samples of the paper's regression: training, validation,
// test, and the standardisation.
func o5(t *testing.T, seed uint64, sizes ...int) ([]dataset.Samples, dataset.Standardisation) {
	t.Helper()
	total := 0
	for _, n := range sizes {
		total += n
	}
	parts := dataset.O5(rand.New(rand.NewPCG(seed, 0)), total).Split(sizes...)
	z := ok(dataset.FitStandardisation(parts[0], 5))(t)
	for i := range parts {
		parts[i] = z.Apply(parts[i])
	}
	return parts, z
}

// normal32 is normal in float32.
func normal32(seed uint64, n int, dims ...int) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(seed, 0))
	x := tensors.FromScalarAndDimensions(float32(0), append([]int{n}, dims...)...)
	tensors.MustMutableFlatData(x, func(v []float32) {
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
	})
	return x
}

// small is a network for O(5).
var small = MLP{Hidden: []int{16, 16}, Outputs: 1, Bias: true}

func outputsOf(t *testing.T, n *Network, x *tensors.Tensor) []float64 {
	t.Helper()
	return ok(dataset.Values(ok(n.Predict(x))(t)))(t)
}

func wantPanic(t *testing.T, words string, misuse func()) {
	t.Helper()
	defer func() {
		if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), words) {
			t.Errorf("the panic does not say %q: %v", words, r)
		}
	}()
	misuse()
}
