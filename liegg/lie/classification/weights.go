package classification

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// weights holds the joint eigenvalues of commuting n×n matrices H_1 … H_m:
// row k of re and im holds the real and imaginary parts of the k-th
// eigenvalue as a function of the coefficients of Σ h_i H_i. Both members of
// a conjugate pair are listed.
type weights struct{ re, im *mat.Dense }

// weightsOf reads the weights off the diagonal blocks. The orthogonal Schur
// vectors of a random combination bring all matrices to block-triangular
// form. No eigenvectors are needed, of which shears have too few.
func weightsOf(a lie.Algebra) weights {
	random := rand.New(rand.NewPCG(3, 0))
	h := make([]float64, a.Dim())
	for i := range h {
		h[i] = random.NormFloat64()
	}
	t, z, ok := dense.Schur(a.Generator(h))
	if !ok {
		panic(dense.Failure("Schur form"))
	}
	w := weights{mat.NewDense(a.Size(), a.Dim(), nil), mat.NewDense(a.Size(), a.Dim(), nil)}
	var b mat.Dense
	for i, e := range a.Basis() {
		b.Product(z.T(), e, z)
		for k := 0; k < a.Size(); k++ {
			if k+1 == a.Size() || t.At(k+1, k) == 0 {
				w.re.Set(k, i, b.At(k, k))
				continue
			}
			re, im := blockWeight(t, &b, k)
			w.re.Set(k, i, re)
			w.re.Set(k+1, i, re)
			w.im.Set(k, i, im)
			w.im.Set(k+1, i, -im)
			k++
		}
	}
	return w
}

// ImaginaryWeights returns the imaginary parts of the weights of a, whose generators commute: row k
// holds the frequencies of the generators in the k-th joint eigenspace.
func ImaginaryWeights(a lie.Algebra) *mat.Dense { return weightsOf(a).im }

// blockWeight returns the eigenvalue of the 2×2 block of b at k that belongs
// to the eigenvalue α + iω, ω > 0, of the commuting block of t.
func blockWeight(t, b *mat.Dense, k int) (re, im float64) {
	up, down := t.At(k, k+1), t.At(k+1, k)
	ω := math.Sqrt(-up * down)
	x, y := b.At(k, k+1), b.At(k+1, k)
	return (b.At(k, k) + b.At(k+1, k+1)) / 2, ω * (x*up + y*down) / (up*up + down*down)
}

// in returns the weights as functions on the subspace spanned by the columns
// of v.
func (w weights) in(v *mat.Dense) weights {
	var out weights
	out.re, out.im = new(mat.Dense), new(mat.Dense)
	out.re.Mul(w.re, v)
	out.im.Mul(w.im, v)
	return out
}

// both stacks the real and imaginary parts.
func (w weights) both() *mat.Dense {
	var m mat.Dense
	m.Stack(w.re, w.im)
	return &m
}
