package network

import (
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/participation"
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

// tellOutputs tells a verdict that would be firm what each output does along its generators,
// and which outputs leave it open. The action is the one it was judged by; beginning are the
// first samples; Settings.activity tells what the outputs did at all of them.
func (n *Network) tellOutputs(v *liegg.Verdict, a action.Action, beginning *tensors.Tensor, s Settings) (err error) {
	defer caught(&err)
	if beginning == nil {
		return nil
	}
	active := s.activity
	active.doubtSteps(v)
	_, together := a.(action.Equivariance)
	numbers := beginning.Size() / beginning.Shape().Dim(0)
	if together || s.BySize || v.Spectrum.Outputs < 2 {
		return nil
	}
	if v.Answer != liegg.Symmetric || min(v.Spectrum.Outputs, numbers) > eachPasses {
		active.doubtLate(v)
		return nil
	}
	e, err := n.eachOutput(a, beginning, v.Spectrum.Outputs, s)
	if err != nil {
		return err
	}
	parts, err := e.evidence(beginning, v, active)
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
	active.doubtLate(v)
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
// [batch, d, d], all float64.
func (e *eachOutput) graph(scope *model.Scope, x, h *Node) []*Node {
	j := jacobianRows(e.mode, e.action, x, e.y(scope, x), nil)
	rows := Einsum("bmk,kd->bmd", ConvertDType(j.rows, dtypes.Float64), h)
	batch, m := x.Shape().Dim(0), len(j.gradients)
	gradients := Reshape(Stack(j.gradients, 1), append([]int{batch * m}, x.Shape().Dimensions[1:]...)...)
	energies := Reshape(derivative.DualNorm(e.action, gradients), batch, m)
	return []*Node{rows, energies, velocityProducts(e.action, x, h)}
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

// evidence is collected for each output along the generators of the verdict, which are the
// candidates: at some of the first samples or, for outputs that seldom have a gradient, at
// samples where they have one. In none of it a sample counts for much more than the median
// one.
func (e *eachOutput) evidence(beginning *tensors.Tensor, v *liegg.Verdict, active *activity) ([]*liegg.Evidence, error) {
	d, m := v.Dim, e.outputs
	k := e.action.Dim()
	h := tensors.FromFlatDataAndDimensions(mat.DenseCopyOf(v.Coefficients().Slice(0, k, 0, d)).RawMatrix().Data, k, d)
	defer finalize(h)
	samples := min(eachSamples, beginning.Shape().Dim(0), max(512, eachSums/(m*d*d)))
	first, err := e.along(h, beginning, samples)
	if err != nil {
		return nil, err
	}
	parts := make([]*liegg.Evidence, m)
	for o := range parts {
		if parts[o], err = first.output(o, m, d, eachBlock); err != nil {
			return nil, err
		}
	}
	for _, o := range active.rare() {
		where, err := active.kept[o].tensor(beginning)
		if err != nil {
			return nil, err
		}
		n := where.Shape().Dim(0)
		own, err := e.along(h, where, n)
		finalize(where)
		if err != nil {
			return nil, err
		}
		if parts[o], err = own.output(o, m, d, max(1, n*eachBlock/eachSamples)); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// looked is what the program gives, sample by sample.
type looked struct{ rows, energies, products []float64 }

// along runs the program on so many of the samples of x.
func (e *eachOutput) along(h, x *tensors.Tensor, samples int) (l looked, err error) {
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
	}
	return l, nil
}

// output sums the blocks of output o of m, for d candidates.
func (l looked) output(o, m, d, block int) (*liegg.Evidence, error) {
	rows, energies, products := l.rows, l.energies, l.products
	samples := len(energies) / m
	adds := make([]float64, samples)
	for i := range adds {
		trace := 0.
		for j := range d {
			trace += products[i*d*d+j*d+j]
		}
		adds[i] = energies[i*m+o] * trace
	}
	most := boundedBy * participation.Typical(adds)
	e := liegg.NewEvidence(d)
	for from := 0; from < samples; from += block {
		to := min(samples, from+block)
		gram, metric := mat.NewSymDense(d, nil), mat.NewDense(d, d, nil)
		for i := from; i < to; i++ {
			w := 1.
			if adds[i] > most {
				w = most / adds[i]
			}
			row := mat.NewVecDense(d, slices.Clone(rows[(i*m+o)*d:(i*m+o+1)*d]))
			gram.SymRankOne(gram, w, row)
			for p := range d * d {
				metric.RawMatrix().Data[p] += w * energies[i*m+o] * products[i*d*d+p]
			}
		}
		c := liegg.Chunk{Samples: to - from, Outputs: 1, Gram: gram, Metric: mat.NewSymDense(d, metric.RawMatrix().Data)}
		if err := e.Add(c); err != nil {
			return nil, err
		}
	}
	return e, nil
}
