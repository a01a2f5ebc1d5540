package derivative

import (
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
)

// LiftMetric returns the metric D of a batch whose ‖J_i‖²_F was estimated, given the exact Gram
// matrix G = Σ C_iᵀC_i. The true metric satisfies D ≥ G, since ‖J·T h‖² ≤ ‖J‖²_F ‖T h‖² for each
// sample. If a few samples have nearly all of the gradient, an estimate may by chance be below G.
// Along directions h in which it is, LiftMetric raises it to hᵀGh, so that ρ is 1. It changes
// nothing else.
//
// The directions are the ones in which D and G are both diagonal, so the result does not depend on
// the basis or the scales of candidates.
func LiftMetric(metric, gram *mat.SymDense) *mat.SymDense {
	var difference, sum mat.SymDense
	difference.ScaleSym(-1, gram)
	difference.AddSym(metric, &difference)
	if new(mat.Cholesky).Factorize(&difference) {
		return metric
	}
	sum.AddSym(metric, gram)
	axes, ok := linalg.AxesOf(&sum, 0)
	w := axes.Above(linalg.Nothing).Whiten()
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
	for j, λ := range eigen.Values(nil) {
		if λ < 0 {
			metric.SymRankOne(metric, -λ, dual.ColView(j))
		}
	}
	return metric
}
