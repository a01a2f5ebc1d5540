package extraction

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/finite"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// The size of an output is measured by its gradients at up to sizeSamples samples. Up to
// sizePasses outputs are differentiated at every sample. More outputs take turns, so that each
// has at least sizePasses gradients, unless random tangents are cheaper (see sizeprobes.go).
const (
	sizeSamples = 2048
	sizePasses  = 32
)

// sizeTogether is the largest number of outputs that one program differentiates together. The
// network then runs forward only once. Programs with more gradients take long to compile.
const sizeTogether = 16

// equalise measures the sizes of the outputs on the beginning of a stream, if they are to be
// scaled to one size.
func (e *Program) equalise(backend compute.Backend, beginning *tensors.Tensor) (err error) {
	if !e.scaled {
		return nil
	}
	together := e.outputs <= sizeTogether
	if e.measuring == nil && together {
		e.measuring, err = model.NewExec(backend, e.Network.Store, e.sizesGraph)
	}
	if err != nil {
		return err
	}
	m, random := newSizeSums(e.outputs), rand.New(rand.NewPCG(1, 0))
	samples := beginning.Shape().Dim(0)
	n := min(sizeSamples, samples)
	passes := min(e.outputs, max(sizePasses, (sizePasses*e.outputs+n-1)/n))
	probes := sizeProbesFor(n)
	batch := min(n, device.LimitsOf(backend).ForInputs(beginning.Shape().Size()/samples))
	if together {
		batch = min(batch, derivative.Batch(beginning.Shape().Size()/samples, e.outputs))
	}
	for c, err := range stream.Sampled(beginning, n, backend, batch) {
		if err == nil && e.measuring == nil && !e.probing(backend, c, probes, passes) {
			e.measuring, err = model.NewExec(backend, e.Network.Store, e.sizeGraph)
		}
		if err != nil {
			return err
		}
		switch {
		case together:
			err = m.addAll(e.measuring, c)
		case e.measuringByProbes:
			err = m.addProbed(e.measuring, c, probes, random)
		default:
			err = m.add(e.measuring, c, passes)
		}
		if err != nil {
			return err
		}
	}
	e.setSizes(m, beginning.DType())
	return nil
}

// setSizes sets the sizes of the outputs.
func (e *Program) setSizes(m *sizeSums, t dtypes.DType) {
	e.sizes = m.sizes(rounding(t), e.mixed)
	e.activity.InputSize = m.inputSize()
}

// equalised reports whether verdicts scale outputs to one size.
func equalised(a action.Action, outputs int, s Settings) bool {
	_, covariant := a.(action.Equivariance)
	return !covariant && !s.BySize && outputs > 1
}

// rounding returns the relative accuracy of sums in a type: some units in the last place.
func rounding(t dtypes.DType) float64 {
	if t == dtypes.Float64 {
		return 0x1p-47
	}
	return 0x1p-18
}

// sizeGraph computes, for a batch x [batch, input…] and the index of an output for each sample,
// [batch], the squared dual norm of the output's gradient, the output's squared value, and the
// squared norm of the sample, each [batch].
func (e *Program) sizeGraph(scope *model.Scope, x, which *Node) []*Node {
	y := e.Y(scope, x)
	picked := ReduceSum(Mul(y, OneHot(which, e.outputs, y.DType())), -1)
	gradient := ConvertDType(vjp.Gradients(ReduceAllSum(picked), x)[0], dtypes.Float64)
	value := Square(ConvertDType(picked, dtypes.Float64))
	return []*Node{action.DualNorm(e.Action, gradient), value, action.Norm(e.Action, ConvertDType(x, dtypes.Float64))}
}

// sizesGraph computes the results of sizeGraph for every output: two of [batch, m], and the
// squared norms of the samples, [batch].
func (e *Program) sizesGraph(scope *model.Scope, x *Node) []*Node {
	y := e.Y(scope, x)
	norms := make([]*Node, e.outputs)
	for o, g := range derivative.Gradients(x, y) {
		norms[o] = derivative.DualNorm(e.Action, g)
	}
	return []*Node{Stack(norms, 1), Square(ConvertDType(y, dtypes.Float64)), action.Norm(e.Action, ConvertDType(x, dtypes.Float64))}
}

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

// withoutConstants leaves the rows of constant outputs out of a chunk.
func (e *Program) withoutConstants(c liegg.Chunk) liegg.Chunk {
	if e.sizes == nil || len(e.sizes.Constant) == 0 {
		return c
	}
	c.Outputs -= len(e.sizes.Constant)
	if c.Rows == nil {
		return c
	}
	rows, k := c.Rows.Dims()
	kept := make([]float64, 0, c.Samples*c.Outputs*k)
	for i := range rows {
		if !slices.Contains(e.sizes.Constant, i%e.outputs) {
			kept = append(kept, c.Rows.RawRowView(i)...)
		}
	}
	c.Rows = mat.NewDense(c.Samples*c.Outputs, k, kept)
	return c
}

// OutputScales measures the sizes of outputs at samples x, the beginning of a stream that is cut into
// chunks like the first. It returns nil if verdicts do not scale the outputs.
func OutputScales(n Network, a action.Action, first stream.Chunk, x *tensors.Tensor, s Settings) (_ *liegg.OutputScales, err error) {
	defer graphpanic.Catch(&err)
	e, backend, err := prepared(n, a, first, s)
	if err != nil {
		return nil, err
	}
	defer e.Finalize()
	if e.scaled = equalised(a, e.outputs, s); !e.scaled {
		return nil, nil
	}
	err = e.equalise(backend, x)
	return e.sizes, err
}
