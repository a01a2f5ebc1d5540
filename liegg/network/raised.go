package network

import (
	"math"

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
	w := whitened(&sum)
	if w == nil {
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

// whitened returns W with WᵀSW = 1, over the directions in which S is not zero; nil
// where there are none.
func whitened(s *mat.SymDense) *mat.Dense {
	k := s.SymmetricDim()
	scale := make([]float64, k)
	for i := range scale {
		if v := s.At(i, i); v > 0 && !math.IsInf(v, 0) {
			scale[i] = 1 / math.Sqrt(v)
		}
	}
	r := mat.NewSymDense(k, nil)
	for i := range k {
		for j := i; j < k; j++ {
			r.SetSym(i, j, s.At(i, j)*scale[i]*scale[j])
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(r, true) {
		return nil
	}
	const nothing = 1e-12 // as in liegg, an amplitude of 1e-6
	var v mat.Dense
	eigen.VectorsTo(&v)
	λ := eigen.Values(nil)
	first := 0
	for first < k && !(λ[first] > nothing*λ[k-1]) {
		first++
	}
	if first == k {
		return nil
	}
	w := mat.NewDense(k, k-first, nil)
	w.Apply(func(i, j int, _ float64) float64 { return scale[i] * v.At(i, first+j) / math.Sqrt(λ[first+j]) }, w)
	return w
}
