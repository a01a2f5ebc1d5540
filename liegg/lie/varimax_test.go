package lie_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/examples"
)

// matrixCosine is |⟨x,y⟩| / ‖x‖‖y‖.
func matrixCosine(x, y *mat.Dense) float64 {
	var xy mat.Dense
	xy.MulElem(x, y)
	return math.Abs(mat.Sum(&xy)) / mat.Norm(x, 2) / mat.Norm(y, 2)
}

// worstMatch is the least cosine of a matrix of found to the one of want that
// is nearest, 0 if two take the same.
func worstMatch(found, want []*mat.Dense) float64 {
	worst := 1.0
	taken := make([]bool, len(want))
	for _, h := range found {
		best, at := 0.0, 0
		for k, w := range want {
			if c := matrixCosine(h, w); c > best {
				best, at = c, k
			}
		}
		if taken[at] {
			return 0
		}
		taken[at] = true
		worst = min(worst, best)
	}
	return worst
}

func TestSparseFindsThePlanesOfAScrambledRotationAlgebra(t *testing.T) {
	planes := lie.SO(5).Basis()
	for seed := range uint64(40) {
		for _, degrees := range []float64{0, .3, 1} {
			rng := rand.New(rand.NewPCG(seed, 1))
			a := examples.Scrambled(rng, lie.SO(5), degrees*math.Pi/180)
			if c := worstMatch(lie.Sparse(a), planes); c < .999 {
				t.Errorf("seed %d, %g°: |cos| = %.5f to some E_ij − E_ji", seed, degrees, c)
			}
			if c := worstMatch(lie.Echelon(a, 0), planes); c < .999 {
				t.Errorf("seed %d, %g°: echelon |cos| = %.5f to some E_ij − E_ji", seed, degrees, c)
			}
		}
	}
}

// All of these have a basis in which the supports are apart, and that is it.
func TestSparseFindsTheStandardBasis(t *testing.T) {
	for _, a := range []lie.Algebra{
		lie.SOpq(1, 3), lie.SOpq(2, 3), lie.Sp(2), lie.SE(3), lie.SL(2), lie.GL(3), lie.Affine(2),
		lie.Translations(3), lie.Sum(lie.SO(3), lie.Scaling(3)), lie.SO(8),
	} {
		for seed := range uint64(4) {
			rng := rand.New(rand.NewPCG(seed, 2))
			for _, θ := range []float64{0, .01} {
				if a.Dim() == a.Size()*a.Size() || a.Name() == "aff(2)" {
					θ = 0 // there is nothing to tilt to
				}
				if c := worstMatch(lie.Sparse(examples.Scrambled(rng, a, θ)), a.Basis()); c < .999 {
					t.Errorf("%s, seed %d, angle %g: |cos| = %.5f", a.Name(), seed, θ, c)
				}
			}
		}
	}
}

// On diagonal matrices of trace zero Σ x⁴ is flat; the sum of sizes is not.
func TestSparsePrefersPlainDiagonals(t *testing.T) {
	for seed := range uint64(5) {
		found := lie.Sparse(examples.Scrambled(rand.New(rand.NewPCG(seed, 3)), lie.SL(3), .005))
		var diagonals []string
		for _, h := range found {
			if f := lie.Formula(h, false, 0); math.Abs(h.At(0, 0))+math.Abs(h.At(1, 1)) > .1 {
				diagonals = append(diagonals, f)
			}
		}
		if len(diagonals) != 2 || len(found) != 8 {
			t.Errorf("seed %d: %d matrices, on the diagonal %q", seed, len(found), diagonals)
		}
		for _, h := range found {
			var zeros int
			for _, v := range h.RawMatrix().Data {
				if math.Abs(v) < .05 {
					zeros++
				}
			}
			if zeros < 6 {
				t.Errorf("seed %d: only %d zeros in\n%s", seed, zeros, lie.FormatMatrix(h, 0))
			}
		}
	}
}

func TestSparseIsAnOrthonormalBasisOfTheSameSpan(t *testing.T) {
	all := algebras()
	for seed := range uint64(3) {
		rng := rand.New(rand.NewPCG(seed, 4))
		for _, a := range []lie.Algebra{lie.SOpq(1, 3), lie.Sp(2), lie.SL(3), lie.SE(2)} {
			c, err := a.Conjugate(examples.Orthogonal(rng, a.Size()))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, c)
		}
	}
	for _, a := range all {
		found := lie.Sparse(a)
		if len(found) != a.Dim() {
			t.Errorf("%s: %d matrices for dimension %d", a.Name(), len(found), a.Dim())
		}
		if a.Dim() == 0 {
			continue
		}
		if θ := lie.LargestAngle(lie.Span("sparse", found...), a); θ > 1e-13 {
			t.Errorf("%s: the sparse basis spans a space at angle %g", a.Name(), θ)
		}
		for i, x := range found {
			for j, y := range found {
				if c := matrixCosine(x, y); (i == j) != (c > .5) || i != j && c > 1e-13 || math.Abs(mat.Norm(x, 2)-1) > 1e-13 {
					t.Errorf("%s: matrices %d and %d have |cos| = %g", a.Name(), i, j, c)
				}
			}
		}
	}
}

// However the basis was mixed, the answer is the same, in the same order.
func TestSparseDoesNotDependOnTheBasisThatItIsGiven(t *testing.T) {
	for _, a := range []lie.Algebra{lie.SO(4), lie.SOpq(1, 2), lie.SE(2)} {
		want := lie.Sparse(a)
		for seed := range uint64(5) {
			got := lie.Sparse(examples.Scrambled(rand.New(rand.NewPCG(seed, 5)), a, 0))
			for k := range want {
				if d := examples.Distance(got[k], want[k]); d > 1e-9 {
					t.Errorf("%s, seed %d: matrix %d differs by %g", a.Name(), seed, k, d)
				}
			}
		}
	}
	a := examples.Scrambled(rand.New(rand.NewPCG(7, 5)), lie.SL(3), .02)
	if !slices.EqualFunc(lie.Sparse(a), lie.Sparse(a), func(x, y *mat.Dense) bool { return mat.Equal(x, y) }) {
		t.Error("two calls give two answers")
	}
}

func TestSparseSignAndOrder(t *testing.T) {
	found := lie.Sparse(examples.Scrambled(rand.New(rand.NewPCG(1, 6)), lie.SO(4), .01))
	k := 0
	for i := range 4 {
		for j := i + 1; j < 4; j++ {
			if v := found[k].At(i, j); v < .7 {
				t.Errorf("matrix %d has %g at (%d,%d), want 1/√2", k, v, i, j)
			}
			k++
		}
	}
}

func BenchmarkSparse(b *testing.B) {
	a := examples.Scrambled(rand.New(rand.NewPCG(1, 7)), lie.Sp(4), .01)
	for b.Loop() {
		lie.Sparse(a)
	}
}
