package lie_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
)

func TestFormula(t *testing.T) {
	dense := func(n int, v ...float64) *mat.Dense { return mat.NewDense(n, n, v) }
	for _, c := range []struct {
		h           *mat.Dense
		homogeneous bool
		names       []string
		want        string
	}{
		{lie.SO(2).Basis()[0], false, nil, "x₁∂₂ − x₂∂₁"},
		{dense(2, 0, .7, -.71, 0), false, nil, "x₁∂₂ − 0.99 x₂∂₁"},
		{dense(2, 3, .01, 0, -1), false, nil, "x₁∂₁ − 0.33 x₂∂₂"},
		{dense(2, -1, 0, 0, 0), false, nil, "x₁∂₁"},
		{dense(2, 1, 0, 0, -10), false, nil, "−0.1 x₁∂₁ + x₂∂₂"},
		{dense(2, 0, 0, 0, 0), false, nil, "0"},
		{dense(3, 0, -1, 2, 1, 0, -1, 0, 0, 0), true, nil, "0.5 x₁∂₂ − 0.5 x₂∂₁ + ∂₁ − 0.5 ∂₂"},
		{lie.Translations(3).Basis()[1], true, nil, "∂₂"},
		{lie.SOpq(1, 3).Basis()[0], false, []string{"t", "x", "y", "z"}, "t∂x + x∂t"},
		{lie.Translations(2).Basis()[1], true, []string{"x", "y"}, "∂y"},
		{lie.SO(12).Basis()[65], false, nil, "x₁₁∂₁₂ − x₁₂∂₁₁"},
	} {
		if got := lie.Formula(c.h, c.homogeneous, 0, c.names...); got != c.want {
			t.Errorf("%q, want %q, of\n%v", got, c.want, mat.Formatted(c.h))
		}
	}
}

func TestFormulaToleranceDecidesWhatIsLeftOut(t *testing.T) {
	h := mat.NewDense(2, 2, []float64{.02, 1, 0, 0})
	if got := lie.Formula(h, false, .001); got != "0.02 x₁∂₁ + x₂∂₁" {
		t.Errorf("at .001: %q", got)
	}
	if got := lie.Formula(h, false, .03); got != "x₂∂₁" {
		t.Errorf("at .03: %q", got)
	}
}

func TestFormatMatrix(t *testing.T) {
	h := mat.NewDense(3, 3, []float64{0, -1, 123.4, .987, 0, 0, 10, -8, .00004})
	const wide = "   ·  −1  120\n0.99   ·    ·\n  10  −8    ·"
	if got := lie.FormatMatrix(h, .005); got != wide {
		t.Errorf("\n%s, want\n%s", got, wide)
	}
	const tiny = " 0.71  −0.71\n2e−05    0.5"
	if got := lie.FormatMatrix(mat.NewDense(2, 2, []float64{math.Sqrt2 / 2, -math.Sqrt2 / 2, 2e-5, .5}), 1e-9); got != tiny {
		t.Errorf("\n%s, want\n%s", got, tiny)
	}
}

func TestReadableOutputRefusesMisuse(t *testing.T) {
	for name, f := range map[string]func(){
		"Formula: names":       func() { lie.Formula(linalg.Identity(3), false, 0, "x") },
		"Formula: homogeneous": func() { lie.Formula(linalg.Identity(3), true, 0) },
		"Formula: tolerance":   func() { lie.Formula(linalg.Identity(3), false, -1) },
		"Formula: the matrix":  func() { lie.Formula(nil, false, 0) },
		"Echelon: tolerance":   func() { lie.Echelon(lie.SO(2), math.NaN()) },
		"Equations: tolerance": func() { lie.Equations(lie.SO(2), -1) },
		"FormatMatrix":         func() { lie.FormatMatrix(mat.NewDense(2, 3, nil), 0) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if message, _ := recover().(string); !strings.HasPrefix(message, "lie: "+name) {
					t.Errorf("panic %q", message)
				}
			}()
			f()
			t.Error("no panic")
		})
	}
}

func ExampleFormula() {
	for _, h := range lie.Sparse(lie.SE(2)) {
		fmt.Println(lie.Formula(h, true, 0))
	}
	fmt.Println(lie.Formula(lie.SOpq(1, 1).Basis()[0], false, 0, "t", "x"))
	// Output:
	// x₁∂₂ − x₂∂₁
	// ∂₁
	// ∂₂
	// t∂x + x∂t
}

func ExampleFormatMatrix() {
	fmt.Println(lie.FormatMatrix(lie.SO(3).Basis()[0], 0))
	// Output:
	//    ·  −0.71  ·
	// 0.71      ·  ·
	//    ·      ·  ·
}

func ExampleEquations() {
	for _, equation := range lie.Equations(lie.SL(2), 0) {
		fmt.Println(equation)
	}
	// Output:
	// H₂₂ = −H₁₁
}
