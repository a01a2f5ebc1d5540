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

// A verdict on all outputs together does not see one of many that breaks its generators. So
// Judge looks at some of the first samples again, this time at each output by itself, along
// the generators that it found.

const (
	eachSamples = 1024    // that are looked at again
	eachBlock   = 16      // samples in a block
	eachPasses  = 256     // most derivative passes that this may take
	eachNumbers = 1 << 22 // of all gradients in a batch
	eachSums    = 1 << 28 // of products that are summed here
)

// eachOutput is the compiled program that looks at each output.
type eachOutput struct {
	extraction
	kind kind
}

// tellOutputs tells a verdict that would be firm what the function does along its generators at
// single samples, and what each output does, and which outputs leave it open. The action is the
// one it was judged by; o are the first samples; Settings.activity tells what the outputs did at
// all of them.
func (n *Network) tellOutputs(v *liegg.Verdict, a action.Action, o opening, s Settings) (err error) {
	defer caught(&err)
	if o.x == nil {
		return nil
	}
	active := s.activity
	active.doubtSteps(v)
	_, together := a.(action.Equivariance)
	several := !together && !s.BySize && v.Spectrum.Outputs > 1
	alike := inExtents(a) && inexact(v) // all samples count alike there
	numbers := o.x.Size() / o.x.Shape().Dim(0)
	if v.Answer == liegg.Symmetric && (several || alike) && min(v.Spectrum.Outputs, numbers) <= eachPasses {
		e, first, err := n.look(v, a, o, v.Spectrum.Outputs, s)
		if err != nil {
			return err
		}
		if alike {
			v.SetChanges(first.changes(v.Dim, v.Scales.Factors(e.outputs)))
		}
		if several {
			if err := e.tell(v, o, first, s); err != nil {
				return err
			}
		}
	}
	if several {
		active.doubtLate(v)
	}
	return nil
}

// look looks at some of the first samples, along the generators of a verdict on a function of so
// many outputs.
func (n *Network) look(v *liegg.Verdict, a action.Action, o opening, outputs int, s Settings) (e *eachOutput, first looked, err error) {
	if e, err = n.eachOutput(a, o.x, outputs, s); err != nil {
		return nil, first, err
	}
	h := e.generators(v)
	defer finalize(h)
	first, err = e.along(h, o.x, min(eachSamples, o.x.Shape().Dim(0), max(512, eachSums/(outputs*v.Dim*v.Dim))))
	return e, first, err
}

// tell tells a verdict what each output does along its generators.
func (e *eachOutput) tell(v *liegg.Verdict, o opening, first looked, s Settings) error {
	active := s.activity
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
			if active.felt[o] == 0 {
				each[o] = liegg.Estimate{Value: math.NaN(), Interval: liegg.Interval{Lower: math.NaN(), Upper: math.NaN()}}
			}
		}
	}
	v.SetOutputs(each)
	active.doubtRare(v)
	return nil
}

// eachOutput returns the program for the action, compiled before or now.
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

// graph takes a batch x and generators h [K, d] to the rows of each output along them,
// [batch, m, d], ‖∇f_o‖², [batch, m], and the products of their velocities,
// [batch, d, d], and y [batch, m], all float64.
func (e *eachOutput) graph(scope *model.Scope, x, h *Node) []*Node {
	y := e.y(scope, x)
	j := jacobianRows(e.mode, e.action, x, y, nil)
	rows := Einsum("bmk,kd->bmd", ConvertDType(j.rows, dtypes.Float64), h)
	batch, m := x.Shape().Dim(0), len(j.gradients)
	gradients := Reshape(Stack(j.gradients, 1), append([]int{batch * m}, x.Shape().Dimensions[1:]...)...)
	energies := Reshape(derivative.DualNorm(e.action, gradients), batch, m)
	return []*Node{rows, energies, velocityProducts(e.action, x, h), ConvertDType(y, dtypes.Float64)}
}

// velocityProducts are the inner products of the velocities of d generators h [K, d] at each
// sample, [batch, d, d].
func velocityProducts(a action.Action, x, h *Node) *Node {
	batch, d := x.Shape().Dim(0), h.Shape().Dim(1)
	size := x.Shape().Size() / batch
	t := ConvertDType(Reshape(a.Tangents(x), batch, a.Dim(), size), dtypes.Float64)
	moved := Einsum("bkp,kd->bdp", t, h)
	norms := func(v *Node, count int) *Node {
		each := Reshape(v, append([]int{batch * count}, x.Shape().Dimensions[1:]...)...)
		return Reshape(action.Norm(a, each), batch, count)
	}
	own := norms(moved, d)
	sums := Add(BroadcastToDims(ExpandAxes(moved, 2), batch, d, d, size), BroadcastToDims(ExpandAxes(moved, 1), batch, d, d, size))
	pairs := Reshape(norms(sums, d*d), batch, d, d)
	pairs = Sub(Sub(pairs, ExpandAxes(own, 2)), ExpandAxes(own, 1))
	return MulScalar(pairs, .5)
}

// generators are the coefficients of the generators of a verdict, [K, d].
func (e *eachOutput) generators(v *liegg.Verdict) *tensors.Tensor {
	k := e.action.Dim()
	return tensors.FromFlatDataAndDimensions(mat.DenseCopyOf(v.Coefficients().Slice(0, k, 0, v.Dim)).RawMatrix().Data, k, v.Dim)
}

// evidence is collected for each output along the generators of the verdict, which are the
// candidates: at some of the first samples or, for outputs that seldom have a gradient, at
// samples where they have one. In none of it a sample counts for much more than the median
// one. Samples of one group share a block.
func (e *eachOutput) evidence(opened opening, v *liegg.Verdict, first looked, s Settings) (parts []*liegg.Evidence, err error) {
	h := e.generators(v)
	defer finalize(h)
	blockOf, err := s.blockOf(e.action.Dim())
	if err != nil {
		return nil, err
	}
	numbers := opened.numbers(first.samples())
	parts = make([]*liegg.Evidence, e.outputs)
	for o := range parts {
		if parts[o], err = first.output(o, v.Dim, blocksOf(numbers, blockOf, eachBlock), inExtents(e.action)); err != nil {
			return nil, err
		}
	}
	for _, o := range s.activity.rare() {
		kept := s.activity.kept[o]
		where, err := kept.tensor(opened.x)
		if err != nil {
			return nil, err
		}
		own, err := e.along(h, where, len(kept.numbers))
		finalize(where)
		if err != nil {
			return nil, err
		}
		blocks := blocksOf(kept.numbers, blockOf, max(1, len(kept.numbers)*eachBlock/eachSamples))
		if parts[o], err = own.output(o, v.Dim, blocks, inExtents(e.action)); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// along runs the program on so many of the samples of x.
func (e *eachOutput) along(h, x *tensors.Tensor, samples int) (l looked, err error) {
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
		l.products = append(l.products, values[2][:c.Count*d*d]...)
		l.y = append(l.y, values[3][:c.Count*m]...)
	}
	return l, nil
}
