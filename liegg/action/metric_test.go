package action_test

import (
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/linalg"
)

// The product of the factors is the metric, whitened or not.
func TestMetricFactors(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	factored := 0
	for _, c := range instances() {
		x := normal(rng, c.input...)
		whitened, err := action.Whiten(c.a, x)
		if err != nil {
			t.Fatal(err)
		}
		w := tensors.FromValue([]float64{.5, 2, 0, 1})
		for _, a := range []action.Action{c.a, whitened} {
			left, right := action.MetricFactors(a)
			if left == nil {
				continue
			}
			factored++
			m := call(t, right, x, w)
			n := a.Dim() / left.SymmetricDim()
			got := linalg.Whole(linalg.Kronecker{Left: left, Right: mat.NewSymDense(n, m)})
			want := call(t, func(x, w *Node) *Node { return action.Metric(a, x, w) }, x, w)
			expect.Near(t, "MetricFactors of "+c.name, mat.DenseCopyOf(got).RawMatrix().Data, want, 1e-14)
			axes, columns := action.SpeedFactors(a)
			q := call(t, func(x, _ *Node) *Node { return columns(x) }, x, w)
			for k := range a.Dim() {
				sum := 0.
				for i, weight := range []float64{.5, 2, 0, 1} {
					sum += weight * axes[k/n] * q[i*n+k%n]
				}
				expect.Near(t, "SpeedFactors of "+c.name, []float64{sum}, want[k*a.Dim()+k:k*a.Dim()+k+1], 1e-12*(1+sum))
			}
		}
	}
	if factored < 4 {
		t.Errorf("only %d metrics are products", factored)
	}
}
