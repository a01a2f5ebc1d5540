package liegg

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
)

// A verdict on many candidates lists the smallest generators in either order, as many as are
// trivial and 40 more. They agree with gonum's full decomposition.
func TestListedAgainstFull(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, test := range []struct {
		name                        string
		n, samples, ignored, listed int
		symmetric                   bool
	}{
		{"no symmetry", 15, 520, 0, 40, false},
		{"so(15)", 15, 520, 0, 40, true},
		{"an ignored input", 17, 640, 1, 57, false},
		{"more trivial generators than are worth while to leave out", 15, 520, 3, 225, false},
	} {
		g, x := pairs(rand.New(rand.NewPCG(5, 0)), test.n, test.samples, test.symmetric)
		for i := range test.samples {
			for j := range test.ignored {
				g.Set(i, j, 0)
			}
		}
		e := evidenceOf(t, g, x, linalg.SymmetricPart(linalg.Identity(test.n)), false)
		v, err := e.Judge(lie.GL(test.n), Rule{})
		if err != nil {
			t.Fatal(err)
		}
		s, sum := v.Spectrum, e.plain
		if len(s.BySingular) != test.listed || len(s.ByDefect) != test.listed {
			t.Errorf("%s: %d generators by s and %d by ρ are listed, want %d", test.name, len(s.BySingular), len(s.ByDefect), test.listed)
		}
		gram, metric := linalg.Whole(sum.Gram), linalg.Whole(sum.Metric)
		values := fullOrder(t, test.name, gram, linalg.SymmetricPart(linalg.Identity(s.K)), s.BySingular, func(g Generator) float64 { return g.Singular })
		if largest := math.Sqrt(values[s.K-1]); math.Abs(s.Largest()-largest) > 1e-12*largest {
			t.Errorf("%s: the largest s is %g, want %g", test.name, s.Largest(), largest)
		}
		fullOrder(t, test.name, gram, metric, s.ByDefect, func(g Generator) float64 { return g.Defect })
	}
}

// fullOrder compares generators with all solutions of G h = λ D h: each has the root of the λ of its
// rank, and solves the problem.
func fullOrder(t *testing.T, name string, g, d *mat.SymDense, gens []Generator, of func(Generator) float64) []float64 {
	t.Helper()
	w := linalg.InverseRoot(d)
	var whitened mat.Dense
	whitened.Product(w.T(), g, w)
	var eigen mat.EigenSym
	if !eigen.Factorize(linalg.SymmetricPart(&whitened), false) {
		t.Fatal("no full decomposition")
	}
	values := eigen.Values(nil)
	largest := values[len(values)-1]
	for j, gen := range gens {
		if got := of(gen) * of(gen); math.Abs(got-values[j]) > 1e-12*largest {
			t.Errorf("%s: generator %d has the square %g, want %g of at most %g", name, j, got, values[j], largest)
		}
		h := mat.NewVecDense(len(values), gen.H.RawMatrix().Data)
		var gh, dh mat.VecDense
		gh.MulVec(g, h)
		dh.MulVec(d, h)
		gh.AddScaledVec(&gh, -values[j], &dh)
		if off := mat.Norm(&gh, 2); off > 1e-10*largest*mat.Norm(&dh, 2) {
			t.Errorf("%s: generator %d is no solution, by %g of %g", name, j, off, largest*mat.Norm(&dh, 2))
		}
	}
	return values
}
