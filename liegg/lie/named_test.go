package lie_test

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/examples"
)

// known are algebras with the dimensions that the textbooks give.
func known() map[string]int {
	return map[string]int{
		"so(1)": 0, "so(2)": 1, "so(3)": 3, "so(5)": 10, "sl(1)": 0, "sl(2)": 3, "sl(3)": 8, "sl(4)": 15,
		"gl(1)": 1, "gl(3)": 9, "so(1,1)": 1, "so(2,1)": 3, "so(1,3)": 6, "so(0,3)": 3, "so(2,3)": 10,
		"sp(2,R)": 3, "sp(4,R)": 10, "sp(6,R)": 21, "scaling(4)": 1, "translations(3)": 3,
		"se(2)": 3, "se(3)": 6, "aff(1)": 2, "aff(2)": 6, "aff(3)": 12, "0": 0, "so(3) + scaling(3)": 4,
	}
}

func algebras() []lie.Algebra {
	return []lie.Algebra{
		lie.SO(1), lie.SO(2), lie.SO(3), lie.SO(5), lie.SL(1), lie.SL(2), lie.SL(3), lie.SL(4),
		lie.GL(1), lie.GL(3), lie.SOpq(1, 1), lie.SOpq(2, 1), lie.SOpq(1, 3), lie.SOpq(0, 3), lie.SOpq(2, 3),
		lie.Sp(1), lie.Sp(2), lie.Sp(3), lie.Scaling(4), lie.Translations(3),
		lie.SE(2), lie.SE(3), lie.Affine(1), lie.Affine(2), lie.Affine(3), lie.Trivial(3),
		lie.Sum(lie.SO(3), lie.Scaling(3)),
	}
}

func TestNamedAlgebrasAreLieAlgebras(t *testing.T) {
	dims := known()
	if len(algebras()) != len(dims) {
		t.Fatalf("%d algebras, %d known dimensions", len(algebras()), len(dims))
	}
	for _, a := range algebras() {
		if want, ok := dims[a.Name()]; !ok || a.Dim() != want {
			t.Errorf("%v: want dimension %d", a, want)
		}
		if r := lie.ClosureResidual(a); r > 1e-14 {
			t.Errorf("%v: closure residual %g", a, r)
		}
		if d := orthonormality(a); d > 1e-14 {
			t.Errorf("%v: basis off orthonormal by %g", a, d)
		}
	}
}

// orthonormality returns max |⟨E_i,E_j⟩ − δ_ij|.
func orthonormality(a lie.Algebra) float64 {
	var worst float64
	basis := a.Basis()
	for i, x := range basis {
		for j, y := range basis {
			var xy mat.Dense
			xy.Mul(x.T(), y)
			want := 0.0
			if i == j {
				want = 1
			}
			worst = math.Max(worst, math.Abs(mat.Trace(&xy)-want))
		}
	}
	return worst
}

func TestFlowsPreserveTheirForms(t *testing.T) {
	for _, c := range []struct {
		a    lie.Algebra
		form *mat.Dense
	}{
		{lie.SO(2), linalg.Identity(2)},
		{lie.SO(5), linalg.Identity(5)},
		{lie.SOpq(1, 3), mat.DenseCopyOf(mat.NewDiagDense(4, []float64{1, -1, -1, -1}))},
		{lie.SOpq(2, 1), mat.DenseCopyOf(mat.NewDiagDense(3, []float64{1, 1, -1}))},
		{lie.Sp(2), mat.NewDense(4, 4, []float64{0, 0, 1, 0, 0, 0, 0, 1, -1, 0, 0, 0, 0, -1, 0, 0})},
	} {
		g := lie.Exp(c.a.Generator(coefficients(c.a.Dim())), .7)
		var moved mat.Dense
		moved.Product(g.T(), c.form, g)
		if d := examples.Distance(&moved, c.form); d > 1e-13 {
			t.Errorf("%s: gᵀQg differs from Q by %g", c.a.Name(), d)
		}
		if d := math.Abs(mat.Det(g) - 1); d > 1e-13 {
			t.Errorf("%s: determinant off 1 by %g", c.a.Name(), d)
		}
	}
}

func TestSLFlowKeepsVolume(t *testing.T) {
	for n := 2; n < 5; n++ {
		g := lie.Exp(lie.SL(n).Generator(coefficients(n*n-1)), .8)
		if d := math.Abs(mat.Det(g) - 1); d > 1e-12 {
			t.Errorf("sl(%d): determinant off 1 by %g", n, d)
		}
	}
}

func TestGLCoefficientsAreTheMatrix(t *testing.T) {
	h := lie.GL(2).Generator([]float64{1, 2, 3, 4})
	if d := examples.Distance(h, mat.NewDense(2, 2, []float64{1, 2, 3, 4})); d != 0 {
		t.Errorf("gl(2) of 1,2,3,4 is %v", mat.Formatted(h))
	}
}

func TestHomogeneous(t *testing.T) {
	if !lie.SE(2).Homogeneous() || !lie.Affine(3).Homogeneous() || !lie.Sum(lie.SE(2), lie.Translations(2)).Homogeneous() {
		t.Error("affine algebras must say that they are homogeneous")
	}
	if lie.SO(3).Homogeneous() || lie.Sum(lie.SE(2), lie.SO(3)).Homogeneous() {
		t.Error("linear algebras must not")
	}
}

func ExampleAlgebra_String() {
	fmt.Println(lie.SO(5))
	fmt.Println(lie.SE(2))
	// Output:
	// so(5): dimension 10, 5×5 matrices
	// se(2): dimension 3, 3×3 matrices
}

// coefficients returns k fixed numbers without any pattern that matters.
func coefficients(k int) []float64 {
	h := make([]float64, k)
	for i := range h {
		h[i] = math.Sin(float64(3*i + 1))
	}
	return h
}
