package linalg

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// pairsOf numbers pairs in a random order.
func pairsOf(r *rand.Rand, n int) Pairs {
	p, order := Pairs{n, make([]int32, n*n)}, r.Perm(n*(n+1)/2)
	for i := range n {
		for j := i; j < n; j++ {
			p.At[i*n+j] = int32(order[0])
			p.At[j*n+i], order = p.At[i*n+j], order[1:]
		}
	}
	return p
}

// The sums of pairs are the Gram matrix of products g ⊗ x.
func TestPairedGram(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 0))
	for _, n := range [][2]int{{1, 1}, {1, 4}, {5, 1}, {3, 4}, {6, 5}} {
		left, right := pairsOf(r, n[0]), pairsOf(r, n[1])
		draw := func() (PairedGram, *mat.SymDense) {
			g, x := normal(r, 9, n[0]), normal(r, 9, n[1])
			rows, sums := mat.NewDense(9, n[0]*n[1], nil), mat.NewDense(n[0]*(n[0]+1)/2, n[1]*(n[1]+1)/2, nil)
			for s := range 9 {
				mat.NewDense(n[0], n[1], rows.RawRowView(s)).Outer(1, g.RowView(s), x.RowView(s))
				for i := range n[0] {
					for k := i; k < n[0]; k++ {
						for j := range n[1] {
							for l := j; l < n[1]; l++ {
								p, q := int(left.At[i*n[0]+k]), int(right.At[j*n[1]+l])
								sums.Set(p, q, sums.At(p, q)+g.At(s, i)*g.At(s, k)*x.At(s, j)*x.At(s, l))
							}
						}
					}
				}
			}
			gram := new(mat.SymDense)
			gram.SymOuterK(1, rows.T())
			return PairedGram{left, right, sums}, gram
		}
		a, wantA := draw()
		b, wantB := draw()
		near(t, "Whole", Whole(a), wantA)
		near(t, "its entries", a, wantA)
		var want mat.SymDense
		want.AddSym(wantA, wantB)
		sum := Plus(Plus(nil, a), b)
		if _, ok := sum.(PairedGram); !ok {
			t.Error("the sum has no pairs")
		}
		near(t, "Plus", sum, &want)
		near(t, "Plus, the first untouched,", a, wantA)
		near(t, "Plus a whole", Plus(Plus(nil, a), wantB), &want)
		near(t, "Plus to a whole", Plus(Plus(nil, wantB), a), &want)
		h := normal(r, n[0]*n[1], 3)
		for j, got := range NewQuadratic(h, a).Forms(a) {
			if want := mat.Inner(h.ColView(j), wantA, h.ColView(j)); math.Abs(got-want) > 1e-12*want {
				t.Errorf("form %g, want %g", got, want)
			}
		}
		forms := NewPairedForms(h, []mat.Symmetric{a, b})
		together := mat.NewDense(2, 3, nil)
		for i := range forms.Parts() {
			together.Add(together, forms.Part(i))
		}
		for i, gram := range []*mat.SymDense{wantA, wantB} {
			for j := range 3 {
				if got, want := together.At(i, j), mat.Inner(h.ColView(j), gram, h.ColView(j)); math.Abs(got-want) > 1e-12*want {
					t.Errorf("form %g of matrix %d, want %g", got, i, want)
				}
			}
		}
		if NewPairedForms(h, []mat.Symmetric{a, wantB}) != nil {
			t.Error("a whole matrix has no pairs")
		}
		if !IsFinite(a) {
			t.Error("finite sums are not")
		}
		if a.Sums.Set(0, 0, math.NaN()); IsFinite(a) {
			t.Error("NaN is finite")
		}
	}
}
