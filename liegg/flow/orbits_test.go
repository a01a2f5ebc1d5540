package flow_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

// parabola is sin(y − x²), which keeps its value along ∂ₓ + 2x∂ᵧ.
func parabola(p *Node) *Node {
	return Sin(Sub(Slice(p, AxisRange(), AxisRange(1, 2)), Square(coordinate(p))))
}

// onSquare are n points of [−1.5, 1.5]².
func onSquare(seed uint64, n int) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(seed, 0))
	x := make([]float64, 2*n)
	for i := range x {
		x[i] = 3*rng.Float64() - 1.5
	}
	return tensors.FromFlatDataAndDimensions(x, n, 2)
}

// along is ∂ₓ + 2x∂ᵧ among the fields of degree 2: monomials x, y, x², xy, y², 1.
func along(p action.Polynomials) flow.Hypothesis {
	h := make([]float64, p.Dim())
	h[5], h[6] = 1, 2
	return flow.Hypothesis{Name: p.Field(p.Generator(h)).Formula(0, "x", "y"), H: p.Generator(h)}
}

// Along its own field an exact function keeps its value to rounding, and loses it
// along others; the fields that its gradients give are tested like any generator.
func TestFlowsOfPolynomialFields(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	p, exact := action.Polynomial(2, 1, 2), inGo(parabola)
	inputs := network.Tensor(onSquare(31, 400))
	v := ok(network.Judge(exact, p, inputs, network.Settings{Rule: liegg.Rule{Threshold: 1e-6}}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 3 {
		t.Fatal(v)
	}
	for _, words := range []string{"3 generators, described below", "∂₁ + 2x₁∂₂\n", "function multiples of one field", "1 of 3 brackets leave degree 2"} {
		if !strings.Contains(v.String(), words) {
			t.Errorf("the verdict does not say %q:\n%v", words, v)
		}
	}
	s := flow.Settings{Reach: 1, Points: 3, Random: 1, Outside: .9}
	for _, field := range p.Fields(v.Algebra, 0) {
		r := ok(flow.Test(exact, p, flow.Hypothesis{Name: field.String(), H: p.Lift(field)}, inputs, s))(t)
		c := r.Curve
		last := len(c.T) - 1
		if r.Verdict != flow.Invariant || c.T[last] != 1 || !(c.Upper[last] < 1e-18) || !(c.RandomLow[0] > .01) {
			t.Errorf("%v", r)
		}
	}
	other := flow.Hypothesis{Name: "x∂ᵧ", H: p.Lift(action.Polynomial(2, 1, 1).Field(flow.Shear(3, 1, 0).H))}
	c := ok(flow.Compare(exact, p, []flow.Hypothesis{along(p), other}, inputs, flow.Settings{Reach: 1, Points: 4, Random: -1}))(t)
	if !c.Apart(1) || c.Results[1].Verdict != flow.Broken {
		t.Error(c)
	}
	if limit := c.Results[0].Curve.Limit; !(limit > .1 && limit < 1) {
		t.Errorf("a tenth of the square has left it at t = %g", limit)
	}
}

// twist is a user-defined action: it rotates (x, y, z) about the z axis by an angle proportional to z.
type twist struct{}

func (twist) Dim() int                         { return 1 }
func (twist) Generator(h []float64) *mat.Dense { return mat.NewDense(1, 1, h) }
func (twist) Check(input []int) error          { return action.Linear(3, 1).Check(input) }
func (twist) Tangents(p *Node) *Node {
	at := func(i int) *Node { return Slice(p, AxisRange(), AxisElem(i)) }
	x, y, z := at(0), at(1), at(2)
	return Stack([]*Node{Concatenate([]*Node{Neg(Mul(z, y)), Mul(z, x), ZerosLike(z)}, -1)}, 1)
}
func (twist) Velocity(h []float64) func(v, p []float64) {
	return func(v, p []float64) { v[0], v[1], v[2] = -h[0]*p[2]*p[1], h[0]*p[2]*p[0], 0 }
}

// For a user-defined action, the method Velocity is enough for flows.
func TestFlowOfOwnAction(t *testing.T) {
	rng := rand.New(rand.NewPCG(34, 0))
	x := make([]float64, 900)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	inputs := network.Tensor(tensors.FromFlatDataAndDimensions(x, 300, 3))
	h := flow.Hypothesis{Name: "twist", H: mat.NewDense(1, 1, []float64{1})}
	s := flow.Settings{Reach: 1, Points: 2, Random: -1}
	round := ok(flow.Test(inGo(func(p *Node) *Node { // x² + y² + sin z
		squares := ReduceAndKeep(Square(Slice(p, AxisRange(), AxisRange(0, 2))), ReduceSum, -1)
		return Add(squares, Sin(Slice(p, AxisRange(), AxisElem(2))))
	}), twist{}, h, inputs, s))(t)
	if round.Verdict != flow.Invariant || !(round.Curve.Upper[1] < 1e-18) {
		t.Error(round)
	}
	if r := ok(flow.Test(inGo(coordinate), twist{}, h, inputs, s))(t); r.Verdict != flow.Broken || !(r.Curve.Lower[1] > .01) {
		t.Error(r)
	}
}

// A trained network has the field to its own accuracy, and the flow bears it out.
func TestFieldOfTrainedNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := onSquare(32, 4000)
	exact := inGo(parabola)
	samples := dataset.Samples{Name: "parabola", X: x, Y: ok(exact.Predict(x))(t)}
	mlp := network.MLP{Hidden: []int{64, 64}, Outputs: 1, Bias: true}
	n := ok(training.Cached(mlp, training.Settings{Steps: 3000, LearningRate: 5e-3, Cosine: true}, samples.Batches(500, 0), nil))(t)
	p, inputs := action.Polynomial(2, 1, 1), network.Tensor(onSquare(33, 4000))
	v := ok(network.Judge(n, p, inputs, network.Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 1 {
		t.Fatal(v)
	}
	field := p.Fields(v.Algebra, 0)[0]
	if at := field.At([]float64{1, 0}); !(at[0] > .9 && at[0] < 1.1 && at[1] > 1.85 && at[1] < 2.15) {
		t.Errorf("the field found is %v", field)
	}
	r := ok(flow.Test(n, p, flow.Hypothesis{Name: field.String(), H: p.Lift(field)}, inputs, flow.Settings{Reach: 1, Points: 6}))(t)
	last := len(r.Curve.T) - 1
	if !(r.Defect.Upper < .05) || r.Curve.Holds != r.Curve.T[last] || !(r.Curve.RandomLow[1] > 10*r.Curve.Delta[1]) {
		t.Error(r)
	}
	more := ok(network.Judge(n, action.Polynomial(2, 1, 2), inputs, network.Settings{}))(t)
	if more.Dim != 3 || !strings.Contains(more.String(), "function multiples of one field") {
		t.Error(more)
	}
}
