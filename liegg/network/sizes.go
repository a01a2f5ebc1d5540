package network

import (
	"iter"
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
	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/finite"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// sizeSamples and sizePasses say how many gradients measure outputs. Up to
// sizePasses outputs are differentiated at every one of so many samples; more of
// them take turns, and each has at least sizePasses gradients, unless they are probed
// (see sizeprobes.go).
const (
	sizeSamples = 2048
	sizePasses  = 32
)

// sizeTogether is the number of outputs up to which one program differentiates them all, so
// that the network runs forward once for them. Programs with more gradients take long to
// compile.
const sizeTogether = 16

// equalise measures the outputs on the beginning of a stream, where they are to be
// brought to one size.
func (e *extraction) equalise(backend compute.Backend, beginning *tensors.Tensor) (err error) {
	if !e.sized {
		return nil
	}
	together := e.outputs <= sizeTogether
	if e.sizing == nil && together {
		e.sizing, err = model.NewExec(backend, e.network.Store, e.sizesGraph)
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
	for c, err := range spread(beginning, n, backend, batch) {
		if err == nil && e.sizing == nil && !e.probing(backend, c, probes, passes) {
			e.sizing, err = model.NewExec(backend, e.network.Store, e.sizeGraph)
		}
		if err != nil {
			return err
		}
		switch {
		case together:
			err = m.addAll(e.sizing, c)
		case e.sizedByProbes:
			err = m.addProbed(e.sizing, c, probes, random)
		default:
			err = m.add(e.sizing, c, passes)
		}
		if err != nil {
			return err
		}
	}
	e.sizes = m.sizes(rounding(beginning.DType()), e.mixed)
	e.activity.way = m.way()
	return nil
}

// OutputScales measures outputs, after s.Head, on held inputs as Judge does. It returns nil
// where Judge leaves them as they are: a single one, Settings.BySize, an
// action.Equivariance, or outputs of which none changes. The action is one that has been
// whitened.
func OutputScales(n *Network, a action.Action, held *Buffered, s Settings) (_ *liegg.OutputScales, err error) {
	defer caught(&err)
	e, backend, err := prepared(n, a, held.chunks[0], s)
	if err != nil {
		return nil, err
	}
	defer e.finalize()
	if e.sized = equalised(a, e.outputs, s); !e.sized {
		return nil, nil
	}
	x, err := held.First(64 * liegg.Blocks)
	if err != nil {
		return nil, err
	}
	defer finalize(x)
	err = e.equalise(backend, x)
	return e.sizes, err
}

// equalised reports whether verdicts bring outputs to one size.
func equalised(a action.Action, outputs int, s Settings) bool {
	_, covariant := a.(action.Equivariance)
	return !covariant && !s.BySize && outputs > 1
}

// rounding is what sums of numbers of a type are good to: some units in the last
// place.
func rounding(t dtypes.DType) float64 {
	if t == dtypes.Float64 {
		return 0x1p-47
	}
	return 0x1p-18
}

// spread streams n of the samples of x, evenly from all over it, in batches.
func spread(x *tensors.Tensor, n int, backend compute.Backend, batch int) iter.Seq2[chunk, error] {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return spreadBy(x, order, backend, batch)
}

// spreadBy is spread of as many samples as there are in order, a permutation, in this order.
func spreadBy(x *tensors.Tensor, order []int, backend compute.Backend, batch int) iter.Seq2[chunk, error] {
	all, n := x.Shape().Dim(0), len(order)
	some := func(yield func(*tensors.Tensor, error) bool) {
		shape := x.Shape().Clone()
		shape.Dimensions[0] = n
		t := tensors.FromShape(shape)
		err := x.ConstBytes(func(from []byte) {
			size := len(from) / all
			if err := t.MutableBytes(func(data []byte) {
				for to, i := range order {
					copy(data[to*size:(to+1)*size], from[i*all/n*size:])
				}
			}); err != nil {
				panic(err)
			}
		})
		yield(t, err)
	}
	return stream.Cut(some, backend, batch)
}

// sizeGraph takes a batch x [batch, input…] and one output for each sample,
// [batch], to the squared dual norm of its gradient, its squared value, and the
// squared norm of the sample, all [batch].
func (e *extraction) sizeGraph(scope *model.Scope, x, which *Node) []*Node {
	y := e.y(scope, x)
	picked := ReduceSum(Mul(y, OneHot(which, e.outputs, y.DType())), -1)
	gradient := ConvertDType(vjp.Gradients(ReduceAllSum(picked), x)[0], dtypes.Float64)
	value := Square(ConvertDType(picked, dtypes.Float64))
	return []*Node{action.DualNorm(e.action, gradient), value, action.Norm(e.action, ConvertDType(x, dtypes.Float64))}
}

// sizesGraph takes a batch x [batch, input…] to what sizeGraph tells of every output: twice
// [batch, m], and [batch].
func (e *extraction) sizesGraph(scope *model.Scope, x *Node) []*Node {
	y := e.y(scope, x)
	norms := make([]*Node, e.outputs)
	for o, g := range derivative.Gradients(x, y) {
		norms[o] = derivative.DualNorm(e.action, g)
	}
	return []*Node{Stack(norms, 1), Square(ConvertDType(y, dtypes.Float64)), action.Norm(e.action, ConvertDType(x, dtypes.Float64))}
}

// sizeSums are squares, and sums of squares, over samples: of every output's gradients and
// values, and of the inputs.
type sizeSums struct {
	gradients       [][]float64 // of every output, sample by sample
	values, counts  []float64
	inputs, samples float64
}

func newSizeSums(outputs int) *sizeSums {
	return &sizeSums{gradients: make([][]float64, outputs), values: make([]float64, outputs), counts: make([]float64, outputs)}
}

// addAll differentiates every output at every sample, by sizesGraph.
func (m *sizeSums) addAll(exec *model.Exec, c chunk) error {
	defer finalize(c.X)
	values, err := called(exec, c.X)
	if err != nil {
		return err
	}
	m.addValues(values, c.Count)
	return nil
}

// addValues adds what sizesGraph gives of so many samples.
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

// add differentiates outputs by turns, so that each gets its share of samples.
func (m *sizeSums) add(exec *model.Exec, c chunk, passes int) error {
	defer finalize(c.X)
	which := make([]int32, c.X.Shape().Dim(0))
	for pass := range passes {
		for i := range which {
			which[i] = int32((i*passes + pass) % len(m.counts))
		}
		values, err := called(exec, c.X, which)
		if err != nil {
			return err
		}
		for i, o := range which[:c.Count] {
			m.gradients[o] = append(m.gradients[o], values[0][i])
			m.values[o] += values[1][i]
			m.counts[o]++
			m.inputs += values[2][i]
			m.samples++
		}
	}
	return nil
}

// sizes are those of the outputs, or nil where none changes or where gradients are
// not finite, which is told of when rows are taken. An output is constant where its
// gradient would change it, along a way as long as inputs are, by no more than
// rounding of its values; and where a head computes it from all the others, by no
// more than rounding of these.
func (m *sizeSums) sizes(rounding float64, mixed bool) *liegg.OutputScales {
	s := &liegg.OutputScales{Gradients: make([]float64, len(m.counts))}
	for o, squares := range m.gradients {
		s.Gradients[o] = math.Sqrt(boundedMean(squares))
	}
	largest := slices.Max(s.Gradients)
	if slices.ContainsFunc(s.Gradients, finite.IsNot) || largest == 0 {
		return nil
	}
	way := m.way()
	for o, g := range s.Gradients {
		if g*way <= rounding*math.Sqrt(m.values[o]/m.counts[o]) || mixed && g <= rounding*largest || g == 0 {
			s.Constant = append(s.Constant, o)
		}
	}
	if len(s.Constant) == len(s.Gradients) {
		return nil
	}
	return s
}

// way is the root mean square of the inputs.
func (m *sizeSums) way() float64 { return math.Sqrt(m.inputs / m.samples) }

// live leaves the rows of constants out of a chunk.
func (e *extraction) live(c liegg.Chunk) liegg.Chunk {
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
