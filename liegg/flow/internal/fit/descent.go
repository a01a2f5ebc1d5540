package fit

import (
	"fmt"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/progress"
)

// smallestTurn is the length of a step, in radians of the span in the metric of speeds, below
// which a fit has converged.
const smallestTurn = 5e-4

// Descend takes Gauss–Newton steps with Levenberg's damping. A step that does not lower the
// loss is tried again with ten times the damping.
func (f *Problem) Descend() (steps int, converged bool, err error) {
	d, r := f.Span.Dims()
	if d == r { // the span is the whole space
		return 0, true, nil
	}
	loss, err := f.loss(f.Span)
	if err != nil {
		return 0, false, err
	}
	damping := 1e-3
	for steps < f.s.Steps {
		bar := progress.Unless(f.s.Quiet, fmt.Sprintf("refining, loss %.3g", loss), len(f.flows))
		complement := f.complement()
		equations, err := f.normal(complement, bar)
		bar.Done()
		if err != nil {
			return steps, false, err
		}
		steps++
		size, lower, err := f.step(equations, complement, &damping, loss)
		if err != nil || size < smallestTurn {
			return steps, err == nil, err
		}
		loss = lower
	}
	return steps, false, nil
}

// step moves the span to a lower loss and returns how far it went, 0 if no damping helps.
func (f *Problem) step(e normal, complement *mat.Dense, damping *float64, loss float64) (size, lower float64, err error) {
	const tries = 8
	for range tries {
		δ, err := e.solve(*damping)
		if err != nil {
			return 0, loss, err
		}
		next, err := f.turned(δ, complement)
		if err != nil {
			return 0, loss, err
		}
		if lower, err = f.loss(next); err != nil {
			return 0, loss, err
		}
		if lower < loss {
			*damping = max(*damping/10, 1e-9)
			further, lowest, err := f.stretch(e, δ, complement, loss, lower)
			if err != nil {
				return 0, loss, err
			}
			f.Span, err = f.turned(further, complement)
			return floats.Norm(further, 2), lowest, err
		}
		if floats.Norm(δ, 2) < smallestTurn { // nothing left to gain
			break
		}
		*damping *= 10
	}
	return 0, loss, nil
}

// stretch extends a step δ that lowered the loss to the minimum of the parabola through both
// values, if the loss is lower there. The outputs of a network jitter: their derivatives are
// large but do not point to the smallest loss. Without stretching, Gauss–Newton steps are too
// short, by half on digits.
func (f *Problem) stretch(e normal, δ []float64, complement *mat.Dense, loss, lower float64) (further []float64, lowest float64, err error) {
	const most = 4
	slope := floats.Dot(e.gradient, δ) / float64(len(f.flows)*f.On.Held.Len())
	by := -slope / 2 / max(lower-loss-slope, -slope/2/most)
	if !(by > 1.2) {
		return δ, lower, nil
	}
	further = floats.ScaleTo(make([]float64, len(δ)), by, δ)
	next, err := f.turned(further, complement)
	if err != nil {
		return nil, 0, err
	}
	if lowest, err = f.loss(next); err != nil || !(lowest < lower) {
		return δ, lower, err
	}
	return further, lowest, nil
}

// complement returns an orthonormal basis, as rows, of the orthogonal complement of the span.
func (f *Problem) complement() *mat.Dense {
	d, r := f.Span.Dims()
	var qr mat.QR
	qr.Factorize(f.Span.T())
	var q mat.Dense
	qr.QTo(&q)
	return mat.DenseCopyOf(q.Slice(0, r, d, r).(*mat.Dense).T())
}

// turned returns the span moved by d×(r−d) steps along the complement.
func (f *Problem) turned(δ []float64, complement *mat.Dense) (*mat.Dense, error) {
	d, r := f.Span.Dims()
	var moved mat.Dense
	moved.Mul(mat.NewDense(d, r-d, δ), complement)
	moved.Add(f.Span, &moved)
	return polar(&moved)
}
