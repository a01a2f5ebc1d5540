package flow

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
)

// secondScale measures what a generator does over one extent of the data.
func (e *experiment) secondScale(r *Result, d defects) error {
	extent := e.extent()
	spread := floats.Sum(e.variance) / float64(e.held.Len())
	if e.bounded != nil {
		spread = e.bounded.variance()
	}
	motion := floats.ScaleTo(make([]float64, len(d.motion)), spread/extent/extent, d.motion)
	r.Variation = ratios([][]float64{d.change}, motion, e.s)[0].root()
	r.Extent = extent / math.Sqrt(floats.Sum(d.motion)/floats.Sum(d.weight))
	var err error
	r.Followed, r.Finite, err = e.upTo(r.H, r.Extent)
	return err
}

// upTo is the largest Δ along a flow up to t, or up to where it leaves the data.
func (e *experiment) upTo(h *mat.Dense, t float64) (followed float64, largest Interval, err error) {
	const points = 3
	followed = min(t, e.limit(h, t))
	changes := make([][]float64, points)
	for i := range changes {
		if changes[i], err = e.changeBothWays(h, followed*float64(i+1)/points); err != nil {
			return 0, largest, err
		}
	}
	for i, δ := range ratios(changes, e.variance, e.s) {
		if i == 0 || δ.Upper > largest.Upper {
			largest = δ
		}
	}
	return followed, largest, nil
}

// extent is the length of one extent of the data in the norm that velocities are
// measured in: 1 where that makes the data white, and else √(tr Σ²/tr Σ).
func (e *experiment) extent() float64 {
	if e.scale != 0 {
		return e.scale
	}
	e.scale = 1
	if m, ok := e.mover.(action.Measured); !ok || m.Inner() == nil {
		e.scale = extentOf(e.sample, len(e.sample)/min(e.held.Len(), rangeSamples))
	}
	return e.scale
}

// extentOf is √(tr Σ²/tr Σ) for inputs of the given width, Σ their covariance: the
// standard deviation in the directions that the data have, the wider ones counting
// more. With two samples x, y about the mean, tr Σ = E‖x‖² and tr Σ² = E⟨x, y⟩².
func extentOf(values []float64, width int) float64 {
	const most = 400 // of which 80 000 pairs are made
	n := min(most, len(values)/width)
	x := mat.DenseCopyOf(mat.NewDense(n, width, values[:n*width]))
	for j := range width {
		mean := floats.Sum(mat.Col(nil, j, x)) / float64(n)
		for i := range n {
			x.Set(i, j, x.At(i, j)-mean)
		}
	}
	var gram mat.Dense
	gram.Mul(x, x.T())
	squares, pairs, trace := 0.0, 0.0, 0.0
	for i := range n {
		trace += gram.At(i, i) / float64(n)
		for j := range i {
			squares, pairs = squares+gram.At(i, j)*gram.At(i, j), pairs+1
		}
	}
	if pairs == 0 || trace == 0 || squares == 0 {
		return 1
	}
	return math.Sqrt(squares / pairs / trace)
}
