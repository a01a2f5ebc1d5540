package network

import (
	"math"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/lie"
)

// axis is x_i of x [batch, n], as [batch, 1].
func axis(x *Node, i int) *Node { // by a product: slices have no forward derivative

	unit := make([]float64, x.Shape().Dim(1))
	unit[i] = 1
	return ReduceAndKeep(Mul(x, row(x, unit)), ReduceSum, -1)
}

// inUnits is the network of some functions to [batch, 1], each times its unit.
func inUnits(units []float64, functions ...func(x *Node) *Node) *Network {
	return Exact(func(x *Node) *Node {
		y := make([]*Node, len(functions))
		for i, f := range functions {
			y[i] = MulScalar(f(x), units[i])
		}
		return Concatenate(y, -1)
	})
}

func radius(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) }

// crooked is x₁³ + 2x₂x₃ − x₄, without a linear symmetry in common with the radius.
func crooked(x *Node) *Node {
	return Sub(Add(Mul(axis(x, 0), Square(axis(x, 0))), MulScalar(Mul(axis(x, 1), axis(x, 2)), 2)), axis(x, 3))
}

// A symmetry is a property of every output: the units of outputs neither create nor hide it.
func TestUnitsOfOutputs(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := gaussian(7, 2000, ones(4)...)
	wave := func(x *Node) *Node { return Sin(radius(x)) }
	for _, unit := range []float64{1e-3, 1, 100, 1e4} {
		v := ok(Judge(inUnits([]float64{unit, 1}, radius, crooked), action.Linear(4, 1), Tensor(x), Settings{}))(t)
		if v.Answer != liegg.None {
			t.Errorf("(%g·|x|², x₁³ + 2x₂x₃ − x₄) has no symmetry: got\n%v", unit, v)
		}
		if said := strings.Contains(v.String(), "6 generators would be below"); said != (unit >= 100) {
			t.Errorf("(%g·|x|², x₁³ + 2x₂x₃ − x₄): which answer the sizes would give:\n%v", unit, v)
		}
		v = ok(Judge(inUnits([]float64{unit, 1}, radius, wave), action.Linear(4, 1), Tensor(x), Settings{Rule: liegg.Rule{Threshold: 1e-6}}))(t)
		if v.Answer != liegg.Symmetric || v.Dim != 6 || lie.LargestAngle(v.Algebra, lie.SO(4)) > 1e-9 {
			t.Errorf("(%g·|x|², sin|x|²) has so(4): got\n%v", unit, v)
		}
	}
}

// The verdict is the same, number by number, for all units of outputs, however J·T
// is computed.
func TestVerdictKeepsWithUnits(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := gaussian(7, 1500, ones(4)...)
	for _, mode := range []Differentiation{ReverseMode, TangentMode, CoordinateMode} {
		var want []liegg.Estimate
		for _, unit := range []float64{1, 1e-3, 1e4} {
			v := ok(Judge(inUnits([]float64{unit, 1}, radius, crooked), action.Linear(4, 1), Tensor(x), Settings{Mode: mode}))(t)
			if want == nil {
				want = v.Defects
			}
			for j, d := range v.Defects {
				if math.Abs(d.Value-want[j].Value) > 1e-9 {
					t.Errorf("mode %d, unit %g: ρ_%d = %g, but %g in other units", mode, unit, j+1, d.Value, want[j].Value)
				}
			}
		}
	}
}

// The spectrum of a verdict is the spectrum of Analyze, for unscaled outputs. With BySize the answer
// is also for unscaled outputs.
func TestSpectrumKeepsSizes(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := gaussian(7, 3000, ones(4)...)
	net := inUnits([]float64{100, 1, 0}, radius, crooked, radius)
	for _, gram := range []bool{false, true} {
		v := ok(Judge(net, action.Linear(4, 1), Tensor(x), Settings{Gram: gram}))(t)
		s := ok(Analyze(net, action.Linear(4, 1), Tensor(x), Settings{Gram: gram}))(t)
		for j, g := range v.Spectrum.BySingular {
			if want := s.BySingular[j].Singular; math.Abs(g.Singular-want) > 1e-9*want || v.Spectrum.Outputs != 3 {
				t.Errorf("s_%d = %g of %d outputs, Analyze has %g", j+1, g.Singular, v.Spectrum.Outputs, want)
			}
		}
	}
	v := ok(Judge(net, action.Linear(4, 1), Tensor(x), Settings{BySize: true}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 6 || v.Scales != nil {
		t.Errorf("so(4) by the size of outputs: got\n%v", v)
	}
}

// Outputs that are constant except for rounding do not count. An output that changes by little does.
func TestConstantOutputs(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := gaussian(7, 3000, ones(4)...)
	for _, c := range []struct {
		amount   float64 // of the symmetry that the second output breaks
		single   bool
		constant bool
	}{{0, false, true}, {1e-17, false, true}, {1e-9, false, false}, {.01, false, false}, {0, true, true}, {1e-8, true, true}, {1e-3, true, false}} {
		almost := func(x *Node) *Node { return AddScalar(MulScalar(crooked(x), c.amount), 5) }
		inputs := x
		if c.single {
			inputs = single(t, x)
		}
		v := ok(Judge(inUnits([]float64{1, 1}, radius, almost), action.Linear(4, 1), Tensor(inputs), Settings{}))(t)
		if c.constant && (v.Answer != liegg.Symmetric || v.Dim != 6 || !slices.Equal(v.Scales.Constant, []int{1}) ||
			!strings.Contains(v.String(), "left out: 1 output is constant to within rounding at the first samples: 2")) {
			t.Errorf("|x|² beside 5 + %g·h(x): got\n%v", c.amount, v)
		}
		if !c.constant && v.Answer != liegg.None {
			t.Errorf("|x|² beside 5 + %g·h(x), which h breaks: got\n%v", c.amount, v)
		}
	}
}

// An output that float32 can hardly resolve may break a symmetry unseen: it counts as constant if it
// takes a few values around its mean, and leaves the verdict open if it takes more.
func TestOutputNearRounding(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := single(t, gaussian(7, 3000, ones(3)...))
	for _, c := range []struct {
		amount float64
		answer liegg.Answer
		dim    int
	}{{0, liegg.Symmetric, 3}, {.003, liegg.Symmetric, 3}, {.05, liegg.Undetermined, 3}, {.1, liegg.Undetermined, 3}, {1, liegg.Symmetric, 1}} {
		for _, offset := range []float64{1e5, -1e5} {
			f := Exact(func(x *Node) *Node {
				return Concatenate([]*Node{squareNorm(x), AddScalar(MulScalar(first(x), c.amount), offset)}, -1)
			})
			v := ok(Judge(f, action.Linear(3, 1), Tensor(x), Settings{}))(t)
			if v.Answer != c.answer || v.Dim != c.dim {
				t.Errorf("‖x‖² beside %g + %g·x₁: want %v with %d generators, got\n%v", offset, c.amount, c.answer, c.dim, v)
			}
			if open := strings.Contains(v.String(), "rounding hides how"); open != (c.answer == liegg.Undetermined) {
				t.Errorf("%g + %g·x₁: got\n%v", offset, c.amount, v)
			}
			b := ok(JudgeByOutput(f, action.Linear(3, 1), Tensor(x), Settings{}))(t)
			if c.amount >= .05 && b.All.Answer != c.answer {
				t.Errorf("%g + %g·x₁, by output: want %v, got\n%v", offset, c.amount, c.answer, b)
			}
		}
	}
}

func single(t *testing.T, x *tensors.Tensor) *tensors.Tensor {
	t.Helper()
	values := ok(dataset.Values(x))(t)
	float := make([]float32, len(values))
	for i, v := range values {
		float[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(float, x.Shape().Dimensions...)
}

// A small defect of one of two outputs of like size stays a small defect.
func TestSmallDefectOfAnOutput(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := gaussian(7, 3000, ones(4)...)
	nearly := func(x *Node) *Node { return Add(Sin(radius(x)), MulScalar(crooked(x), 1e-3)) }
	v := ok(Judge(inUnits([]float64{30, 1}, radius, nearly), action.Linear(4, 1), Tensor(x), Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 6 || !(v.Defects[5].Value > 1e-5 && v.Defects[5].Value < 2e-3) {
		t.Errorf("so(4) to within a thousandth in one output: got\n%v", v)
	}
}

// The sum of centred logits is zero, and a logit that always equals the mean of the others is only
// rounding after centring: neither is amplified.
func TestLogitsOfOneSymmetry(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := single(t, gaussian(7, 3000, ones(4)...))
	logits := inUnits([]float64{1, 3, .5, 2}, radius, func(x *Node) *Node { return Sin(radius(x)) },
		func(x *Node) *Node { return Exp(Neg(radius(x))) },
		func(x *Node) *Node { // the mean of the others
			return DivScalar(Add(Add(radius(x), MulScalar(Sin(radius(x)), 3)), MulScalar(Exp(Neg(radius(x))), .5)), 6)
		})
	for name, head := range map[string]Head{"centred": CentredLogits, "Fisher": FisherRows} {
		v := ok(Judge(logits, action.Linear(4, 1), Tensor(x), Settings{Head: head}))(t)
		if v.Answer != liegg.Symmetric || v.Dim != 6 {
			t.Errorf("%s: so(4) of four logits, got\n%v", name, v)
		}
	}
}
