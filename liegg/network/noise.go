package network

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/dataset"
)

// The largest number of samples that TargetNoise uses, the largest number of coordinates for
// which it looks for neighbours, and the largest difference of f between near neighbours, as
// a share of its variance.
const (
	noiseSamples     = 2000
	noiseCoordinates = 20
	nearlyEqual      = .05
)

// TargetNoise returns the share of the variance of the targets that is noise, averaged over
// the outputs whose targets vary. It extrapolates the difference between the residuals
// y − f(x) of neighbours to distance 0. This is the Gamma test (Stefánsson, Končar and Jones,
// Neural Computing & Applications 5, 1997) on the residuals, minus two standard errors, so
// that a bad fit is not taken for noise.
//
// Only neighbours distinguish noise from what a network has not learned. If samples have no
// near neighbours, as in most data of more than five dimensions, TargetNoise returns 0. Then
// only the person who measured the targets knows their noise (Settings.Noise). It returns the
// errors of Unexplained.
func (n *Network) TargetNoise(s dataset.Samples) (float64, error) {
	residuals, targets, err := n.errors(s)
	if err != nil {
		return 0, err
	}
	values, err := dataset.Values(s.X)
	if err != nil {
		return 0, err
	}
	samples, outputs := residuals.Dims()
	pairs := nearest(mat.NewDense(samples, len(values)/samples, values))
	var shares []float64
	for o := range outputs {
		y := mat.Col(nil, o, targets)
		if variance := stat.PopVariance(y, nil); variance > 0 {
			shares = append(shares, noiseOf(pairs, mat.Col(nil, o, residuals), y)/variance)
		}
	}
	if len(shares) == 0 {
		return 0, nil
	}
	return stat.Mean(shares, nil), nil
}

// pair is a sample, its nearest neighbour, and the square of their distance.
type pair struct {
	i, j   int
	square float64
}

// nearest pairs samples with their nearest neighbours, in units of the coordinates' spreads,
// and keeps the closer half of the pairs. It returns none in many dimensions.
func nearest(x *mat.Dense) (pairs []pair) {
	rows, n := x.Dims()
	rows = min(rows, noiseSamples)
	if n > noiseCoordinates {
		return nil
	}
	x = mat.DenseCopyOf(x.Slice(0, rows, 0, n))
	for k := range n {
		if spread := stat.PopStdDev(mat.Col(nil, k, x), nil); spread > 0 {
			for i := range rows {
				x.Set(i, k, x.At(i, k)/spread)
			}
		}
	}
	for i := range rows {
		best := pair{i, -1, math.Inf(1)}
		for j := range rows {
			if d := floats.Distance(x.RawRowView(i), x.RawRowView(j), 2); j != i && d*d < best.square {
				best.j, best.square = j, d*d
			}
		}
		if best.j >= 0 {
			pairs = append(pairs, best)
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int { return int(math.Copysign(1, a.square-b.square)) })
	return pairs[:len(pairs)/2]
}

// noiseOf returns the variance of the noise of targets y = f(x) − r: a lower bound of half
// the mean square difference of the residuals r of neighbours, extrapolated to distance 0. It
// is 0 if f changes too much between neighbours.
func noiseOf(pairs []pair, r, y []float64) float64 {
	const leastPairs = 50
	if len(pairs) < leastPairs {
		return 0
	}
	f := floats.AddTo(make([]float64, len(y)), y, r)
	var squares, halves []float64
	change := 0.
	for _, p := range pairs {
		squares, halves = append(squares, p.square), append(halves, math.Pow(r[p.i]-r[p.j], 2)/2)
		change += math.Pow(f[p.i]-f[p.j], 2) / 2 / float64(len(pairs))
	}
	if change > nearlyEqual*stat.PopVariance(f, nil) {
		return 0
	}
	mean, slope := stat.Mean(halves, nil), 0.
	if stat.Variance(squares, nil) > 0 {
		_, slope = stat.LinearRegression(squares, halves, nil, false)
	}
	at0 := mean - math.Max(0, slope)*stat.Mean(squares, nil)
	// Most neighbours are mutual, so only half of the pairs are distinct.
	return math.Max(0, at0-2*math.Sqrt2*stat.StdErr(stat.StdDev(halves, nil), float64(len(halves))))
}
