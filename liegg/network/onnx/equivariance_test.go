package onnx

import (
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
)

// A network that PyTorch trained to y = x/(1 + |x|²): outputs rotate as inputs do. This is found if
// B is declared to be A, and if B is unknown; B is then found to be A.
func TestEquivarianceOfAnONNXFile(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	net, x := load(t, "central.onnx", Settings{}), tensor(array(t, "central.npz", "x"))
	y, err := net.Predict(x)
	if err != nil {
		t.Fatal(err)
	}
	values, err := dataset.Values(y)
	if err != nil {
		t.Fatal(err)
	}
	expect.Near(t, "y", values, array(t, "central.npz", "y").Values(), 1e-5)

	space := action.Linear(3, 1)
	for name, a := range map[string]action.Equivariance{
		"declared": action.Equivariant(space, rep.Standard(3)),
		"unknown":  action.Covariant(space, action.Unknown(3)),
	} {
		v, err := network.Judge(net, a, network.Tensor(x), network.Settings{})
		if err != nil {
			t.Fatal(err)
		}
		if v.Name() != "so(3)" {
			t.Errorf("outputs %s: want so(3), got\n%v", name, v)
			continue
		}
		for _, h := range v.Algebra.Basis() {
			checkTied(t, name, a, h)
		}
		if θ := lie.LargestAngle(lie.Span("inputs", a.Blocks(v.Algebra, 0)...), lie.SO(3)); θ > math.Pi/180 {
			t.Errorf("outputs %s: inputs turn by an algebra %g rad off so(3)", name, θ)
		}
	}
	if v, err := network.Judge(net, space, network.Tensor(x), network.Settings{}); err != nil || v.Dim != 0 {
		t.Errorf("as invariants: want none, got\n%v, %v", v, err)
	}
}

// checkTied compares B with A, if there is a B.
func checkTied(t *testing.T, name string, a action.Equivariance, h *mat.Dense) {
	t.Helper()
	if n, _ := h.Dims(); n < 6 {
		return
	}
	var off mat.Dense
	off.Sub(a.Block(h, 0), a.Block(h, 1))
	if d := mat.Norm(&off, 2); d > .02 {
		t.Errorf("outputs %s: B is %g off A, in a pair of length 1", name, d)
	}
}

func squaredLength(y *Node) *Node { return ReduceAndKeep(Square(y), ReduceSum, -1) }

// The length of the output is invariant under rotations and reflections, and not
// under shears.
func TestFlowsOfAnONNXFile(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	net, x := load(t, "central.onnx", Settings{}), tensor(array(t, "central.npz", "x"))
	s := flow.Settings{Head: network.NewHead("squared length", squaredLength), Margin: .05, Quiet: true, Points: 4, Random: -1} // it learned rotations to 3 %
	r, err := flow.TestMap(net, action.Linear(3, 1), flow.Reflection(3, 0), network.Tensor(x), s)
	if err != nil || r.Verdict != flow.Invariant {
		t.Errorf("reflection: %v, %v", r, err)
	}
	for _, c := range []struct {
		h    flow.Hypothesis
		want flow.Verdict
	}{{flow.Rotation(3, 0, 1), flow.Invariant}, {flow.Shear(3, 0, 1), flow.Broken}} {
		r, err := flow.Test(net, action.Linear(3, 1), c.h, network.Tensor(x), s)
		if err != nil || r.Verdict != c.want {
			t.Errorf("%s: %v, %v; want %v", c.h.Name, r, err, c.want)
		}
	}
}

// Ten outputs and four candidates: derivatives of derivatives are fewest passes, also
// through MaxPool.
func TestManyOutputsAfterMaxPool(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	net, x := load(t, "digits.onnx", Settings{}), tensor(array(t, "digits.npz", "x"))
	if _, err := network.Analyze(net, action.ImageLinear(8, 8), network.Tensor(x), network.Settings{Head: network.CentredLogits}); err != nil {
		t.Error(err)
	}
}
