package network

import (
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
)

// A rotation is written as one in any units of the coordinates, and if the data fill only a plane.
func TestBasisIsLegible(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	mixed := func(x *Node) *Node { return radius(Mul(x, row(x, []float64{1e-6, 1, 1e6}))) }
	mild := func(x *Node) *Node { return radius(Mul(x, row(x, []float64{.2, 1}))) }
	plane := gaussian(1, 4000, ones(3)...)
	tensors.MustMutableFlatData(plane, func(v []float64) {
		for i := 0; i < len(v); i += 3 {
			v[i+2] = -v[i] - v[i+1]
		}
	})
	steps := func(x *Node) *Node {
		return radius(Sub(Slice(x, AxisRange(), AxisRange(1)), Slice(x, AxisRange(), AxisRange(0, 3))))
	}
	constant := gaussian(2, 1000, ones(3)...)
	tensors.MustMutableFlatData(constant, func(v []float64) {
		for i := 0; i < len(v); i += 3 {
			v[i+2] = 7
		}
	})
	for name, c := range map[string]struct {
		f     func(x *Node) *Node
		a     action.Action
		x     *tensors.Tensor
		basis string
		about string
	}{
		"mixed units":         {mixed, action.Linear(3, 1), gaussian(1, 4000, 1e6, 1, 1e-6), "x₁∂₂ − x₂∂₁,  x₁∂₃ − x₃∂₁,  x₂∂₃ − x₃∂₂", "in units of 1e+12, 1e+06, 1 (as the sizes of its coordinates are to each other)\n"},
		"mixed units, affine": {mixed, action.Affine(3, 1), gaussian(1, 4000, 1e6, 1, 1e-6), "x₁∂₂ − x₂∂₁,  x₁∂₃ − x₃∂₁,  x₂∂₃ − x₃∂₂", "in units of 1e+06, 1, 1e-06 (the spreads of its coordinates)\n"},
		"an ellipse":          {mild, action.Linear(2, 1), gaussian(1, 4000, 5, 1), "x₁∂₂ − x₂∂₁", "in units of 5, 1 (as the sizes of its coordinates are to each other)\n"},
		"a plane":             {radius, action.Linear(3, 1), plane, "x₁∂₂ − x₂∂₁", "along the axes ("},
		"a plane, affine":     {radius, action.Affine(3, 1), plane, "x₁∂₂ − x₂∂₁", "along the axes ("},
		"a constant, affine":  {func(x *Node) *Node { return radius(Slice(x, AxisRange(), AxisRange(0, 2))) }, action.Affine(3, 1), constant, "x₁∂₂ − x₂∂₁ + 0.05 ∂₁", "with x measured from (−0.0257, −0.0501, 7), the centre of the data\n"},
		"long":                {steps, action.Affine(4, 1), gaussian(3, 1000, ones(4)...), "too long to be written here; Verdict.Basis returns it", ""},
		"alike":               {radius, action.Linear(2, 1), gaussian(1, 4000, 2, 1), "x₁∂₂ − x₂∂₁", ""},
	} {
		v := ok(Judge(Exact(c.f), c.a, Tensor(c.x), Settings{}))(t)
		if text := v.String(); !strings.Contains(text, "basis: "+c.basis+"\n") || !strings.Contains(text, c.about) || strings.Contains(text, "with x") != (c.about != "") {
			t.Errorf("%s: want %q %q, got\n%v", name, c.basis, c.about, v)
		}
	}
}

// Coordinates that are always zero are left out of a basis, and the others keep their names.
func TestBasisOfSomeCoordinates(t *testing.T) {
	x := gaussian(3, 3000, 1, 0, 1, 1, 0)
	v := ok(Judge(Exact(radius), action.Linear(5, 1), Tensor(x), Settings{}))(t)
	if v.Dim != 3 || !strings.Contains(v.String(), "x₁∂₃ − x₃∂₁,  x₁∂₄ − x₄∂₁,  x₃∂₄ − x₄∂₃") || strings.Contains(v.String(), "along the axes") {
		t.Errorf("got\n%v", v)
	}
}
