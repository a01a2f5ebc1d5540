package checks

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// outcome holds the outputs of samples that have moved, and what they should be, [n, m].
type outcome struct {
	values, target []float64
	lost           int  // further samples, whose outputs are not finite
	leaves         bool // the shortest step moved some of them out of the range of the data
}

// stepped is what finite steps do to the m outputs of samples.
type stepped struct {
	outputs int
	before  []float64 // [n, m]
	// after each of the ways, as far as they stay within the data: of samples from all over the
	// stream, and then of extreme ones.
	after [2 * len(ways)]outcome
}

// relative divides outputs that move together by their own size, √(‖y‖² + q), with q the lower
// quartile of ‖y‖². Otherwise the few samples with the largest outputs would tell whether the others
// change, as for a field that falls off as a high power of the distance.
func (s *stepped) relative() {
	square := func(y []float64) float64 { return floats.Dot(y, y) }
	var squares []float64
	for y := range slices.Chunk(s.before, s.outputs) {
		squares = append(squares, square(y))
	}
	slices.Sort(squares)
	quartile := squares[len(squares)/4]
	size := func(y []float64) float64 { return max(math.Sqrt(square(y)+quartile), math.SmallestNonzeroFloat32) }
	for _, after := range s.after {
		for from := 0; from < len(after.values); from += s.outputs {
			target := after.target[from : from+s.outputs]
			by := 1 / size(target)
			floats.Scale(by, after.values[from:from+s.outputs])
			floats.Scale(by, target)
		}
	}
	for y := range slices.Chunk(s.before, s.outputs) {
		floats.Scale(1/size(y), y)
	}
}

// steps are the square changes of bounded outputs, in units of their variance.
func (s stepped) steps(factors []float64) []liegg.Steps {
	m := s.outputs
	steps := make([]liegg.Steps, len(s.after))
	for w, after := range s.after {
		steps[w] = liegg.Steps{Way: ways[w%len(ways)], Extreme: w >= len(ways), Leaves: after.leaves, Lost: after.lost, All: make([]float64, len(after.values)/m), Each: make([][]float64, m)}
	}
	all := 0.
	for o, f := range factors {
		y := tensor.Column(s.before, o, m)
		φ := boundedFor(y)
		if f == 0 || φ.scale == 0 || (results{outputs: m, y: s.before}).variance(o) == 0 {
			continue
		}
		for i, v := range y {
			y[i] = φ.of(v)
		}
		variance, unit := stat.Variance(y, nil), f*f*φ.scale*φ.scale
		all += unit * variance
		for w, after := range s.after {
			steps[w].Each[o] = make([]float64, len(after.values)/m)
			for i := range steps[w].All {
				change := φ.of(after.values[i*m+o]) - φ.of(after.target[i*m+o])
				steps[w].Each[o][i] = change * change / variance
				steps[w].All[i] += unit * change * change
			}
		}
	}
	if all == 0 {
		return nil
	}
	for _, step := range steps {
		floats.Scale(1/all, step.All)
	}
	return steps
}
