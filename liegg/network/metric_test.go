package network

import (
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
)

// steep is the function a·exp(c|x|²) with a ∈ R^m: few samples have nearly all of
// its gradient, and scalings go along it, so that their ρ is 1.
func steep(m int, c float64) func(x *Node) *Node {
	rng := rand.New(rand.NewPCG(12, 0))
	a := make([]float64, m)
	for i := range a {
		a[i] = rng.NormFloat64()
	}
	return func(x *Node) *Node {
		size := MulScalar(ReduceAndKeep(Square(x), ReduceSum, -1), c)
		return Mul(Exp(size), ConstAs(x, [][]float64{a}))
	}
}

// Even if a few samples dominate, and for any probes, the metric and the rows are consistent.
func TestEstimatedMetricBelongsToTheRows(t *testing.T) {
	f := Exact(steep(20, .5))
	for seed := range uint64(20) {
		for _, s := range []Settings{{}, {Gram: true}, {Batch: 100}} {
			ρ := ok(Analyze(f, action.Linear(2, 4), Tensor(normal(seed, 1500, 8)), s))(t).Defects()
			if largest := ρ[len(ρ)-1]; largest > 1+1e-9 {
				t.Errorf("seed %d, %+v: ρ = %.12g", seed, s, largest)
			}
		}
	}
}

// Probes do not miss linearly dependent outputs: for ten outputs with a sum of zero, two in 1024 of
// the probes of ±1 would be blind to a sample.
func TestProbesMissNoSample(t *testing.T) {
	f := Exact(bilinear(12, 16, 10))
	s := ok(Analyze(f, action.Linear(2, 6), Tensor(normal(5, 4096, 12)), Settings{Head: CentredLogits, Mode: TangentMode}))(t)
	if s.Idle != 0 {
		t.Errorf("%d of %d samples have no gradient, it says", s.Idle, s.Samples)
	}
}
