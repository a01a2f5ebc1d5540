package action

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// A few points may rule means and covariances of data with heavy tails, and a single one
// far away does. Then points count by the weights of the maximum-likelihood estimate for
// Student's t distribution, (ν+n)/(ν+d²), d the distance from the centre in units of the
// scatter (Kent, Tyler and Vardi, Commun. Stat. Simul. Comput. 23, 1994). Like mean and
// covariance it goes with any affine change of coordinates.

// heavy is the share of the participation ratio that normal points would have, below which
// d² is ruled by few of them.
const heavy = .5

// ν are the degrees of freedom of that distribution.
const ν = 1

// influence returns the weights of points, one in each row, in their mean and covariance:
// nil for ones, where no few of them rule. Of many points some are taken then, and their
// weights come with them.
func influence(points *mat.Dense) (*mat.Dense, []float64) {
	rows, n := points.Dims()
	if rows < 8*n {
		return points, nil
	}
	weights := slices.Repeat([]float64{1}, rows)
	distances := distancesOf(points, weights)
	if distances == nil || !ruled(distances, n) {
		return points, nil
	}
	if some := max(20*n, 4e6/(n*n)); some < rows {
		points = thinned(points, some)
		weights = weights[:some]
		distances = distancesOf(points, weights)
	}
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

// ruled says that few of the points have most of the squared distances.
func ruled(distances []float64, n int) bool {
	sum, squares := 0., 0.
	for _, d := range distances {
		sum += d
		squares += d * d
	}
	return sum*sum < heavy*float64(len(distances))*squares*float64(n)/float64(n+2)
}

// thinned is some of the points, evenly from all of them.
func thinned(points *mat.Dense, some int) *mat.Dense {
	rows, n := points.Dims()
	few := mat.NewDense(some, n, nil)
	for i := range some {
		few.SetRow(i, points.RawRowView(i*rows/some))
	}
	return few
}

// distancesOf returns (x−μ)ᵀΣ⁻¹(x−μ) of points, whose weighted mean is μ and whose scatter
// is Σ = (1/rows)·Σ_i w_i (x_i−μ)(x_i−μ)ᵀ, without the directions that they do not have; nil
// where this leaves float64.
func distancesOf(points *mat.Dense, weights []float64) []float64 {
	rows, n := points.Dims()
	centred, weighted := mat.NewDense(rows, n, nil), mat.NewDense(rows, n, nil)
	column := make([]float64, rows)
	for j := range n {
		mean, variance := location(mat.Col(column, j, points), weights)
		if variance == 0 {
			continue
		}
		for i, x := range column {
			x = (x - mean) / math.Sqrt(variance)
			centred.Set(i, j, x)
			weighted.Set(i, j, math.Sqrt(weights[i])*x)
		}
	}
	var correlation mat.SymDense
	correlation.SymOuterK(1/float64(rows), weighted.T())
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
		for j, l := range λ {
			if l > flatShare*λ[n-1] {
				distances[i] += along.At(i, j) * along.At(i, j) / l
			}
		}
	}
	return distances
}

// location returns the weighted mean of numbers, and the sum of their weighted squares
// about it over their count. nil weights are ones.
func location(xs, weights []float64) (mean, variance float64) {
	mean = stat.Mean(xs, weights)
	for i, x := range xs {
		w := 1.
		if weights != nil {
			w = weights[i]
		}
		variance += w * (x - mean) * (x - mean) / float64(len(xs))
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
