package defects

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
)

// Of very many candidates the smallest directions come by iteration: they agree with the
// decomposition of the same matrices, for candidates in mixed units, for a metric that is
// full and for one that some directions do not move.
func TestIterationAgainstDecomposition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	const k, rows, zeros, count = 150, 400, 4, 10
	normal := func(rows, columns int) *mat.Dense {
		m := mat.NewDense(rows, columns, nil)
		m.Apply(func(_, j int, _ float64) float64 { return r.NormFloat64() * math.Pow(10, float64(j%3)) }, m)
		return m
	}
	for _, still := range []int{0, 3} {
		c, motion := normal(rows, k), normal(rows, k)
		for i := range rows { // the first candidates do nothing; the last ones do not move the data
			for j := range zeros {
				c.Set(i, j, 0)
			}
			for j := k - still; j < k; j++ {
				c.Set(i, j, c.At(i, 0))
				motion.Set(i, j, 0)
			}
		}
		var gram, d mat.SymDense
		gram.SymOuterK(1, c.T())
		d.SymOuterK(1, motion.T())
		f, m := linalg.GramForm{G: &gram}, NewMetric(&d)
		w, err := m.Whiten()
		if err != nil {
			t.Fatal(err)
		}
		want, ok := f.Stationary(w)
		if !ok || len(want.Values) != k-still {
			t.Fatalf("%d values of %d", len(want.Values), k-still)
		}
		ρ, h, err := f.Smallest(m.times, m.scales(), count)
		if err != nil || len(ρ) != count {
			t.Fatalf("%d of %d: %v", len(ρ), count, err)
		}
		for j, v := range ρ {
			if math.Abs(v-want.Values[j]) > 1e-6*want.Values[count] {
				t.Errorf("value %d is %g, want %g", j, v, want.Values[j])
			}
		}
		found := linalg.Congruent(&d, h)
		for i := range count {
			if math.Abs(found.At(i, i)-1) > 1e-6 {
				t.Errorf("hᵀDh = %g", found.At(i, i))
			}
		}
	}
}
