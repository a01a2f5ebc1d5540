package linalg

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/expect"
)

// outer returns BᵀB for a random B with the given rows and k columns.
func outer(random *rand.Rand, rows, k int) *mat.SymDense {
	b := mat.NewDense(rows, k, nil)
	b.Apply(func(_, _ int, _ float64) float64 { return random.NormFloat64() }, b)
	var s mat.SymDense
	s.SymOuterK(1, b.T())
	return &s
}

// With D = SᵀΛS and G = SᵀMS, the least metric above both along the columns of S⁻¹ is Sᵀmax(Λ, M)S,
// even if D and G are singular. A metric above G does not change.
func TestRaised(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	const k = 5
	s := mat.NewDense(k, k, nil)
	s.Apply(func(_, _ int, _ float64) float64 { return random.NormFloat64() }, s)
	for i := range k { // units of candidates
		s.Set(i, 0, s.At(i, 0)*1e4)
	}
	made := func(d ...float64) *mat.SymDense {
		var m mat.SymDense
		m.SymOuterK(1, mat.NewDense(k, k, nil))
		for i, v := range d {
			m.SymRankOne(&m, v, s.RowView(i))
		}
		return &m
	}
	unit := mat.NewDiagDense(k, []float64{1e-4, 1, 1, 1, 1}) // takes the units out
	for _, c := range []struct{ d, g, want []float64 }{
		{[]float64{2, 3, 1, 1, .5}, []float64{1, 4, 0, 2, .5}, []float64{2, 4, 1, 2, .5}},
		{[]float64{2, 3, 1, 0, 0}, []float64{1, 4, 0, 0, 0}, []float64{2, 4, 1, 0, 0}},
		{[]float64{0, 0, 0, 0, 0}, []float64{0, 0, 0, 0, 0}, []float64{0, 0, 0, 0, 0}},
		{[]float64{0, 0, 1, 1, 1}, []float64{7, 0, 0, 0, 0}, []float64{7, 0, 1, 1, 1}},
	} {
		var got, want mat.Dense
		got.Product(unit, Raised(made(c.d...), made(c.g...)), unit)
		want.Product(unit, made(c.want...), unit)
		expect.Near(t, "lifted", got.RawMatrix().Data, want.RawMatrix().Data, 1e-9)
	}
	low := outer(random, 3, k)
	var high mat.SymDense
	high.AddSym(low, outer(random, 9, k))
	before := mat.DenseCopyOf(&high)
	if !mat.Equal(Raised(&high, low), before) {
		t.Error("a metric that is above the Gram matrix was changed")
	}
}
