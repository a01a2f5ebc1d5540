package plotting

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func diagonal(values ...float64) *mat.SymDense {
	m := mat.NewSymDense(len(values), nil)
	for i, v := range values {
		m.SetSym(i, i, v)
	}
	return m
}

func TestKillingSignature(t *testing.T) {
	// tr(ad Eᵢ ad Eⱼ) of sl(2) in the basis e, h, f.
	sl2 := mat.NewSymDense(3, []float64{0, 0, 4, 0, 8, 0, 4, 0, 0})
	for _, test := range []struct {
		form    *mat.SymDense
		zero    float64
		title   string
		warning string
	}{
		{sl2, 1e-12, "Killing form: 2 positive, 1 negative, 0 zero", ""},
		{diagonal(-2, -2, -2, .03, -.03, 0), .1, "Killing form: 0 positive, 3 negative, 3 zero", ""},
		{diagonal(-2, -2, -2, .03, -.03, 0), 0, "Killing form: 1 positive, 4 negative, 1 zero", ""},
		{diagonal(0), 0, "Killing form: 0 positive, 0 negative, 1 zero", ""},
		{diagonal(1, math.NaN()), .1, "Killing form: no signature", "1 cell is NaN or infinite (×)"},
		{diagonal(math.NaN(), math.Inf(1)), .1, "Killing form: no signature", "2 cells are NaN or infinite (×)"},
		{diagonal(make([]float64, 15)...), .1, "Killing form: 0 positive, 0 negative, 15 zero", ""},
		{mat.NewSymDense(2, []float64{1e-310, 2e-311, 2e-311, 1e-310}), 0, "Killing form: 2 positive, 0 negative, 0 zero", ""},
		{mat.NewSymDense(2, []float64{0, 5e-324, 5e-324, 0}), 0, "Killing form: 1 positive, 1 negative, 0 zero", ""},
		{mat.NewSymDense(2, []float64{0, 1.7e308, 1.7e308, 0}), 0, "Killing form: 1 positive, 1 negative, 0 zero", ""},
		{&mat.SymDense{}, .1, "Killing form", ""},
	} {
		l := KillingForm(test.form, test.zero, nil)
		if l.Title != test.title || l.warning != test.warning {
			t.Errorf("title %q and warning %q, want %q and %q", l.Title, l.warning, test.title, test.warning)
		}
		mustEncode(t, l)
	}
}

// The words move to the outer layout with the glossary.
func TestKillingFormWithLongNames(t *testing.T) {
	l := KillingForm(diagonal(1, math.NaN()), 0, []string{"x∂x + y∂y", "x∂y − y∂x"})
	if l.Title != "Killing form: no signature" || l.warning == "" {
		t.Errorf("title %q and warning %q", l.Title, l.warning)
	}
	mustEncode(t, l)
}
