package linalg

import (
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// PairedForms takes quadratic forms of some vectors with many matrices PairedGram that number their
// pairs alike. For vectors as matrices H,
//
//	hᵀGh = Σ_{i≤k} (2 − δ_ik)·Σ_jl Sums_(ik)(jl)·H_ij·H_kl,
//
// which takes half of the work of the forms of Quadratic, and does not need the matrices as a whole.
type PairedForms struct {
	along *mat.Dense // the vectors as rows
	grams []PairedGram
}

// NewPairedForms takes the columns of h. It returns nil if the matrices are not of that kind.
func NewPairedForms(h *mat.Dense, of []mat.Symmetric) *PairedForms {
	p := &PairedForms{along: mat.DenseCopyOf(h.T())}
	for _, s := range of {
		g, ok := s.(PairedGram)
		if !ok || len(p.grams) > 0 && !p.grams[0].alike(g) {
			return nil
		}
		p.grams = append(p.grams, g)
	}
	return p
}

func (p PairedGram) alike(other PairedGram) bool {
	return slices.Equal(p.Left.At, other.Left.At) && slices.Equal(p.Right.At, other.Right.At)
}

// Parts is the number of parts of which the forms are the sum.
func (p *PairedForms) Parts() int { return p.grams[0].Left.N }

// Part returns the part i of the forms, those terms with its i, as a row for each matrix.
func (p *PairedForms) Part(i int) *mat.Dense {
	left, right := p.grams[0].Left, p.grams[0].Right
	_, pairs := p.grams[0].Sums.Dims()
	vectors, _ := p.along.Dims()
	forms, products := mat.NewDense(len(p.grams), vectors, nil), mat.NewDense(vectors, pairs, nil)
	for k := i; k < left.N; k++ {
		for v := range vectors {
			productsOf(products.RawRowView(v), p.along.RawRowView(v), i, k, right)
		}
		pair := int(left.At[i*left.N+k])
		for g, gram := range p.grams {
			blas64.Gemv(blas.NoTrans, 1, products.RawMatrix(), vector(gram.Sums.RawRowView(pair)), 1, vector(forms.RawRowView(g)))
		}
	}
	return forms
}

// productsOf sets to, for each pair (j, l), to the sum of (2 − δ_ik)·H_ij·H_kl over its orders.
func productsOf(to, h []float64, i, k int, right Pairs) {
	n, factor := right.N, 2.
	if i == k {
		factor = 1
	}
	clear(to)
	hk := h[k*n : k*n+n]
	for j, v := range h[i*n : i*n+n] {
		v *= factor
		for l, at := range right.At[j*n : j*n+n] {
			to[at] += v * hk[l]
		}
	}
}
