package extraction

import (
	"math/rand/v2"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/device"
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
// scaled to one size. Few samples are measured in a batch of the size of chunks, or 0, so that programs
// serve once more.
func (e *Program) equalise(backend compute.Backend, beginning *tensors.Tensor, chunk int) (err error) {
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
	for c, err := range stream.Sampled(beginning, n, backend, e.sizeBatch(backend, beginning, chunk)) {
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

// sizeBatch returns the size of the batches in which the sizes of outputs are measured.
func (e *Program) sizeBatch(backend compute.Backend, beginning *tensors.Tensor, chunk int) int {
	samples := beginning.Shape().Dim(0)
	input := beginning.Shape().Size() / samples
	most := min(sizeSamples, device.LimitsOf(backend).ForInputs(input))
	if e.outputs > sizeTogether {
		return min(samples, most)
	}
	return min(max(samples, chunk), most, derivative.Batch(input, e.outputs))
}

// setSizes sets the sizes of the outputs.
func (e *Program) setSizes(m *sizeSums, t dtypes.DType) {
	e.sizes = m.sizes(rounding(t), e.mixed)
	e.activity.InputSize = m.inputSize()
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

// OutputScales measures the sizes of outputs at samples x, the beginning of a stream that is cut into
// chunks like the first. It returns nil if verdicts do not scale the outputs.
func OutputScales(n Network, a action.Action, first stream.Chunk, x *tensors.Tensor, s Settings) (_ *liegg.OutputScales, err error) {
	defer graphpanic.Catch(&err)
	e, backend, err := prepared(n, a, first, s)
	if err != nil {
		return nil, err
	}
	if e.scaled = equalised(a, e.outputs, s); !e.scaled {
		return nil, nil
	}
	chunk := first.X.Shape().Dim(0)
	shape := x.Shape().Clone()
	if e.outputs <= sizeTogether { // otherwise the number of samples decides between programs
		shape.Dimensions[0] = e.sizeBatch(backend, x, chunk)
	}
	k := Kind{model: e.model, action: a, Shape: shape.String()}
	e.kind = &k
	if last := n.Programs.takeScales(k); last != nil {
		e.measuring, e.measuringByProbes = last.measuring, last.measuringByProbes
	}
	if err := e.equalise(backend, x, chunk); err != nil {
		e.Finalize()
		return nil, err
	}
	sizes := e.sizes
	n.Programs.keepScales(e)
	return sizes, nil
}
