package network

import (
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
)

// ‖x‖² of points far from the origin has the rotations about it, which nearly translate the points.
// The answer is so(3), or it is open if f is linear to within what is resolved; it is never se(2)
// or none. A function that is linear to rounding has no symmetries but trivial ones.
func TestRotationsAboutADistantOrigin(t *testing.T) {
	x := func(away float64) *tensors.Tensor {
		x := gaussian(1, 3000, ones(3)...)
		tensors.MustMutableFlatData(x, func(v []float64) {
			for i := 0; i < len(v); i += 3 {
				v[i] += away
			}
		})
		return x
	}
	for _, away := range []float64{1e2, 1e4, 1e5, 1e6} {
		v := ok(Judge(Exact(squareNorm), action.Affine(3, 1), Tensor(x(away)), Settings{}))(t)
		if v.Answer != liegg.Symmetric || v.Name() != "so(3)" || v.Dim != 3 {
			t.Errorf("%g away: want so(3), got\n%v", away, v)
		}
	}
	for _, away := range []float64{1e7, 1e8} {
		v := ok(Judge(Exact(squareNorm), action.Affine(3, 1), Tensor(x(away)), Settings{}))(t)
		if right := v.Name() == "so(3)" && away < 1e8; right {
			continue // at the limit of what is resolved
		}
		if v.Answer != liegg.Undetermined || !strings.Contains(v.String(), "more than rounding") {
			t.Errorf("%g away: want undetermined, got\n%v", away, v)
		}
	}
	linear := func(x *Node) *Node { return Add(first(x), MulScalar(axis(x, 1), math.Pi)) }
	if v := ok(Judge(Exact(linear), action.Affine(3, 1), Tensor(x(0)), Settings{}))(t); v.Answer != liegg.None || v.Ignored != 8 {
		t.Errorf("a linear function: want none and 8 trivial generators, got\n%v", v)
	}
}

// Points that are thin in one direction show all of so(3), or leave it open, whatever the frame.
// They never show a part of it firmly. If they lie in a plane, its rotation is all that they show.
func TestThinData(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, thickness := range []float64{.03, .003, 1e-3, 3e-4, 1e-4, 1e-5, 0} {
		for _, φ := range []float64{0, .3, math.Pi / 4} {
			x := gaussian(1, 3000, 1, 1, thickness)
			tensors.MustMutableFlatData(x, func(v []float64) {
				for i := 0; i < len(v); i += 3 {
					v[i+1], v[i+2] = math.Cos(φ)*v[i+1]-math.Sin(φ)*v[i+2], math.Sin(φ)*v[i+1]+math.Cos(φ)*v[i+2]
				}
			})
			v := ok(Judge(Exact(squareNorm), action.Linear(3, 1), Tensor(x), Settings{}))(t)
			want := "so(3)"
			if thickness == 0 {
				want = "so(2)"
			}
			if right := v.Answer == liegg.Symmetric && v.Name() == want; !right && (v.Answer != liegg.Undetermined || thickness > 1e-3 || thickness == 0) {
				t.Errorf("thickness %g, turned by %.2g: got\n%v", thickness, φ, v)
			}
		}
	}
}
