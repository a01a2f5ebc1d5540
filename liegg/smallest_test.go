package liegg_test

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/lie"
)

// ball5 is f(x) = ¼(‖u‖⁴ + Σ_k w_k⁴) for x = (u, w), u in R⁵ and w in R^(n−5).
//
// Its algebra in gl(n) is so(5) on u, of dimension 10, and nothing else. For with
// A in blocks, ∇f·Ax = ‖u‖²·uᵀ(A_uu u + A_uw w) + Σ_k w_k³(A_wu u + A_ww w)_k is a
// polynomial in which the monomials w_k³u_j and w_k³w_j each have the coefficient
// A_kj, so that A_wu = A_ww = 0; uᵀA_uw w = 0 gives A_uw = 0, and uᵀA_uu u = 0
// makes A_uu skew.
func ball5(n int) exact {
	e := radial(n)
	e.name = fmt.Sprintf("so(5) in gl(%d)", n)
	e.candidates = lie.GL(n)
	e.truth = so5In(n)
	e.gradient = func(x []float64) [][]float64 {
		g := make([]float64, n)
		u := floats.Dot(x[:5], x[:5])
		for k, v := range x {
			if g[k] = v * v * v; k < 5 {
				g[k] = u * v
			}
		}
		return [][]float64{g}
	}
	return e
}

// so5In is so(5) on the first five coordinates of Rⁿ.
func so5In(n int) lie.Algebra {
	var basis []*mat.Dense
	for i := range 5 {
		for j := range i {
			a := mat.NewDense(n, n, nil)
			a.Set(i, j, 1)
			a.Set(j, i, -1)
			basis = append(basis, a)
		}
	}
	return lie.Span("so(5)", basis...)
}

// flat draws inputs of uniform numbers, so that fourth powers do not make a few
// samples rule.
func flat(e exact, n int) [][]float64 {
	xs := e.sample(n)
	for _, x := range xs {
		for j, v := range x {
			x[j] = math.Sqrt(3) * math.Erf(v/math.Sqrt2) // uniform on ±√3
		}
	}
	return xs
}

// quick is the polarization matrix of ball5, without the detour over Tangents.
func quick(t testing.TB, n, samples int) *liegg.Polarization {
	t.Helper()
	e := ball5(n)
	p := liegg.NewPolarization(n * n)
	for xs := flat(e, samples); len(xs) > 0; xs = xs[min(500, len(xs)):] {
		xs := xs[:min(500, len(xs))]
		rows := mat.NewDense(len(xs), n*n, nil)
		data := mat.NewSymDense(n, nil)
		for i, x := range xs {
			g := e.gradient(x)[0]
			row := mat.NewDense(n, n, rows.RawRowView(i))
			row.Outer(1, mat.NewVecDense(n, g), mat.NewVecDense(n, x))
			data.SymRankOne(data, floats.Dot(g, g), mat.NewVecDense(n, x))
		}
		gram, metric := mat.NewSymDense(n*n, nil), mat.NewSymDense(n*n, nil)
		c := liegg.Chunk{Samples: len(xs), Outputs: 1, Gram: gram, Metric: metric}
		gram.SymOuterK(1, rows.T())
		for b := range n {
			for i := range n {
				for j := i; j < n; j++ {
					metric.SetSym(b*n+i, b*n+j, data.At(i, j))
				}
			}
		}
		if err := p.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// The smallest generators of many candidates agree with a dense decomposition of the same matrix, and
// the ten zeros are so(5).
func TestSmallestAgainstDense(t *testing.T) {
	const n = 18
	e := ball5(n)
	p := quick(t, n, 1500)
	want, err := p.Spectrum(e.candidates)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Smallest(e.candidates, 20)
	if err != nil {
		t.Fatal(err)
	}
	sameSmallest(t, got, want, 20)
	for order, a := range map[string]lie.Algebra{"s": got.Algebra(10), "ρ": got.DefectAlgebra(10)} {
		if θ := lie.LargestAngle(a, e.truth); θ > 1e-7 {
			t.Errorf("the ten smallest by %s are %.1g rad from so(5)", order, θ)
		}
	}
	if gap := got.BySingular[10].Singular / got.Largest(); gap < .02 {
		t.Errorf("the eleventh s is %.1g of the largest: there is no gap", gap)
	}
}

// sameSmallest compares a spectrum with one that lists everything.
func sameSmallest(t *testing.T, got, want *liegg.Spectrum, m int) {
	t.Helper()
	if len(got.BySingular) != m || len(got.ByDefect) != m || got.K != want.K || got.Unmoved != want.Unmoved {
		t.Fatalf("%d by s, %d by ρ of %d, %d unmoved; want %d of %d, %d unmoved",
			len(got.BySingular), len(got.ByDefect), got.K, got.Unmoved, m, want.K, want.Unmoved)
	}
	for j := range m {
		g, w := got.BySingular[j], want.BySingular[j]
		if math.Abs(g.Singular-w.Singular) > 1e-7*want.Largest() {
			t.Errorf("s_%d = %g, want %g", j+1, g.Singular, w.Singular)
		}
		if g, w := got.ByDefect[j].Defect, want.ByDefect[j].Defect; math.Abs(g-w) > 1e-7 {
			t.Errorf("ρ_%d = %g, want %g", j+1, g, w)
		}
	}
	if r := got.Largest() / want.Largest(); r < .9 || r > 1+1e-9 {
		t.Errorf("the largest s is %g, want a little less than %g", got.Largest(), want.Largest())
	}
}
