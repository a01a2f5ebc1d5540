package checks

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/extraction"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// A verdict on all outputs together may miss a single output that breaks its generators. So
// Judge tests each output by itself, at samples from all over the stream, along the generators
// that it has found.

const (
	eachSamples = 1024    // number of samples
	eachBlock   = 16      // number of these in a block
	eachPasses  = 256     // largest number of derivative passes
	eachNumbers = 1 << 22 // largest number of values in all gradients of a batch
	eachSums    = 1 << 28 // largest number of products that are summed on the host
)

// eachOutput is the compiled program that tests each output.
type eachOutput struct{ *program }

// SetOutputs tests a verdict that would be Symmetric at single samples and output by output. It
// makes the verdict undetermined if an output breaks the generators, or may break them. a is the
// action that v was judged with, o holds samples from all over the stream, and s.Activity the
// records of the outputs at all samples.
func (n Network) SetOutputs(v *liegg.Verdict, a action.Action, o Samples, s Settings) (err error) {
	defer graphpanic.Catch(&err)
	if o.X == nil {
		return nil
	}
	s.Activity.DoubtSteps(v)
	_, together := a.(action.Equivariance)
	perOutput := !together && !s.BySize && v.Spectrum.Outputs > 1
	perSample := extraction.InExtents(a) && inexact(v) // there, all samples have the same weight
	numbers := o.X.Size() / o.X.Shape().Dim(0)
	tooMany := min(v.Spectrum.Outputs, numbers) > eachPasses
	if v.Answer == liegg.Symmetric && perOutput && tooMany {
		v.Untested = v.Spectrum.Outputs
	}
	if v.Answer == liegg.Symmetric && (perOutput || perSample) && !tooMany {
		e, first, err := n.lookAgain(v, a, o.X, v.Spectrum.Outputs, s)
		if err != nil {
			return err
		}
		if perSample {
			v.SetChanges(first.changes(v.Dim, v.Scales.Factors(e.outputs), first))
		}
		if perOutput {
			if err := e.setEach(v, o, first, s); err != nil {
				return err
			}
		}
	}
	if perOutput {
		s.Activity.DoubtLate(v)
		s.Activity.DoubtRounded(v)
	}
	return n.setSteps(v, a, o.Everywhere(), v.Scales.Factors(v.Spectrum.Outputs), s)
}

// lookAgain runs the program of eachOutput at some of the samples, along the generators of
// a verdict.
func (n Network) lookAgain(v *liegg.Verdict, a action.Action, x *tensors.Tensor, outputs int, s Settings) (e eachOutput, first results, err error) {
	if e, err = n.eachOutput(a, x, outputs, s); err != nil {
		return e, first, err
	}
	h := e.generators(v)
	defer tensor.Finalize(h)
	first, err = e.along(h, x, min(eachSamples, x.Shape().Dim(0), max(512, eachSums/(outputs*v.Dim*v.Dim))))
	return e, first, err
}

// setEach calls Verdict.SetOutputs with the defect of each output along the generators.
func (e eachOutput) setEach(v *liegg.Verdict, o Samples, first results, s Settings) error {
	parts, err := e.evidence(o, v, first, s)
	if err != nil {
		return err
	}
	d := v.Dim
	one := mat.NewDense(d, d, nil)
	for j := range d {
		one.Set(j, j, 1)
	}
	each := liegg.WorstOfEach(parts, one, v.Rule, v.Threshold)
	if v.Scales != nil {
		for _, o := range v.Scales.Constant {
			if s.Activity.Active[o] == 0 {
				each[o] = liegg.Estimate{Value: math.NaN(), Interval: liegg.Interval{Lower: math.NaN(), Upper: math.NaN()}}
			}
		}
	}
	v.SetOutputs(each)
	s.Activity.DoubtRare(v)
	return nil
}

// eachOutput returns the program for the action, compiled before or now.
func (n Network) eachOutput(a action.Action, x *tensors.Tensor, outputs int, s Settings) (eachOutput, error) {
	s.Mode = jacobian.ReverseMode
	if numbers := x.Size() / x.Shape().Dim(0); numbers < outputs {
		s.Mode = jacobian.CoordinateMode
	}
	p, err := programOf(n, &n.Last.each, a, x, outputs, s, func(p *program) func(scope *model.Scope, x, h *Node) []*Node {
		return eachOutput{p}.graph
	})
	return eachOutput{p}, err
}

// graph is the program. For a batch x and generators h [K, d] it computes the rows of each output
// along the generators, [batch, m, d], ‖∇f_o‖², [batch, m], y, [batch, m], and, for several outputs,
// the inner products of the generators' velocities, [batch, d, d], all float64.
func (e eachOutput) graph(scope *model.Scope, x, h *Node) []*Node {
	y := e.Y(scope, x)
	j := jacobian.Of(e.mode, e.Action, x, y, nil)
	rows := Einsum("bmk,kd->bmd", ConvertDType(j.Rows, dtypes.Float64), h)
	batch, m := x.Shape().Dim(0), len(j.Gradients)
	gradients := Reshape(Stack(j.Gradients, 1), append([]int{batch * m}, x.Shape().Dimensions[1:]...)...)
	energies := Reshape(derivative.DualNorm(e.Action, gradients), batch, m)
	results := []*Node{rows, energies, ConvertDType(y, dtypes.Float64)}
	if m == 1 { // it is not tested apart from others
		return results
	}
	return append(results, velocityProducts(e.Action, x, h))
}

// velocityProducts builds the inner products of the velocities of d generators h [K, d] at each
// sample, [batch, d, d], by polarization: ⟨u, v⟩ = (‖u+v‖² − ‖u‖² − ‖v‖²)/2.
func velocityProducts(a action.Action, x, h *Node) *Node {
	batch, d := x.Shape().Dim(0), h.Shape().Dim(1)
	size := x.Shape().Size() / batch
	t := ConvertDType(Reshape(a.Tangents(x), batch, a.Dim(), size), dtypes.Float64)
	moved := Einsum("bkp,kd->bdp", t, h)
	norms := func(v *Node, count int) *Node {
		each := Reshape(v, append([]int{batch * count}, x.Shape().Dimensions[1:]...)...)
		return Reshape(action.Norm(a, each), batch, count)
	}
	squares := norms(moved, d)
	sums := Add(BroadcastToDims(ExpandAxes(moved, 2), batch, d, d, size), BroadcastToDims(ExpandAxes(moved, 1), batch, d, d, size))
	pairs := Reshape(norms(sums, d*d), batch, d, d)
	pairs = Sub(Sub(pairs, ExpandAxes(squares, 2)), ExpandAxes(squares, 1))
	return MulScalar(pairs, .5)
}

// generators returns the coefficients of the generators of a verdict, [K, d].
func (e eachOutput) generators(v *liegg.Verdict) *tensors.Tensor {
	k := e.Action.Dim()
	return tensors.FromFlatDataAndDimensions(mat.DenseCopyOf(v.Coefficients().Slice(0, k, 0, v.Dim)).RawMatrix().Data, k, v.Dim)
}

// evidence collects evidence for each output, with the generators of the verdict as candidates:
// at some of the samples or, for outputs that are rarely active, at samples at which they
// are. No sample counts for much more than the median one. Samples of one group share a block.
func (e eachOutput) evidence(some Samples, v *liegg.Verdict, first results, s Settings) (parts []*liegg.Evidence, err error) {
	h := e.generators(v)
	defer tensor.Finalize(h)
	blockOf, err := s.BlockOf(e.Action.Dim())
	if err != nil {
		return nil, err
	}
	numbers := some.Numbers(first.samples())
	parts = make([]*liegg.Evidence, e.outputs)
	for o := range parts {
		if parts[o], err = first.output(o, v.Dim, blocksOf(numbers, blockOf, inBlock(len(numbers))), extraction.InExtents(e.Action)); err != nil {
			return nil, err
		}
	}
	for _, o := range s.Activity.RarelyActive() {
		rare := s.Activity.Reservoirs[o]
		samples, err := rare.Tensor(some.X)
		if err != nil {
			return nil, err
		}
		results, err := e.along(h, samples, len(rare.Numbers))
		tensor.Finalize(samples)
		if err != nil {
			return nil, err
		}
		blocks := blocksOf(rare.Numbers, blockOf, inBlock(len(rare.Numbers)))
		if parts[o], err = results.output(o, v.Dim, blocks, extraction.InExtents(e.Action)); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// inBlock is the number of samples in a block if there are so many: intervals need 50 blocks.
func inBlock(samples int) int { return max(1, samples*eachBlock/eachSamples) }

// along runs the program on a number of the samples of x.
func (e eachOutput) along(h, x *tensors.Tensor, samples int) (l results, err error) {
	l.outputs = e.outputs
	backend, err := e.Network.On()
	if err != nil {
		return l, err
	}
	d, m, size := h.Shape().Dim(1), e.outputs, x.Size()/x.Shape().Dim(0)
	batch := min(samples, max(eachBlock, eachNumbers/(m*size)))
	for c, err := range stream.Sampled(x, samples, backend, batch) {
		if err != nil {
			return l, err
		}
		values, err := call.Values(e.exec, c.X, h)
		tensor.Finalize(c.X)
		if err != nil {
			return l, err
		}
		l.rows = append(l.rows, values[0][:c.Count*m*d]...)
		l.energies = append(l.energies, values[1][:c.Count*m]...)
		l.y = append(l.y, values[2][:c.Count*m]...)
		if m > 1 {
			l.products = append(l.products, values[3][:c.Count*d*d]...)
		}
	}
	return l, nil
}
