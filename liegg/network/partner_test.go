package network

import (
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
)

func curvedNetwork() *Network {
	return Exact(func(x *Node) *Node {
		at := func(i int) *Node { return Slice(x, AxisRange(), AxisElem(i)) }
		return Add(Mul(at(0), at(3)), Add(DivScalar(Mul(Square(at(1)), at(1)), 3), Sin(at(2))))
	})
}

// A short stream has nearly the reference and the variation of a long one, and a single sample
// has no other. The shear moves along the steepest coordinate, so that ρ_ref is above 1/√n.
func TestReferenceOfShortStreams(t *testing.T) {
	n := curvedNetwork()
	a := action.Restricted(action.Linear(2, 2), lie.Span("shear", mat.NewDense(2, 2, []float64{0, 0, 1, 0})))
	judged := func(samples int) (reference, variation float64) {
		v := ok(Judge(n, a, Tensor(gaussian(7, samples, 1, 2, 1, 1)), Settings{}))(t)
		return v.Reference, v.Defects[0].Variation
	}
	reference, variation := judged(20_000)
	if reference < .55 {
		t.Fatalf("ρ_ref = %.3g", reference)
	}
	for _, samples := range []int{130, 255, 257} {
		r, η := judged(samples)
		if math.Abs(r/reference-1) > .15 || math.Abs(η/variation-1) > .5 {
			t.Errorf("%d samples: ρ_ref = %.3g and η = %.3g, of 20000 %.3g and %.3g", samples, r, η, reference, variation)
		}
	}
	if _, err := Judge(n, a, Tensor(gaussian(7, 1, 1, 2, 1, 1)), Settings{}); err == nil {
		t.Error("one sample is no error")
	}
}
