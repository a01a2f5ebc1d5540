package extraction

import (
	"math"
	"slices"

	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/finite"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// sizeSums collects the squares of gradients, and sums the squares of outputs and inputs.
type sizeSums struct {
	gradients       [][]float64 // squared norms for every output, sample by sample
	values, counts  []float64   // for every output: the sum of its squares, and their number
	inputs, samples float64     // the sum of the squares of the inputs, and their number
}

func newSizeSums(outputs int) *sizeSums {
	return &sizeSums{gradients: make([][]float64, outputs), values: make([]float64, outputs), counts: make([]float64, outputs)}
}

// addAll differentiates every output at every sample with sizesGraph.
func (m *sizeSums) addAll(exec *model.Exec, c stream.Chunk) error {
	defer tensor.Finalize(c.X)
	values, err := call.Values(exec, c.X)
	if err != nil {
		return err
	}
	m.addValues(values, c.Count)
	return nil
}

// addValues adds the results of sizesGraph for the first count samples.
func (m *sizeSums) addValues(values [][]float64, count int) {
	outputs := len(m.counts)
	for i := range count {
		for o := range outputs {
			m.gradients[o] = append(m.gradients[o], values[0][i*outputs+o])
			m.values[o] += values[1][i*outputs+o]
			m.counts[o]++
		}
		m.inputs += values[2][i]
		m.samples++
	}
}

// add differentiates the outputs in turn with sizeGraph, so that each gets its share of samples.
func (m *sizeSums) add(exec *model.Exec, c stream.Chunk, passes int) error {
	defer tensor.Finalize(c.X)
	output := make([]int32, c.X.Shape().Dim(0))
	for pass := range passes {
		for i := range output {
			output[i] = int32((i*passes + pass) % len(m.counts))
		}
		values, err := call.Values(exec, c.X, output)
		if err != nil {
			return err
		}
		for i, o := range output[:c.Count] {
			m.gradients[o] = append(m.gradients[o], values[0][i])
			m.values[o] += values[1][i]
			m.counts[o]++
			m.inputs += values[2][i]
			m.samples++
		}
	}
	return nil
}

// sizes returns the sizes of the outputs. It returns nil if no output varies, or if gradients
// are not finite; computing the rows reports the latter. An output counts as constant if a step
// as long as a typical input, along its gradient, changes it by no more than the rounding error
// of its values. If the head computes it from several others, their rounding errors count, too.
func (m *sizeSums) sizes(rounding float64, mixed bool) *liegg.OutputScales {
	s := &liegg.OutputScales{Gradients: make([]float64, len(m.counts))}
	for o, squares := range m.gradients {
		s.Gradients[o] = math.Sqrt(participation.BoundedMean(squares))
	}
	largest := slices.Max(s.Gradients)
	if slices.ContainsFunc(s.Gradients, finite.IsNot) || largest == 0 {
		return nil
	}
	inputSize := m.inputSize()
	for o, g := range s.Gradients {
		if g*inputSize <= rounding*math.Sqrt(m.values[o]/m.counts[o]) || mixed && g <= rounding*largest || g == 0 {
			s.Constant = append(s.Constant, o)
		}
	}
	if len(s.Constant) == len(s.Gradients) {
		return nil
	}
	return s
}

// inputSize returns the root mean square of the norm of the inputs.
func (m *sizeSums) inputSize() float64 { return math.Sqrt(m.inputs / m.samples) }
