package derivative

import (
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
)

// LiftMetric returns the metric D of a batch whose ‖J_i‖²_F was estimated, given the exact Gram
// matrix G = Σ C_iᵀC_i. The true metric satisfies D ≥ G, since ‖J·T h‖² ≤ ‖J‖²_F ‖T h‖² for each
// sample. An estimate may by chance be below G if few samples have nearly all of the gradient.
// Along directions h in which it is, LiftMetric raises it to hᵀGh, so that ρ is 1. It changes
// nothing else.
//
// The directions are those in which D and G are both diagonal, so that neither the basis nor
// the scales of candidates matter.
func LiftMetric(metric, gram *mat.SymDense) *mat.SymDense {
	var above, sum mat.SymDense
	above.ScaleSym(-1, gram)
	above.AddSym(metric, &above)
	if new(mat.Cholesky).Factorize(&above) {
		return metric
	}
	sum.AddSym(metric, gram)
	axes, ok := linalg.AxesOf(&sum, 0)
	w := axes.Above(linalg.Nothing).Whiten()
	if !ok || w == nil {
		return metric
	}
	var missing, dual mat.Dense
	missing.Product(w.T(), &above, w) // diagonal in the basis sought
	var eigen mat.EigenSym
	if !eigen.Factorize(mat.NewSymDense(w.RawMatrix().Cols, missing.RawMatrix().Data), true) {
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
