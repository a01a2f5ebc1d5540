// Package scatter measures where points lie and how they spread: a robust mean, the moment and its
// inverse that whiten them, and the ellipsoids that hold most of them.
package scatter

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// In data with heavy tails a few points, or a single one far away, may
// dominate means and covariances. Points are then weighted as in the
// maximum-likelihood estimate for Student's t distribution, (ν+n)/(ν+d²),
// where d is the distance from the centre in units of the scatter (Kent,
// Tyler and Vardi, Commun. Stat. Simul. Comput. 23, 1994). Like mean and
// covariance it is equivariant under affine changes of coordinates.

// heavy is the share of the participation ratio of normal points below which
// a few points dominate d².
const heavy = .5

// ν is the number of degrees of freedom of that distribution.
const ν = 1

// influence returns the weights of points, one per row, in their mean and
// covariance, or nil for equal weights if no few points dominate. It may thin
// out many points, and returns the points that the weights belong to.
func influence(points *mat.Dense) (*mat.Dense, []float64) {
	rows, n := points.Dims()
	if rows < 8*n {
		return points, nil
	}
	distances := distancesOf(points, nil)
	if distances == nil || !ruled(distances, n) {
		return points, nil
	}
	if some := max(20*n, 4e6/(n*n)); some < rows {
		points, rows = thinned(points, some), some
		distances = distancesOf(points, nil)
	}
	weights := slices.Repeat([]float64{1}, rows)
	for range 200 {
		change := 0.
		for i, d := range distances {
			w := (ν + float64(n)) / (ν + d)
			change = math.Max(change, math.Abs(w-weights[i])/w)
			weights[i] = w
		}
		if change < 1e-3 {
			break
		}
		distances = distancesOf(points, weights)
	}
	if !isFinite(weights) {
		return points, nil
	}
	return points, weights
}

// ruled reports whether few of the points have most of the squared distances.
func ruled(distances []float64, n int) bool {
	sum, squares := 0., 0.
	for _, d := range distances {
		sum += d
		squares += d * d
	}
	return sum*sum < heavy*float64(len(distances))*squares*float64(n)/float64(n+2)
}

// thinned returns some of the points, evenly spaced among all.
func thinned(points *mat.Dense, some int) *mat.Dense {
	rows, n := points.Dims()
	few := mat.NewDense(some, n, nil)
	for i := range some {
		few.SetRow(i, points.RawRowView(i*rows/some))
	}
	return few
}

// distancesOf returns (x−μ)ᵀΣ⁻¹(x−μ) of points with weighted mean μ and
// scatter Σ = (1/rows)·Σ_i w_i (x_i−μ)(x_i−μ)ᵀ, without the directions that
// they do not span. It returns nil if this leaves the range of float64. nil
// weights are ones.
func distancesOf(points *mat.Dense, weights []float64) []float64 {
	rows, n := points.Dims()
	centred := mat.NewDense(rows, n, nil)
	column := make([]float64, rows)
	for j := range n {
		mean, variance := location(mat.Col(column, j, points), weights)
		if variance == 0 {
			continue
		}
		to, deviation := centred.RawMatrix().Data[j:], math.Sqrt(variance)
		for i, x := range column {
			to[i*n] = (x - mean) / deviation
		}
	}
	var correlation mat.SymDense
	correlation.SymOuterK(1/float64(rows), weightedRows(centred, weights).T())
	var eigen mat.EigenSym
	if !isFinite(correlation.RawSymmetric().Data) || !eigen.Factorize(&correlation, true) {
		return nil
	}
	λ := eigen.Values(nil)
	var e, along mat.Dense
	eigen.VectorsTo(&e)
	along.Mul(centred, &e)
	distances := make([]float64, rows)
	for i := range distances {
		for j, v := range along.RawRowView(i) {
			if λ[j] > flatShare*λ[n-1] {
				distances[i] += v * v / λ[j]
			}
		}
	}
	return distances
}

// weightedRows returns points times the roots of their weights; nil weights
// are ones.
func weightedRows(points *mat.Dense, weights []float64) *mat.Dense {
	if weights == nil {
		return points
	}
	weighted := mat.DenseCopyOf(points)
	for i, w := range weights {
		floats.Scale(math.Sqrt(w), weighted.RawRowView(i))
	}
	return weighted
}

// location returns the weighted mean of numbers, and the sum of their
// weighted squared deviations divided by their count. nil weights are ones.
func location(xs, weights []float64) (mean, variance float64) {
	mean = stat.Mean(xs, weights)
	count := float64(len(xs))
	if weights == nil {
		for _, x := range xs {
			variance += (x - mean) * (x - mean) / count
		}
		return mean, variance
	}
	for i, x := range xs {
		variance += weights[i] * (x - mean) * (x - mean) / count
	}
	return mean, variance
}

func isFinite(xs []float64) bool {
	for _, x := range xs {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}
