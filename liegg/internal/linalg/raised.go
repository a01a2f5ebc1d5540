package linalg

import "gonum.org/v1/gonum/mat"

// Raised returns the least metric that is above an exact Gram matrix G = Σ C_iᵀC_i along the axes
// of both, given an unbiased estimate D of a metric that is: ‖J·T h‖² ≤ ‖J‖²_F ‖T h‖² for each
// sample, so that the true one satisfies D ≥ G. If a few samples have nearly all of the gradient,
// an estimate may by chance be below G. Along directions h in which it is, Raised makes it hᵀGh, so
// that ρ is 1. Otherwise it changes nothing.
//
// It is for sums over all samples. Raised sample by sample, the metric would be too large on
// average: the largest of an estimate and a bound is above both.
//
// The directions are the ones in which D and G are both diagonal, so the result does not depend on
// the basis or the scales of candidates.
func Raised(metric, gram *mat.SymDense) *mat.SymDense {
	var difference, sum mat.SymDense
	difference.ScaleSym(-1, gram)
	difference.AddSym(metric, &difference)
	if new(mat.Cholesky).Factorize(&difference) {
		return metric
	}
	sum.AddSym(metric, gram)
	axes, ok := AxesOf(&sum, 0)
	w := axes.Above(Nothing).Whiten()
	if !ok || w == nil {
		return metric
	}
	var whitened, dual mat.Dense
	whitened.Product(w.T(), &difference, w) // its eigenvectors are the directions
	var eigen mat.EigenSym
	if !eigen.Factorize(mat.NewSymDense(w.RawMatrix().Cols, whitened.RawMatrix().Data), true) {
		return metric
	}
	var v mat.Dense
	eigen.VectorsTo(&v)
	dual.Product(&sum, w, &v)
	raised := mat.NewSymDense(metric.SymmetricDim(), nil)
	raised.CopySym(metric)
	for j, λ := range eigen.Values(nil) {
		if λ < 0 {
			raised.SymRankOne(raised, -λ, dual.ColView(j))
		}
	}
	return raised
}
