package flow_test

import (
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// somewhere is a place far from the origin, in units in which data about it spread by 30.
var somewhere = []float64{465000, 5249000}

const spreadThere = 30.

// thereabouts draws n normal points about somewhere.
func thereabouts(n int) network.Inputs {
	rng := rand.New(rand.NewPCG(14, 0))
	x := make([]float64, 2*n)
	for i := range x {
		x[i] = somewhere[i%2] + spreadThere*rng.NormFloat64()
	}
	return network.Tensor(tensors.FromFlatDataAndDimensions(x, n, 2))
}

// bell is exp(−r²/2), r the distance from somewhere in units of the spread.
var bell = inGo(func(x *Node) *Node {
	d := MulScalar(Sub(x, Const(x.Graph(), [][]float64{somewhere})), 1/spreadThere)
	return Exp(MulScalar(ReduceSum(Square(d), -1), -.5))
})

// aboutSomewhere is [A b; 0 0] for the field A·(x − c).
func aboutSomewhere(a11, a12, a21, a22 float64) *mat.Dense {
	x, y := somewhere[0], somewhere[1]
	return mat.NewDense(3, 3, []float64{a11, a12, -a11*x - a12*y, a21, a22, -a21*x - a22*y, 0, 0, 0})
}

// Far from the origin a rotation about the data still holds, scaling still does not,
// and random flows still move the data as fast as these.
func TestFlowsFarFromTheOrigin(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	s := flow.Settings{Points: 3, Reach: 1}
	turn := ok(flow.Test(bell, action.Affine(2, 1), flow.Hypothesis{Name: "turn", H: aboutSomewhere(0, -1, 1, 0)}, thereabouts(400), s))(t)
	if last := len(turn.Curve.T) - 1; turn.Verdict != flow.Invariant || !(turn.Curve.Upper[last] < 1e-12) || !(turn.Curve.Random[0] > .05) {
		t.Errorf("want a rotation that holds and random flows that do not, got\n%v", turn)
	}
	grow := ok(flow.Test(bell, action.Affine(2, 1), flow.Hypothesis{Name: "grow", H: aboutSomewhere(1, 0, 0, 1)}, thereabouts(400), s))(t)
	if grow.Verdict != flow.Broken || !(grow.Defect.Value > .5) {
		t.Errorf("scaling about the data is not broken: %v", grow)
	}
}

func TestRefineFarFromTheOrigin(t *testing.T) {
	truth := lie.SpanAffine("turn", aboutSomewhere(0, -1, 1, 0))
	start := lie.SpanAffine("off", aboutSomewhere(.03, -1, .95, -.02))
	r := ok(flow.Refine(bell, action.Affine(2, 1), start, thereabouts(400), flow.Settings{Points: 2, Fit: flow.Fit{Reach: .5}}))(t)
	there := mat.NewDense(3, 3, []float64{1, 0, -somewhere[0], 0, 1, -somewhere[1], 0, 0, spreadThere}) // in units of the spread
	got, want := ok(r.After.Conjugate(there))(t), ok(truth.Conjugate(there))(t)
	if angle := lie.LargestAngle(got, want); !(angle < 5e-4) || !(r.Angle > .02) {
		t.Errorf("the rotation is %g rad off, turned by %g: %v", angle, r.Angle, r)
	}
}

// Orbits of fields of degree 2 are followed as they are near the origin: the field that
// keeps y − x², moved to somewhere.
func TestFieldsFarFromTheOrigin(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const x0, y0 = 1e4, -2e4
	rng := rand.New(rand.NewPCG(15, 0))
	x := make([]float64, 2*400)
	for i := range x {
		x[i] = []float64{x0, y0}[i%2] + 3*rng.Float64() - 1.5
	}
	inputs := network.Tensor(tensors.FromFlatDataAndDimensions(x, 400, 2))
	f := inGo(func(p *Node) *Node { return parabola(Sub(p, Const(p.Graph(), [][]float64{{x0, y0}}))) })
	p := action.Polynomial(2, 1, 2)
	v := ok(network.Judge(f, p, inputs, network.Settings{Rule: liegg.Rule{Threshold: 1e-4}}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 3 {
		t.Fatal(v)
	}
	h := make([]float64, p.Dim()) // monomials x, y, x², xy, y², 1: ∂ₓ + 2(x − x₀)∂ᵧ
	h[5], h[6], h[11] = 1, 2, -2*x0
	r := ok(flow.Test(f, p, flow.Hypothesis{Name: "along", H: p.Generator(h)}, inputs, flow.Settings{Reach: 1, Points: 3, Random: 1, Outside: .9}))(t)
	if c, last := r.Curve, len(r.Curve.T)-1; r.Verdict != flow.Invariant || !(c.Upper[last] < 1e-9) || !(c.RandomLow[0] > .01) {
		t.Errorf("%v", r)
	}
}
