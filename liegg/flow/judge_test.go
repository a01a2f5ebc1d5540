package flow_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/network"
)

// Finite flows confirm the algebras of exact functions.
func TestJudgeConfirmsExactAlgebras(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, c := range []groundtruth.Case{groundtruth.SL2(), groundtruth.Broken(.1)} {
		j := ok(flow.Judge(inGo(c.Graph), c.Action(), drawn(c, 1000), flow.Settings{Points: 4, Random: 3}))(t)
		r := j.Rungs[0]
		if r.Dim != c.Dim || r.Refined || r.Delta > 1e-9 || j.Verdict.Answer != liegg.Symmetric || r.Finding != flow.Confirmed || j.Finding() != flow.Confirmed {
			t.Errorf("%s: want %d generators confirmed, got\n%v", c.Name, c.Dim, j)
			continue
		}
		if says := j.String(); !strings.Contains(says, "along others at most to") || j.Moved == 0 {
			t.Errorf("%s: it says\n%s", c.Name, says)
		}
	}
}

// Flows that hold to rounding are confirmed although some of the others leave the data too early to
// change f clearly: (x₁² + x₂²)·exp(−x₃/10) changes slowly along x₃.
func TestExactFlowsBesideShortOnes(t *testing.T) {
	f := func(x *Node) *Node {
		plane, x3 := Slice(x, AxisRange(), AxisRange(0, 2)), Slice(x, AxisRange(), AxisElem(2))
		return Mul(ReduceAndKeep(Square(plane), ReduceSum, -1), Exp(MulScalar(x3, -.1)))
	}
	for seed := range uint64(3) {
		x := dataset.Normal(rand.New(rand.NewPCG(2, seed)), 1000, 3)
		j := ok(flow.Judge(inGo(f), action.Linear(3, 1), network.Tensor(x), flow.Settings{Points: 8, Random: 3, Quiet: true}))(t)
		if r := j.Rungs[0]; r.Dim != 1 || r.Name != "so(2)" || r.Finding != flow.Confirmed || j.Finding() != flow.Confirmed || r.Holds < 3 {
			t.Errorf("seed %d: %v", seed, j)
		}
	}
}

// The scale of t does not hang on the basis in which gradients give a span: a shift with a
// trace of a rotation turns about a point far away, where an angle of .01 leaves the data. Turned
// by hand about the centre, or shifted, inputs stay within the data to about half a radian, and
// to half a standard deviation.
func TestShiftsAndRotationsShareAScale(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	apart := func(x *Node) *Node {
		between := Sub(Slice(x, AxisRange(), AxisRange(0, 2)), Slice(x, AxisRange(), AxisRange(2, 4)))
		return Inverse(AddScalar(ReduceAndKeep(Square(between), ReduceSum, -1), .1))
	}
	for seed := range uint64(3) {
		x := dataset.Normal(rand.New(rand.NewPCG(1, seed)), 1000, 4)
		j := ok(flow.Judge(inGo(apart), action.Affine(2, 2), network.Tensor(x), flow.Settings{Points: 4, Random: 1, Quiet: true}))(t)
		if r := j.Rungs[0]; r.Dim != 3 || r.Finding != flow.Confirmed || r.Holds < .1 || r.Holds > 2 {
			t.Errorf("seed %d: %v", seed, j)
		}
	}
}

// A function without symmetry: neither the verdict nor flows find one.
func TestJudgeConfirmsNothingOfNone(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	c := groundtruth.None()
	j := ok(flow.Judge(inGo(c.Graph), c.Action(), drawn(c, 1000), flow.Settings{Points: 4, Random: 3}))(t)
	if j.Finding() == flow.Confirmed || len(j.Rungs) == 0 {
		t.Errorf("got\n%v", j)
	}
	for _, r := range j.Rungs {
		if r.Reason == "" || !strings.Contains(j.String(), r.Reason) {
			t.Errorf("%d generators: no reason for %v in\n%v", r.Dim, r.Finding, j)
		}
	}
}

// Of images: a function of rings keeps its answers as they turn, and one of arbitrary
// weights keeps them along nothing.
func TestJudgeImages(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const size = 12
	x := blots(600, size)
	s := flow.Settings{Points: 4, Random: 1, Quiet: true, Fit: flow.Fit{Flows: 4, Steps: 4}}
	turning := ok(flow.Judge(inGo(rings(size)), action.ImageAffine(size, size), network.Tensor(x), s))(t)
	if r := turning.Confirmed(); r == nil || r.Dim != 1 || !strings.Contains(r.Name, "a rotation about the centre") {
		t.Errorf("rings: got\n%v", turning)
	}
	rng := rand.New(rand.NewPCG(6, 0))
	weights := mat.NewDense(size*size, 3, nil)
	weights.Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() / size }, weights)
	arbitrary := inGo(func(x *Node) *Node {
		w := Const(x.Graph(), weights.RawMatrix().Data)
		w = ConvertDType(Reshape(w, size*size, 3), x.DType())
		return Tanh(MatMul(Reshape(x, x.Shape().Dim(0), size*size), w))
	})
	if j := ok(flow.Judge(arbitrary, action.ImageAffine(size, size), network.Tensor(x), s))(t); j.Finding() == flow.Confirmed {
		t.Errorf("arbitrary weights: got\n%v", j)
	}
}

// A step beside an output that breaks all symmetries cannot bring any back: the answer stays none.
func TestAStepLeavesNone(t *testing.T) {
	f := inGo(func(x *Node) *Node {
		a, b := Slice(x, AxisRange(), AxisElem(0)), Slice(x, AxisRange(), AxisElem(1))
		return Concatenate([]*Node{Add(a, Mul(b, Square(b))), StopGradient(Round(b))}, -1)
	})
	j := ok(flow.Judge(f, action.Linear(2, 1), network.Tensor(normal(1, 400, 2)), flow.Settings{Points: 4, Random: 1, Quiet: true}))(t)
	if j.Verdict.Answer != liegg.None {
		t.Errorf("%v", j)
	}
}
