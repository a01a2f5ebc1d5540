package network

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/derivative"
)

// A verdict on all outputs together may miss a single output that breaks its generators. So
// Judge tests each output by itself, at samples from all over the stream, along the generators
// that it has found.

const (
	eachSamples = 1024    // number of samples
	eachBlock   = 16      // number of samples in a block
	eachPasses  = 256     // largest number of derivative passes
	eachNumbers = 1 << 22 // largest number of values in all gradients of a batch
	eachSums    = 1 << 28 // largest number of products that are summed on the host
)

// eachOutput is the compiled program that tests each output.
type eachOutput struct {
	extraction
	kind kind
}

// setOutputs tests a verdict that would be Symmetric at single samples and output by output. It
// makes the verdict undetermined if an output breaks the generators, or may break them. a is the
// action that v was judged with, o holds samples from all over the stream, and s.activity the
// records of the outputs at all samples.
func (n *Network) setOutputs(v *liegg.Verdict, a action.Action, o someSamples, s Settings) (err error) {
	defer caught(&err)
	if o.x == nil {
		return nil
	}
	s.activity.doubtSteps(v)
	_, together := a.(action.Equivariance)
	perOutput := !together && !s.BySize && v.Spectrum.Outputs > 1
	perSample := inExtents(a) && inexact(v) // there, all samples have the same weight
	numbers := o.x.Size() / o.x.Shape().Dim(0)
	tooMany := min(v.Spectrum.Outputs, numbers) > eachPasses
	if v.Answer == liegg.Symmetric && perOutput && tooMany {
		v.Untested = v.Spectrum.Outputs
	}
	if v.Answer == liegg.Symmetric && (perOutput || perSample) && !tooMany {
		e, first, err := n.lookAgain(v, a, o.x, v.Spectrum.Outputs, s)
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
		s.activity.doubtLate(v)
		s.activity.doubtRounded(v)
	}
	return n.setSteps(v, a, o.everywhere(), v.Scales.Factors(v.Spectrum.Outputs), s)
}

// lookAgain runs the program of eachOutput at some of the samples, along the generators of
// a verdict.
func (n *Network) lookAgain(v *liegg.Verdict, a action.Action, x *tensors.Tensor, outputs int, s Settings) (e *eachOutput, first outputResults, err error) {
	if e, err = n.eachOutput(a, x, outputs, s); err != nil {
		return nil, first, err
	}
	h := e.generators(v)
	defer finalize(h)
	first, err = e.along(h, x, min(eachSamples, x.Shape().Dim(0), max(512, eachSums/(outputs*v.Dim*v.Dim))))
	return e, first, err
}

// setEach calls Verdict.SetOutputs with the defect of each output along the generators.
func (e *eachOutput) setEach(v *liegg.Verdict, o someSamples, first outputResults, s Settings) error {
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
			if s.activity.active[o] == 0 {
				each[o] = liegg.Estimate{Value: math.NaN(), Interval: liegg.Interval{Lower: math.NaN(), Upper: math.NaN()}}
			}
		}
	}
	v.SetOutputs(each)
	s.activity.doubtRare(v)
	return nil
}

// eachOutput returns the program for the action. It compiles it unless the last one can be used
// again.
func (n *Network) eachOutput(a action.Action, x *tensors.Tensor, outputs int, s Settings) (*eachOutput, error) {
	s.Mode = ReverseMode
	if numbers := x.Size() / x.Shape().Dim(0); numbers < outputs {
		s.Mode = CoordinateMode
	}
	k, err := kindOf(n, a, chunk{X: x}, s, true)
	if err != nil {
		return nil, err
	}
	k.shape = ""
	n.compiled.mu.Lock()
	defer n.compiled.mu.Unlock()
	if e := n.compiled.each; e != nil && e.kind.equal(k) {
		return e, nil
	}
	backend, err := n.backend()
	if err != nil {
		return nil, err
	}
	e := &eachOutput{kind: k}
	e.network, e.action, e.head, e.mode, e.outputs = n, a, s.Head, s.Mode, outputs
	if e.exec, err = model.NewExec(backend, n.Store, e.graph); err != nil {
		return nil, err
	}
	n.compiled.each = e
	return e, nil
}

// graph is the program. For a batch x and generators h [K, d] it computes the rows of each output
// along the generators, [batch, m, d], ‖∇f_o‖², [batch, m], y, [batch, m], and, for several outputs,
// the inner products of the generators' velocities, [batch, d, d], all float64.
func (e *eachOutput) graph(scope *model.Scope, x, h *Node) []*Node {
	y := e.y(scope, x)
	j := jacobianRows(e.mode, e.action, x, y, nil)
	rows := Einsum("bmk,kd->bmd", ConvertDType(j.rows, dtypes.Float64), h)
	batch, m := x.Shape().Dim(0), len(j.gradients)
	gradients := Reshape(Stack(j.gradients, 1), append([]int{batch * m}, x.Shape().Dimensions[1:]...)...)
	energies := Reshape(derivative.DualNorm(e.action, gradients), batch, m)
	results := []*Node{rows, energies, ConvertDType(y, dtypes.Float64)}
	if m == 1 { // it is not tested apart from others
		return results
	}
	return append(results, velocityProducts(e.action, x, h))
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
func (e *eachOutput) generators(v *liegg.Verdict) *tensors.Tensor {
	k := e.action.Dim()
	return tensors.FromFlatDataAndDimensions(mat.DenseCopyOf(v.Coefficients().Slice(0, k, 0, v.Dim)).RawMatrix().Data, k, v.Dim)
}

// evidence collects evidence for each output, with the generators of the verdict as candidates:
// at some of the samples or, for outputs that are rarely active, at samples at which they
// are. No sample counts for much more than the median one. Samples of one group share a block.
func (e *eachOutput) evidence(some someSamples, v *liegg.Verdict, first outputResults, s Settings) (parts []*liegg.Evidence, err error) {
	h := e.generators(v)
	defer finalize(h)
	blockOf, err := s.blockOf(e.action.Dim())
	if err != nil {
		return nil, err
	}
	numbers := some.numbers(first.samples())
	parts = make([]*liegg.Evidence, e.outputs)
	for o := range parts {
		if parts[o], err = first.output(o, v.Dim, blocksOf(numbers, blockOf, eachBlock), inExtents(e.action)); err != nil {
			return nil, err
		}
	}
	for _, o := range s.activity.rarelyActive() {
		rare := s.activity.reservoirs[o]
		samples, err := rare.tensor(some.x)
		if err != nil {
			return nil, err
		}
		results, err := e.along(h, samples, len(rare.numbers))
		finalize(samples)
		if err != nil {
			return nil, err
		}
		blocks := blocksOf(rare.numbers, blockOf, max(1, len(rare.numbers)*eachBlock/eachSamples))
		if parts[o], err = results.output(o, v.Dim, blocks, inExtents(e.action)); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// along runs the program on a number of the samples of x.
func (e *eachOutput) along(h, x *tensors.Tensor, samples int) (l outputResults, err error) {
	l.outputs = e.outputs
	backend, err := e.network.backend()
	if err != nil {
		return l, err
	}
	d, m, size := h.Shape().Dim(1), e.outputs, x.Size()/x.Shape().Dim(0)
	batch := min(samples, max(eachBlock, eachNumbers/(m*size)))
	for c, err := range spread(x, samples, backend, batch) {
		if err != nil {
			return l, err
		}
		values, err := called(e.exec, c.X, h)
		finalize(c.X)
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
