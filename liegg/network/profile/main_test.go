package profile

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// TestMain has the kernel lay the XLA plugin in the cache folder, as a user would.
func TestMain(m *testing.M) { expect.Main(m, network.BackendVariable) }

func ok[T any](v T, err error) func(t *testing.T) T { return expect.OK(v, err) }

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

func wantPanic(t *testing.T, words string, misuse func()) {
	t.Helper()
	defer func() {
		if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), words) {
			t.Errorf("the panic does not say %q: %v", words, r)
		}
	}()
	misuse()
}
