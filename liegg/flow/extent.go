package flow

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
)

// secondScale measures what a generator does over one extent of the data.
func (e *experiment) secondScale(r *Result, d defects) {
	extent := e.extent()
	spread := floats.Sum(e.variance) / float64(e.held.Len())
	if e.bounded != nil {
		spread = e.bounded.variance()
	}
	motion := floats.ScaleTo(make([]float64, len(d.motion)), spread/extent/extent, d.motion)
	r.Variation = ratios([][]float64{d.change}, motion, e.s)[0].root()
	r.Extent = extent / math.Sqrt(floats.Sum(d.motion)/floats.Sum(d.weight))
}

// finite is the change along the flow of a generator up to one extent of the data.
type finite struct {
	each []float64 // change of each output at the end
	jump jump
	few  string // the samples that break it, in words; "" if none do
}

// upToExtent measures the largest Δ along the flow up to one extent of the data, or to where
// it leaves them.
func (e *experiment) upToExtent(r *Result, d defects) (f finite, err error) {
	const points = 3
	r.Followed = min(r.Extent, e.limit(r.H, r.Extent))
	changes, ts := make([][]float64, points), make([]float64, points)
	for i := range changes {
		ts[i] = r.Followed * float64(i+1) / points
		if f.each, err = e.changesBothWays(r.H, ts[i]); err != nil {
			return f, err
		}
		changes[i] = e.perSample(f.each)
	}
	all := ratios(changes, e.variance, e.s)
	for i, δ := range all {
		if i == 0 || δ.Upper > r.Finite.Upper {
			r.Finite = δ
		}
	}
	if f.jump, err = e.jumps(r.H, ts, all); err != nil {
		return f, err
	}
	few, err := e.minorityAt(r.H, r.Followed, d.zero())
	if few != nil {
		f.few = few.breaks("it", e.s.numbers, r.Finite.Upper)
	}
	return f, err
}

// extent returns the length of one extent of the data in the norm of velocities: 1 if that
// norm makes the data white, otherwise √(tr Σ²/tr Σ).
func (e *experiment) extent() float64 {
	if e.scale != 0 {
		return e.scale
	}
	e.scale = 1
	if m, ok := e.mover.(action.Measured); !ok || m.Inner() == nil {
		e.scale = extentOf(whatMoves(e.mover, e.sample, len(e.sample)/min(e.held.Len(), rangeSamples)))
	}
	return e.scale
}

// whatMoves returns the numbers that an action moves of inputs of the given width, and how many
// of them one input has.
func whatMoves(a action.Action, values []float64, width int) (some []float64, count int) {
	moves := action.Moves(a)
	if moves == nil {
		return values, width
	}
	for i, v := range values {
		if moves[i%width] {
			some = append(some, v)
		}
	}
	return some, len(some) * width / len(values)
}

// extentOf returns √(tr Σ²/tr Σ) for inputs of the given width, with Σ their covariance: the
// standard deviation along the directions of the data, in which wider ones count more. For
// two independent samples x, y about the mean, tr Σ = E‖x‖² and tr Σ² = E⟨x, y⟩².
func extentOf(values []float64, width int) float64 {
	const most = 400 // samples, which make 80 000 pairs
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
