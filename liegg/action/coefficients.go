package action

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// GeneratorSize returns n for n×n generators.
func GeneratorSize(a Action) int {
	n, _ := a.Generator(make([]float64, a.Dim())).Dims()
	return n
}

// Coefficients returns h, K×c, for c matrices of the size of a's generators:
// Σ_k h_kj A_k is nearest to the j-th matrix in the Frobenius norm, and the
// j-th entry of off is its distance from it. If a is Centred, both refer to
// the centre. Coefficients returns an error if the generators A_k depend on
// each other. It panics without matrices, or if one has another size.
func Coefficients(a Action, matrices ...*mat.Dense) (h *mat.Dense, off []float64, err error) {
	if p, ok := a.(Polynomials); ok && p.centre != nil {
		return p.localCoefficients(matrices)
	}
	local := make([]*mat.Dense, len(matrices))
	for i, m := range matrices {
		local[i] = Local(a, m)
	}
	h, off, err = coefficientsOver(localBasis(a), local)
	if err != nil {
		return nil, nil, fmt.Errorf("action: the generators of %T depend on each other: %w", a, err)
	}
	return h, off, nil
}

// coefficientsOver is Coefficients over given generators.
func coefficientsOver(over, matrices []*mat.Dense) (h *mat.Dense, off []float64, err error) {
	var qr mat.QR
	generators, wanted := columns(over), columns(matrices)
	qr.Factorize(generators)
	h = new(mat.Dense)
	if err := qr.SolveTo(h, false, wanted); err != nil {
		return nil, nil, err
	}
	var rest mat.Dense
	rest.Mul(generators, h)
	rest.Sub(wanted, &rest)
	for j := range matrices {
		off = append(off, mat.Norm(rest.ColView(j), 2))
	}
	return h, off, nil
}

// columns writes square matrices as columns, row by row.
func columns(matrices []*mat.Dense) *mat.Dense {
	n, _ := matrices[0].Dims()
	m := mat.NewDense(n*n, len(matrices), nil)
	for j, x := range matrices {
		m.SetCol(j, mat.DenseCopyOf(x).RawMatrix().Data)
	}
	return m
}
