package network

import (
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
)

// stretched is tanh⟨x,y⟩/2 + sin(.4⟨x,x⟩) + ⟨y,y⟩/5 of two vectors in the form
// ⟨x,y⟩ = Σ qᵢxᵢyᵢ.
func stretched(q ...float64) func(x *Node) *Node {
	n := len(q)
	form := func(a, b *Node) *Node {
		return ReduceAndKeep(Mul(Mul(a, b), ConstAs(a, [][]float64{q})), ReduceSum, -1)
	}
	return func(x *Node) *Node {
		a, b := Slice(x, AxisRange(), AxisRange(0, n)), Slice(x, AxisRange(), AxisRange(n, 2*n))
		return Add(MulScalar(Tanh(form(a, b)), .5), Add(Sin(MulScalar(form(a, a), .4)), MulScalar(form(b, b), .2)))
	}
}

// Directions along which a function changes by little are not trivial if its algebra needs them.
func TestWeakDirections(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for name, q := range map[string][]float64{
		"so(3)":   {1, .1, .01},
		"so(2,1)": {1, .02, -.02},
		"so(1,3)": {1, -.04, -.04, -.04},
	} {
		n := len(q)
		v := ok(Judge(Exact(stretched(q...)), action.Linear(n, 2), Tensor(gaussian(6, 6000, ones(2*n)...)), Settings{}))(t)
		if v.Answer != liegg.Symmetric || v.Name() != name || v.Ignored != 0 {
			t.Errorf("%s of the form %v: got\n%v", name, q, v)
			continue
		}
		metric := mat.DenseCopyOf(mat.NewDiagDense(n, q))
		for _, h := range v.Algebra.Basis() { // HᵀQ + QH = 0
			var left, right mat.Dense
			left.Mul(h.T(), metric)
			right.Mul(metric, h)
			left.Add(&left, &right)
			if d := mat.Norm(&left, 2); d > 1e-12 {
				t.Errorf("%s: a generator changes the form by %g", name, d)
			}
		}
	}
}

// For a linear action, data far from zero have mostly one direction. The other directions still
// count.
func TestDataFarFromZero(t *testing.T) {
	far := Exact(stretched(.04, .04, .04))
	x := gaussian(6, 6000, ones(6)...)
	x.MustMutableFlatData(func(flat any) {
		for i, values := 0, flat.([]float64); i < len(values); i += 3 {
			values[i], values[i+1], values[i+2] = values[i]+3, values[i+1]-2, values[i+2]+4
		}
	})
	v := ok(Judge(far, action.Linear(3, 2), Tensor(x), Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 3 || lie.LargestAngle(v.Algebra, lie.SO(3)) > 1e-9 {
		t.Errorf("so(3) about a point far from the data: got\n%v", v)
	}
}

// A direction to which a network hardly responds, and which no symmetry needs, is left out, and the
// verdict says how weak the response is.
func TestNearlyIgnored(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	rest := untrained(t, MLP{Hidden: []int{32}, Outputs: 1, Bias: true, Activation: "tanh"}, 3)
	net := &Network{Store: rest.Store, Forward: func(scope *model.Scope, x *Node) *Node {
		radius := ReduceAndKeep(Square(Slice(x, AxisRange(), AxisRange(0, 2))), ReduceSum, -1)
		return Add(Sin(radius), MulScalar(rest.Forward(scope, x), 1e-2))
	}}
	v := ok(Judge(net, action.Linear(3, 1), Tensor(gaussian(5, 6000, 1, 1, 1)), Settings{}))(t)
	if v.Answer != liegg.Symmetric || v.Dim != 1 || v.Ignored != 3 {
		t.Errorf("so(2) and a coordinate that is hardly felt: got\n%v", v)
	}
	if !(v.Unfelt > 1e-4 && v.Unfelt < .02) || math.Abs(v.Threshold-.1*v.Reference) > 1e-12 {
		t.Errorf("felt by ρ = %g, threshold %g", v.Unfelt, v.Threshold)
	}
}
