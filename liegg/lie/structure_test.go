package lie_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
)

func TestStructureOfRotations(t *testing.T) {
	s := lie.Structure(lie.SO(3))
	if v := math.Abs(s.At(0, 1, 2)); math.Abs(v-math.Sqrt2/2) > 1e-15 { // [L_x,L_y] = L_z, ‖L‖ = √2
		t.Errorf("c_01^2 = %g", v)
	}
	for i := range 3 {
		for j := range 3 {
			for k := range 3 {
				if s.At(i, j, k) != -s.At(j, i, k) || math.Abs(s.At(i, j, k)-s.At(j, k, i)) > 1e-15 {
					t.Errorf("c is not totally antisymmetric at %d %d %d", i, j, k)
				}
			}
		}
	}
}

// ad is a representation: [ad x, ad y] = ad [x,y], the Jacobi identity.
func TestAdjointIsARepresentation(t *testing.T) {
	for _, a := range []lie.Algebra{lie.SL(3), lie.SE(3), lie.Sp(2), lie.Affine(2)} {
		s := lie.Structure(a)
		for i := range a.Dim() {
			for j := range i {
				left := lie.Bracket(s.Adjoint(i), s.Adjoint(j))
				for k := range a.Dim() {
					var part mat.Dense
					part.Scale(-s.At(i, j, k), s.Adjoint(k))
					left.Add(left, &part)
				}
				if v := mat.Norm(left, 2); v > 1e-14 {
					t.Errorf("%s: [ad %d, ad %d] is off by %g", a.Name(), i, j, v)
				}
			}
		}
	}
}

// The Killing form of so(n) is (n−2)·tr(xy), of sl(n) 2n·tr(xy), of sp(2n)
// (2n+2)·tr(xy).
func TestKillingFormOfClassicalAlgebras(t *testing.T) {
	for _, c := range []struct {
		a      lie.Algebra
		factor float64
	}{{lie.SO(5), 3}, {lie.SOpq(1, 3), 2}, {lie.SL(3), 6}, {lie.Sp(2), 6}} {
		k, basis := lie.Structure(c.a).Killing(), c.a.Basis()
		for i, x := range basis {
			for j, y := range basis {
				var xy mat.Dense
				xy.Mul(x, y)
				if want := c.factor * mat.Trace(&xy); math.Abs(k.At(i, j)-want) > 1e-13 {
					t.Errorf("%s: K_%d%d = %g, want %g", c.a.Name(), i, j, k.At(i, j), want)
				}
			}
		}
	}
}
