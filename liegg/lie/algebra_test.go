package lie_test

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/examples"
)

func TestSpanDropsDependentMatrices(t *testing.T) {
	b := lie.SO(3).Basis()
	mix := lie.SO(3).Generator([]float64{1, -2, 3})
	a := lie.Span("rotations", b[0], mix, b[1], mat.NewDense(3, 3, nil), b[2])
	if a.Dim() != 3 || orthonormality(a) > 1e-14 {
		t.Errorf("%v, off orthonormal by %g", a, orthonormality(a))
	}
	if θ := lie.LargestAngle(a, lie.SO(3)); θ > 1e-14 {
		t.Errorf("angle %g to the space it spans", θ)
	}
}

func TestSpanStaysOrthonormalForNearlyParallelMatrices(t *testing.T) {
	x, y := linalg.Identity(2), linalg.Identity(2)
	y.Set(0, 1, 1e-8)
	a := lie.Span("near", x, y)
	if a.Dim() != 2 || orthonormality(a) > 1e-14 {
		t.Errorf("%v, off orthonormal by %g", a, orthonormality(a))
	}
}

func TestSumHoldsBoth(t *testing.T) {
	s := lie.Sum(lie.SO(3), lie.SL(3))
	if s.Dim() != 8 {
		t.Errorf("so(3) lies in sl(3), yet the sum is %v", s)
	}
	if s := lie.Sum(lie.SL(3), lie.Scaling(3)); lie.LargestAngle(s, lie.GL(3)) > 1e-14 || s.Dim() != 9 {
		t.Errorf("sl(3) and scaling make gl(3), not %v", s)
	}
}

// M⁻¹·skew preserves xᵀMy, and is so(3) conjugated by M^(-1/2).
func TestConjugatePreservesTheMovedForm(t *testing.T) {
	q := mat.DenseCopyOf(mat.NewDiagDense(3, []float64{1, 1. / 2, 1. / 3}))
	m := mat.NewDiagDense(3, []float64{1, 4, 9})
	a, err := lie.SO(3).Conjugate(q)
	if err != nil {
		t.Fatal(err)
	}
	if a.Dim() != 3 || lie.ClosureResidual(a) > 1e-14 {
		t.Errorf("%v, closure residual %g", a, lie.ClosureResidual(a))
	}
	for _, h := range a.Basis() {
		var mh, sum mat.Dense
		mh.Mul(m, h)
		sum.Add(&mh, mh.T())
		if d := mat.Norm(&sum, 2); d > 1e-14 {
			t.Errorf("HᵀM + MH = %g", d)
		}
		if lie.Bias(h) < .3 {
			t.Errorf("bias %g of a conjugate generator looks like a rotation's", lie.Bias(h))
		}
	}
}

// Moving the origin takes the rotation about it to the rotation about a point.
func TestConjugateByAnAffineFrame(t *testing.T) {
	q := mat.NewDense(3, 3, []float64{1, 0, 5, 0, 1, -2, 0, 0, 1})
	rotation := lie.Sum(lie.Span("rotation", lie.SE(2).Basis()[0]), lie.Trivial(3))
	moved, err := rotation.Conjugate(q)
	if err != nil {
		t.Fatal(err)
	}
	x, ok := lie.FixedPoint(moved.Basis()[0])
	if !ok || math.Hypot(x[0]-5, x[1]+2) > 1e-13 {
		t.Errorf("fixed point %v", x)
	}
	for frame, want := range map[*mat.Dense]bool{q: true, mat.DenseCopyOf(q.T()): false} {
		c, err := lie.SE(2).Conjugate(frame)
		if err != nil || c.Homogeneous() != want || c.Size() != 3 {
			t.Errorf("%v, homogeneous %v, error %v", c, c.Homogeneous(), err)
		}
	}
}

func TestConjugateBySingularFrame(t *testing.T) {
	if _, err := lie.SO(2).Conjugate(mat.NewDense(2, 2, []float64{1, 1, 1, 1})); err == nil || !strings.Contains(err.Error(), "so(2)") {
		t.Errorf("error %v", err)
	}
}

func TestBracketOfRotations(t *testing.T) {
	b := lie.SO(3).Basis() // planes 12, 13, 23
	got := lie.Bracket(b[0], b[1])
	var want mat.Dense
	want.Scale(1/math.Sqrt2, b[2]) // [L12, L13] = L23 for L_ij = E_ji − E_ij
	if d := examples.Distance(got, &want); d > 1e-15 {
		t.Errorf("[L12, L13] is\n%v", mat.Formatted(got))
	}
}

func TestClosureResidualSeesAnOpenSpace(t *testing.T) {
	b := lie.SO(3).Basis()
	if r := lie.ClosureResidual(lie.Span("two rotations", b[0], b[1])); math.Abs(r-1/math.Sqrt2) > 1e-14 {
		t.Errorf("residual %g, want ‖[L12,L13]‖ = 1/√2", r)
	}
}

func TestProjectionIsIdempotentAndOrthogonal(t *testing.T) {
	h := lie.GL(4).Generator(coefficients(16))
	p := lie.Project(h, lie.Sp(2))
	if d := examples.Distance(p, lie.Project(p, lie.Sp(2))); d > 1e-14 {
		t.Errorf("projecting twice moves it by %g", d)
	}
	var rest mat.Dense
	rest.Sub(h, p)
	if n := mat.Norm(lie.Project(&rest, lie.Sp(2)), 2); n > 1e-14 {
		t.Errorf("the rest still has %g in the algebra", n)
	}
}

func TestBias(t *testing.T) {
	for _, c := range []struct {
		h    *mat.Dense
		want float64
	}{
		{lie.SO(4).Generator([]float64{1, 2, 3, 4, 5, 6}), 0},
		{lie.Scaling(3).Basis()[0], 1},
		{mat.NewDense(2, 2, []float64{0, 1, 0, 0}), 1 / math.Sqrt2}, // a shear lies half way
	} {
		if b := lie.Bias(c.h); math.Abs(b-c.want) > 1e-15 {
			t.Errorf("bias %g, want %g", b, c.want)
		}
	}
}

func TestMisusePanicsWithAMessage(t *testing.T) {
	nan := mat.NewDense(2, 2, []float64{0, 1, math.NaN(), 0})
	for name, f := range map[string]func(){
		"Span":       func() { lie.Span("none") },
		"SO":         func() { lie.SO(0) },
		"Sum":        func() { lie.Sum(lie.SO(2), lie.SO(3)) },
		"Angles":     func() { lie.Angles(lie.SO(2), lie.SO(3)) },
		"Project":    func() { lie.Project(linalg.Identity(2), lie.SO(3)) },
		"Bracket":    func() { lie.Bracket(linalg.Identity(2), linalg.Identity(3)) },
		"Exp":        func() { lie.Exp(nan, 1) },
		"Bias":       func() { lie.Bias(mat.NewDense(2, 3, nil)) },
		"Orbit":      func() { lie.Orbit(linalg.Identity(3), []float64{1}, []float64{0}) },
		"Generator":  func() { lie.SO(3).Generator([]float64{1}) },
		"Conjugate":  func() { _, _ = lie.SO(3).Conjugate(linalg.Identity(2)) },
		"FixedPoint": func() { lie.FixedPoint(linalg.Identity(3)) },
		"UnitSpeed":  func() { lie.UnitSpeed(nil) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				message, _ := recover().(string)
				if !strings.HasPrefix(message, "lie: "+name) {
					t.Errorf("panic %q", message)
				}
			}()
			f()
			t.Error("no panic")
		})
	}
}
