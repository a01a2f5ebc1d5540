package network

import (
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie/rep"
)

// On data in a level set the outputs differ by rounding only. Their spread is then no scale, and only
// the gradients decide.
func TestDataOnALevelSet(t *testing.T) {
	sphere := gaussian(7, 2000, ones(3)...)
	hyperbola := gaussian(8, 2000, ones(2)...)
	sphere.MustMutableFlatData(func(flat any) {
		x := flat.([]float64)
		for i := 0; i < len(x); i += 3 {
			r := math.Hypot(math.Hypot(x[i], x[i+1]), x[i+2])
			x[i], x[i+1], x[i+2] = x[i]/r, x[i+1]/r, x[i+2]/r
		}
	})
	hyperbola.MustMutableFlatData(func(flat any) {
		x := flat.([]float64)
		for i := 0; i < len(x); i += 2 {
			x[i] = math.Hypot(1, x[i+1])
		}
	})
	squared := func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) }
	for name, c := range map[string]struct {
		x    *tensors.Tensor
		f    func(x *Node) *Node
		want string
	}{
		"sphere":             {sphere, squared, "so(3)"},
		"sphere, two powers": {sphere, func(x *Node) *Node { return Concatenate([]*Node{squared(x), Square(squared(x))}, -1) }, "so(3)"},
		"hyperbola":          {hyperbola, func(x *Node) *Node { return Sub(squared(x), MulScalar(Square(Slice(x, AxisRange(), AxisElem(1))), 2)) }, "so(1,1)"},
	} {
		d := c.x.Shape().Dim(1)
		v := ok(Judge(Exact(c.f), action.Linear(d, 1), Tensor(c.x), Settings{}))(t)
		if v.Answer != liegg.Symmetric || v.Name() != c.want {
			t.Errorf("%s: want %s, got\n%v", name, c.want, v)
		}
	}
}

// A few huge outputs do not make the others a level set: the field x̂·(1 + .9·cos θ)/r²⁰ is
// 19 times as long on one side as on the other, and so(2) is all that it has.
func TestFewHugeOutputsAreNoLevelSet(t *testing.T) {
	field := func(x *Node) *Node {
		r := Sqrt(ReduceAndKeep(Square(x), ReduceSum, -1))
		cosine := Div(Slice(x, AxisRange(), AxisElem(2)), r)
		return Mul(Div(x, r), Mul(PowScalar(r, -20), AddScalar(MulScalar(cosine, .9), 1)))
	}
	a := action.Equivariant(action.Linear(3, 1), rep.Standard(3))
	for seed := range uint64(2) {
		v := ok(Judge(Exact(field), a, Tensor(gaussian(seed, 5000, ones(3)...)), Settings{}))(t)
		if v.Answer == liegg.Symmetric && v.Dim > 1 {
			t.Errorf("seed %d: %v", seed, v)
		}
	}
}
