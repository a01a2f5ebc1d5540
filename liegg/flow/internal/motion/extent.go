package motion

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
)

// Extent returns the length of one extent of the data in the norm of velocities: 1 if that
// norm makes the data white, otherwise √(tr Σ²/tr Σ).
func (m *Mover) Extent() float64 {
	if m.scale != 0 {
		return m.scale
	}
	m.scale = 1
	if measured, ok := m.Action.(action.Measured); !ok || measured.Inner() == nil {
		m.scale = extentOf(whatMoves(m.Action, m.Sample, len(m.Sample)/min(m.Held.Len(), rangeSamples)))
	}
	return m.scale
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
