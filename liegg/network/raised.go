package network

import (
	"github.com/liegg/lab/liegg/internal/linalg"
	"gonum.org/v1/gonum/mat"
)

// raised is the metric D of a batch of which ‖J_i‖²_F was estimated, given its Gram
// matrix G = Σ C_iᵀC_i, which was not. Of the true metric is known that D ≥ G, since
// ‖J·T h‖² ≤ ‖J‖²_F ‖T h‖² for each sample; an estimate may miss that by chance, where
// few samples have nearly all of the gradient. Along directions h in which it does, it
// is raised to hᵀGh, where ρ is 1; it is never lowered, and across them it stays.
//
// Directions are those in which both are diagonal, so that neither the basis nor the
// scales of candidates matter.
func raised(metric, gram *mat.SymDense) *mat.SymDense {
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
