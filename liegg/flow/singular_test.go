package flow_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// normal draws count numbers in float64 as tensors [n, width].
func normal(seed uint64, n, width int) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(seed, 0))
	values := make([]float64, n*width)
	for i := range values {
		values[i] = rng.NormFloat64()
	}
	return tensors.FromFlatDataAndDimensions(values, n, width)
}

// distance is |x₁ − x₂| of two particles, [batch].
func distance(x *Node) *Node {
	batch, n := x.Shape().Dim(0), x.Shape().Dim(1)/2
	x = Reshape(x, batch, 2, n)
	first, second := Slice(x, AxisRange(), AxisRange(0, 1)), Slice(x, AxisRange(), AxisRange(1, 2))
	return Reshape(Sqrt(ReduceSum(Square(Sub(first, second)), -1)), batch, 1)
}

// potentials returns potentials of two particles that are singular at distance 0.
func potentials() map[string]func(x *Node) *Node {
	inverse := func(power float64) func(x *Node) *Node {
		return func(x *Node) *Node { r := distance(x); return Pow(r, Const(r.Graph(), -power)) }
	}
	return map[string]func(x *Node) *Node{
		"Coulomb":       func(x *Node) *Node { return Neg(inverse(1)(x)) },
		"Lennard-Jones": func(x *Node) *Node { return Sub(inverse(12)(x), inverse(6)(x)) },
		"log":           func(x *Node) *Node { return Log(distance(x)) },
	}
}

// A few near-collisions carry the sums of ρ and Var f. Rotations are symmetries of a
// central potential all the same, and scaling is none.
func TestSingularPotentials(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for name, f := range potentials() {
		for _, dim := range []int{2, 3} {
			x := network.Tensor(normal(3, 3000, 2*dim))
			c := ok(flow.Compare(inGo(f), action.Linear(dim, 2), []flow.Hypothesis{flow.Rotation(dim, 0, 1), flow.Scaling(dim)}, x,
				flow.Settings{Points: 2, Random: -1}))(t)
			turn, grow := c.Results[0], c.Results[1]
			if turn.Verdict != flow.Invariant || grow.Verdict != flow.Broken {
				t.Errorf("%s in %d dimensions:\n%v\n%v", name, dim, turn, grow)
			}
			if name == "Lennard-Jones" && (!turn.Curve.Bounded || turn.Influence.Cut == 0 || turn.Influence.Effective < 100) {
				t.Errorf("in %d dimensions heavy tails were not found: %+v\n%v", dim, turn.Influence, turn)
			}
		}
	}
}

// Near-collisions do not dominate the fit of a refinement either.
func TestRefineSingularPotential(t *testing.T) {
	truth := lie.Span("rotation", flow.Rotation(2, 0, 1).H)
	start := lie.Span("start", mat.NewDense(2, 2, []float64{.08, -1.05, .95, -.03}))
	r := ok(flow.Refine(inGo(potentials()["Lennard-Jones"]), action.Linear(2, 2), start, network.Tensor(normal(5, 1000, 4)), flow.Settings{Points: 2}))(t)
	before, after := lie.LargestAngle(start, truth), lie.LargestAngle(r.After, truth)
	if before < .05 || after > 1e-4 || !r.Curves[0].Bounded || !r.Better() || !strings.Contains(r.String(), "carry the variance") {
		t.Errorf("angle to the rotation %.2g → %.2g\n%v", before, after, r)
	}
}

// Near its null cone x² − y² is steep against how it varies over the data: ρ of a
// scaling is small, but f(eᵗx) = e²ᵗf(x).
func TestSteepIsNotVaried(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	rng := rand.New(rand.NewPCG(4, 0))
	var values []float64
	for range 5000 {
		y, m := 5+5*rng.Float64(), .5+rng.Float64()
		values = append(values, math.Sqrt(y*y+m*m), math.Copysign(y, rng.Float64()-.5))
	}
	x := network.Tensor(tensors.FromFlatDataAndDimensions(values, 5000, 2))
	f := inGo(func(x *Node) *Node {
		squares := Square(x)
		return Sub(Slice(squares, AxisRange(), AxisRange(0, 1)), Slice(squares, AxisRange(), AxisRange(1, 2)))
	})
	for _, c := range []struct {
		h    flow.Hypothesis
		want flow.Verdict
	}{{flow.Scaling(2), flow.Broken}, {flow.Boost(2, 0, 1), flow.Invariant}} {
		r := ok(flow.Test(f, action.Linear(2, 1), c.h, x, flow.Settings{Points: 4, Random: 2}))(t)
		if r.Verdict != c.want {
			t.Errorf("want %v, got\n%v", c.want, r)
		}
		if c.want == flow.Broken && (r.Defect.Upper > .02 || !strings.Contains(r.String(), "although ρ is within")) {
			t.Errorf("it does not say why it is broken:\n%v", r)
		}
	}
}

// Random flows end where they leave the domain of f: of log(x² − y²), at the cone.
func TestRandomFlowsLeaveTheDomain(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 0))
	var values []float64
	for range 1000 {
		y, m := 5+5*rng.Float64(), .5+rng.Float64()
		values = append(values, math.Hypot(y, m), y)
	}
	f := inGo(func(x *Node) *Node {
		squares := Square(x)
		return Log(Sub(Slice(squares, AxisRange(), AxisRange(0, 1)), Slice(squares, AxisRange(), AxisRange(1, 2))))
	})
	x := network.Tensor(tensors.FromFlatDataAndDimensions(values, 1000, 2))
	r := ok(flow.Test(f, action.Linear(2, 1), flow.Boost(2, 0, 1), x, flow.Settings{Points: 4, Random: 4}))(t)
	if last := len(r.Curve.T) - 1; r.Verdict != flow.Invariant || r.Curve.Inside[last] > 3 {
		t.Errorf("a boost, and random flows that leave the domain: got\n%v", r)
	}
}
