package linalg

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func positive(r *rand.Rand, n int) *mat.SymDense {
	var s mat.SymDense
	s.SymOuterK(1, normal(r, n, n+2))
	return &s
}

func near(t *testing.T, what string, got, want mat.Matrix) {
	t.Helper()
	var off mat.Dense
	off.Sub(got, want)
	if size := mat.Norm(&off, 2); !(size <= 1e-13*mat.Norm(want, 2)) {
		t.Errorf("%s is off by %g of %g", what, size, mat.Norm(want, 2))
	}
}

// All that is done with the factors of S is what is done with S as a whole.
func TestKronecker(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 0))
	for _, n := range [][2]int{{1, 1}, {1, 4}, {5, 1}, {3, 4}, {9, 8}} {
		s := Kronecker{positive(r, n[0]), positive(r, n[1])}
		other, foreign := Kronecker{s.Left, positive(r, n[1])}, Kronecker{positive(r, n[0]), positive(r, n[1])}
		k, whole := s.SymmetricDim(), Whole(s)
		of := func(what string) string { return fmt.Sprintf("%s of %d×%d", what, n[0], n[1]) }
		var kronecker mat.Dense
		kronecker.Kronecker(s.Left, s.Right)
		near(t, of("Whole"), whole, &kronecker)

		var sum mat.SymDense
		sum.AddSym(whole, Whole(other))
		added := Plus(Plus(nil, s), other)
		if _, ok := added.(Kronecker); !ok {
			t.Error(of("Plus"), "is no product")
		}
		near(t, of("Plus"), added, &sum)
		near(t, of("Plus, s untouched,"), s, whole)
		sum.AddSym(&sum, Whole(foreign))
		near(t, of("Plus of another Left"), Plus(added, foreign), &sum)
		near(t, of("Plus to a whole"), Plus(Plus(nil, whole), s), Whole(Plus(Plus(nil, s), s)))
		near(t, of("Plus of a whole"), Plus(Plus(nil, s), whole), Whole(Plus(Plus(nil, s), s)))

		h := normal(r, k, 3)
		var sh, hsh mat.Dense
		sh.Mul(whole, h)
		near(t, of("Product"), Product(s, h), &sh)
		hsh.Mul(h.T(), &sh)
		near(t, of("Congruent"), Congruent(s, h), &hsh)
		for _, like := range []mat.Symmetric{s, other, foreign, whole} {
			for j, got := range NewQuadratic(h, like).Forms(s) {
				if want := hsh.At(j, j); math.Abs(got-want) > 1e-12*want {
					t.Error(of("form"), got, "want", want)
				}
			}
		}

		d := make([]float64, k)
		for i := range d {
			d[i] = 1 / math.Sqrt(s.At(i, i))
		}
		scaled := Restricted(s, diagonalOf(d))
		if _, ok := scaled.(Kronecker); !ok {
			t.Error(of("Restricted"), "is no product")
		}
		near(t, of("Restricted"), scaled, ScaledBy(whole, d))
		if d[k-1] *= 2; n[0] > 1 && n[1] > 1 {
			scaled = Restricted(s, diagonalOf(d))
			if _, ok := scaled.(*mat.SymDense); !ok {
				t.Error(of("Restricted, not by a product,"), "is one")
			}
			near(t, of("Restricted, not by a product,"), scaled, ScaledBy(whole, d))
		}
	}
}

func diagonalOf(d []float64) *mat.Dense { return mat.DenseCopyOf(mat.NewDiagDense(len(d), d)) }

func TestKroneckerMap(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 0))
	for _, n := range [][2]int{{1, 1}, {1, 4}, {5, 1}, {3, 4}, {9, 8}} {
		w := KroneckerMap{normal(r, n[0], n[0]), normal(r, n[1], n[1])}
		var whole, wv, wgw mat.Dense
		whole.Kronecker(w.Left, w.Right)
		k := n[0] * n[1]
		g, v := positive(r, k), normal(r, k, 3)
		wv.Mul(&whole, v)
		near(t, "Times", w.Times(v), &wv)
		wgw.Product(whole.T(), g, &whole)
		near(t, "Congruent", w.Congruent(g), &wgw)
	}
}

func TestIsFinite(t *testing.T) {
	for _, v := range []float64{1, math.NaN(), math.Inf(1), math.Inf(-1), 1e200, math.MaxFloat64} {
		s := mat.NewSymDense(3, nil)
		s.SetSym(0, 2, v)
		if got, want := IsFinite(s), v-v == 0; got != want {
			t.Errorf("%g: finite is %v", v, got)
		}
		for _, k := range []Kronecker{{s, positiveTwo()}, {positiveTwo(), s}} {
			if got, want := IsFinite(k), 2*v-2*v == 0; got != want {
				t.Errorf("a product with %g: finite is %v", v, got)
			}
		}
		if v == 1e200 && IsFinite(Kronecker{s, s}) {
			t.Error("1e400 is finite")
		}
	}
}

func positiveTwo() *mat.SymDense { return mat.NewSymDense(2, []float64{2, 1, 1, 2}) }
