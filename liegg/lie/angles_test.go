package lie_test

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
)

func TestAnglesWithItselfVanish(t *testing.T) {
	for _, a := range algebras() {
		if θ := lie.LargestAngle(a, a); θ > 1e-14 {
			t.Errorf("%s: %g to itself", a.Name(), θ)
		}
	}
}

func TestAnglesDoNotDependOnTheBasis(t *testing.T) {
	scrambled := make([]*mat.Dense, 10)
	for i := range scrambled {
		h := make([]float64, 10)
		for k := range h {
			h[k] = math.Sin(float64(1 + i*i + 7*i*k + k*k))
		}
		scrambled[i] = lie.SO(5).Generator(h)
	}
	a := lie.Span("scrambled", scrambled...)
	if θ := lie.LargestAngle(a, lie.SO(5)); a.Dim() != 10 || θ > 1e-13 {
		t.Errorf("%v: largest angle %g", a, θ)
	}
}

// Turning the plane 12 by α towards axis 3 turns its rotation generator by the
// same α, since generators of so(3) turn like vectors.
func TestAngleOfAConjugateIsTheAngleOfTheFrame(t *testing.T) {
	b := lie.SO(3).Basis()
	plane := lie.Span("plane 12", b[0])
	for _, α := range []float64{1e-11, 1e-6, .01, 1, math.Pi/2 - 1e-9, math.Pi / 2} {
		q := lie.Exp(lie.UnitSpeed(b[1]), α)
		moved, err := plane.Conjugate(q)
		if err != nil {
			t.Fatal(err)
		}
		if θ := lie.LargestAngle(plane, moved); math.Abs(θ-α) > 1e-14 {
			t.Errorf("angle %.15g, want %.15g", θ, α)
		}
		if θ := lie.AngleTo(moved.Basis()[0], plane); math.Abs(θ-α) > 1e-14 {
			t.Errorf("AngleTo %.15g, want %.15g", θ, α)
		}
	}
}

func TestAnglesSmallAndLargeTogether(t *testing.T) {
	want := []float64{3e-12, 2e-7, .3, 1.2, math.Pi / 2}
	b := lie.GL(4).Basis()
	var moved []*mat.Dense
	for i, θ := range want {
		h := make([]float64, 16)
		h[i], h[i+8] = math.Cos(θ), math.Sin(θ)
		moved = append(moved, lie.GL(4).Generator(h))
	}
	slices.Reverse(moved)
	got := lie.Angles(lie.Span("a", b[:5]...), lie.Span("b", moved...))
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-15 {
			t.Errorf("angle %d is %.17g, want %.17g", i, got[i], want[i])
		}
	}
}

func TestAnglesOfDifferentDimensions(t *testing.T) {
	if a := lie.Angles(lie.SL(3), lie.SO(3)); len(a) != 3 || a[2] > 1e-14 {
		t.Errorf("so(3) lies in sl(3), angles %v", a)
	}
	if a := lie.Angles(lie.Scaling(3), lie.SL(3)); len(a) != 1 || math.Abs(a[0]-math.Pi/2) > 1e-14 {
		t.Errorf("scaling is orthogonal to sl(3), angles %v", a)
	}
	if a := lie.Angles(lie.Trivial(3), lie.SO(3)); len(a) != 0 {
		t.Errorf("angles with the zero algebra: %v", a)
	}
}

func TestAngleToZero(t *testing.T) {
	if θ := lie.AngleTo(mat.NewDense(2, 2, nil), lie.SO(2)); !math.IsNaN(θ) {
		t.Errorf("the zero matrix has an angle: %g", θ)
	}
	if θ := lie.AngleTo(linalg.Identity(2), lie.Trivial(2)); θ != math.Pi/2 {
		t.Errorf("angle %g to the zero algebra", θ)
	}
}
