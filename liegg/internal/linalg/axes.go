package linalg

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Axes are the principal axes of a positive semidefinite matrix S, in coordinates each of
// which was scaled to size 1 first, so that their units do not decide what counts as small:
//
//	S = C·V·diag(λ)·Vᵀ·C,  C = diag(√S_ii).
type Axes struct {
	Scale   []float64  // √S_ii; 0 for coordinates that were left out
	Values  []float64  // λ, ascending
	Vectors *mat.Dense // V, one column for each of Values; a row of zeros for each coordinate left out
}

// Nothing is the tolerance of Axes.Above for sums over samples: an amplitude of 1e-6 of the
// rest, some 16 roundings of float32. Other tolerances need a reason.
const Nothing = 1e-12

// AxesOf returns all axes of S. Coordinates with S_ii ≤ floor are left out; with a negative
// floor none is, and those with S_ii = 0 keep their unit. ok is false if S is not finite or
// LAPACK did not converge.
func AxesOf(s *mat.SymDense, floor float64) (a Axes, ok bool) {
	n := s.SymmetricDim()
	a.Scale = make([]float64, n)
	var kept []int
	for i := range n {
		switch v := s.At(i, i); {
		case math.IsNaN(v) || math.IsInf(v, 0):
			return a, false
		case v > max(0, floor):
			a.Scale[i] = math.Sqrt(v)
		case floor < 0:
			a.Scale[i] = 1
		default:
			continue
		}
		kept = append(kept, i)
	}
	if len(kept) == 0 {
		return a, true
	}
	correlation := mat.NewSymDense(len(kept), nil)
	for k, i := range kept {
		for l := k; l < len(kept); l++ {
			correlation.SetSym(k, l, s.At(i, kept[l])/a.Scale[i]/a.Scale[kept[l]])
		}
	}
	eigen, ok := wholeEigenOf(correlation)
	if !ok {
		return a, false
	}
	a.Values = eigen.Values()
	a.Vectors = mat.NewDense(n, len(kept), nil)
	vectors := eigen.Vectors(len(kept))
	for k, i := range kept {
		a.Vectors.SetRow(i, vectors.RawRowView(k))
	}
	return a, true
}

// Above returns the axes with λ > tolerance·λ_max: the directions in which S is not zero. A
// matrix that was summed in single precision shows its rounding in negative λ; what lies
// within ten times of these counts as zero, too. Without any the vectors are nil.
func (a Axes) Above(tolerance float64) Axes {
	first, count := 0, len(a.Values)
	for first < count && !(a.Values[first] > max(0, tolerance*a.Values[count-1], -10*a.Values[0])) {
		first++
	}
	if first == count {
		return Axes{Scale: a.Scale}
	}
	n := len(a.Scale)
	return Axes{a.Scale, a.Values[first:], mat.DenseCopyOf(a.Vectors.Slice(0, n, first, count))}
}

// Whiten returns W = C⁻¹·V·Λ^(−½), n×r, with WᵀSW = 1; all values must be positive, as those
// of Above are. It is nil without axes.
func (a Axes) Whiten() *mat.Dense {
	if a.Vectors == nil {
		return nil
	}
	w := mat.DenseCopyOf(a.Vectors)
	w.Apply(func(i, j int, v float64) float64 {
		if a.Scale[i] == 0 {
			return 0
		}
		return v / math.Sqrt(a.Values[j]) / a.Scale[i]
	}, w)
	return w
}

// Unwhiten returns Λ^½·Vᵀ·C, r×n, a left inverse of Whiten.
func (a Axes) Unwhiten() *mat.Dense {
	if a.Vectors == nil {
		return nil
	}
	w := mat.DenseCopyOf(a.Vectors.T())
	w.Apply(func(j, i int, v float64) float64 { return v * math.Sqrt(a.Values[j]) * a.Scale[i] }, w)
	return w
}

// InverseRoot returns the matrix W with WᵀSW = 1 of a positive definite S, a triangle, by the
// Cholesky decomposition of S in units in which its diagonal is 1; nil if S is not definite to
// rounding. Mixed units alone are no ill condition.
func InverseRoot(s *mat.SymDense) *mat.Dense {
	n := s.SymmetricDim()
	scaled, unit := mat.NewSymDense(n, nil), make([]float64, n)
	for i := range n {
		if !(s.At(i, i) > 0) {
			return nil
		}
		unit[i] = math.Sqrt(s.At(i, i))
	}
	for i := range n {
		for j := i; j < n; j++ {
			scaled.SetSym(i, j, s.At(i, j)/unit[i]/unit[j])
		}
	}
	var chol mat.Cholesky
	var u, inverse mat.TriDense
	if !chol.Factorize(scaled) {
		return nil
	}
	chol.UTo(&u)
	if inverse.InverseTri(&u) != nil {
		return nil
	}
	w := mat.DenseCopyOf(&inverse)
	w.Apply(func(i, _ int, v float64) float64 { return v / unit[i] }, w)
	return w
}
