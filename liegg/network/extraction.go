package network

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/finite"
	"github.com/liegg/lab/liegg/network/internal/function"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// extraction is the compiled program that turns chunks into polarization rows.
type extraction struct {
	exec          *model.Exec
	sizing        *model.Exec // of outputs, for verdicts
	sizedByProbes bool        // sizing is probedGraph
	moving        *model.Exec // speeds of candidates, for verdicts
	action        action.Action
	head          Head
	mixed         bool // the head computes an output from all the others
	network       *Network
	mode          Differentiation
	outputs       int
	rows          bool                // keep rows (QR) instead of their Gram matrix
	verdict       bool                // take what a verdict needs besides
	sized         bool                // outputs are brought to one size for it
	sizes         *liegg.OutputScales // of those outputs; nil where they stay as they are
	limits        limits              // on what samples count for in a verdict
	spread        float64             // a variance of the outputs that verdicts go by; 0 if it is not known
	typicals      []float64           // liegg.Variation.Typical
	grouped       bool                // chunks hold samples that depend on each other
	apart         unpaired            // of some samples that do not; set if chunks are grouped
	seen          *stream.Distinct    // samples; nil to count none
	activity      *activity           // of the outputs, in verdicts
	independent   bool                // samples are known not to see each other
	model         modelKind           // by which that is remembered
	census        finite.Census       // of samples that are not finite
	random        *rand.Rand
	parts         *replay // of the program's results for chunks that other processes ran; nil if none did

	kind *kind // of the program, if it may serve again
}

func newExtraction(n *Network, a action.Action, first chunk, s Settings, verdict bool) (e *extraction, err error) {
	defer caught(&err)
	e, backend, err := prepared(n, a, first, s)
	if err != nil {
		return nil, err
	}
	e.rows = first.X.DType() == dtypes.Float64 && !s.Gram && a.Dim() <= rowsUpTo
	if e.verdict = verdict; verdict {
		e.sized = equalised(a, e.outputs, s)
	}
	return e, e.choose(backend, first, s.Mode)
}

// choose builds the program in the mode that was asked for, or in the one that takes
// fewest passes.
func (e *extraction) choose(backend compute.Backend, first chunk, mode Differentiation) error {
	if mode != AutoMode {
		return e.build(backend, mode)
	}
	fewest := choose(e.outputs, e.action.Dim(), first.X.Size()/first.X.Shape().Dim(0))
	if err := e.build(backend, fewest); err == nil && e.compiles(first) {
		return nil
	}
	return e.build(backend, ReverseMode)
}

// prepared is an extraction whose network and action fit the first samples, without
// a program.
func prepared(n *Network, a action.Action, first chunk, s Settings) (*extraction, compute.Backend, error) {
	if err := a.Check(first.X.Shape().Dimensions[1:]); err != nil {
		return nil, nil, err
	}
	backend, err := n.backend()
	if err != nil {
		return nil, nil, err
	}
	e := &extraction{network: n, action: a, head: s.Head, mixed: s.Head.Given(), mode: s.Mode, activity: new(activity), random: rand.New(rand.NewPCG(1, 0))}
	e.independent = n.model != nil && !e.head.Given() // an MLP or a CNN
	if e.outputs, err = e.trace(backend, first.X.Shape()); err != nil {
		return nil, nil, err
	}
	if c, ok := a.(action.Equivariance); ok && c.Outputs() != e.outputs {
		return nil, nil, fmt.Errorf("network: the action moves %d outputs, the model has %d: choose a representation that fits the outputs, or a head", c.Outputs(), e.outputs)
	}
	return e, backend, nil
}

func (e *extraction) build(backend compute.Backend, mode Differentiation) (err error) {
	e.finalize()
	e.mode = mode
	if e.verdict {
		e.limits = unlimited(e.action.Dim(), e.outputs)
		e.exec, err = model.NewExec(backend, e.network.Store, e.verdictGraph)
	} else {
		e.exec, err = model.NewExec(backend, e.network.Store, e.graph)
	}
	return err
}

// compiles says whether the program of a forward mode can be built. Models with operators that
// have neither a forward rule nor a second derivative keep to reverse mode.
func (e *extraction) compiles(c chunk) bool {
	if e.mode == ReverseMode {
		return true
	}
	z := e.probes(c.X)
	defer finalize(z)
	like := []shapes.Shape{c.X.Shape(), shapes.Make(dtypes.Int32), z.Shape()}
	if e.verdict {
		like = append(like, shapes.Make(dtypes.Float64, len(e.limits)))
	}
	_, err := e.exec.Compile(like...)
	return err == nil
}

// y builds head(f(x)) as [batch, rows], in the units in which the action moves outputs.
func (e *extraction) y(scope *model.Scope, x *Node) *Node {
	y := e.head.Rows(function.Differentiable(e.network.outputs(scope, x)))
	if c, ok := e.action.(action.Equivariance); ok {
		return c.Divided(y)
	}
	return y
}

// graph is the program: x [batch, input…], the number of real samples and the
// probes or weights z (see jacobianRows) to rows or their Gram matrix,
// Σ‖J_i‖²_F TᵢᵀTᵢ, ‖J_i‖²_F, and whether outputs are finite (see spoilt).
func (e *extraction) graph(scope *model.Scope, x, count, z *Node) []*Node {
	y := e.y(scope, x)
	j := jacobianRows(e.mode, e.action, x, y, z).covariant(e.action, y).masked(count)
	return append(e.sums(j, x), finite.Spoilt(x, y))
}

// verdictGraph is the program of a verdict: what graph gives, then the same with outputs of
// one size and bounded influence of samples, their moments, and what weigh reads.
func (e *extraction) verdictGraph(scope *model.Scope, x, count, z, limits *Node) []*Node {
	y := e.y(scope, x)
	return e.verdictSums(jacobianRows(e.mode, e.action, x, y, z), x, y, count, z, limits)
}

// verdictSums are the results of a verdict's program for a batch of m outputs y.
func (e *extraction) verdictSums(j jacobian, x, y, count, z, limits *Node) []*Node {
	energies, values := j.eachEnergy(e.action), ConvertDType(y, dtypes.Float64)
	plain := j.covariant(e.action, y).masked(count)
	nodes := append(e.sums(plain, x), finite.Spoilt(x, y))
	if e.sized {
		weights := ConvertDType(ExpandAxes(Slice(limits, AxisRange(bounds+e.action.Dim(), -1)), 0), y.DType())
		j = j.weighted(e.action, x, y, weights, z)
		y = Mul(y, weights)
	}
	j = j.covariant(e.action, y).masked(count)
	quantities, weights := j.influence(e.action, x, limits)
	j = j.bySample(weights)
	nodes = append(nodes, e.sums(j, x)...)
	nodes = append(nodes, j.moments(e.action, x, weights)...)
	motion := j.motion(e.action, x, derivative.BySample(weights, derivative.RealSamples(count, weights)), Slice(limits, AxisElem(-1)))
	return append(nodes, quantities, weights, motion, differences(y), energies, values)
}

// sums are the rows of a batch or their Gram matrix, the metric, and ‖J_i‖²_F.
func (e *extraction) sums(j jacobian, x *Node) []*Node {
	var rows *Node
	if e.rows {
		rows = ConvertDType(Reshape(j.rows, -1, e.action.Dim()), dtypes.Float64)
	} else {
		rows = j.gram(e.action, x)
	}
	energy := ConvertDType(j.energy, dtypes.Float64)
	return []*Node{rows, j.metric(e.action, x, energy), energy}
}

// run takes a chunk. Once a sample was not finite, chunks are only counted.
func (e *extraction) run(c chunk) (out liegg.Chunk, err error) {
	defer caught(&err)
	defer finalize(c.X)
	repeats := e.seen.Repeats(c)
	z := e.probes(c.X)
	defer finalize(z)
	values, err := e.results(c, z)
	if err != nil {
		return out, err
	}
	if err := e.census.Add(c, values[3], values[2]); err != nil || e.census.Found() {
		return out, err
	}
	if err := e.checkIndependence(c, z, values[2]); err != nil {
		return out, err
	}
	if e.verdict {
		e.watch(c, values)
	}
	out = e.chunk(c, values)
	out.Repeats = repeats
	return out, nil
}

// call runs the program on a batch of which count samples are real.
func (e *extraction) call(x *tensors.Tensor, count int, z *tensors.Tensor) ([][]float64, error) {
	arguments := []any{x, int32(count), z}
	if e.verdict {
		limits := e.limits.tensor()
		defer finalize(limits)
		arguments = append(arguments, limits)
	}
	return called(e.exec, arguments...)
}

// values runs the program on a chunk, and frees it.
func (e *extraction) values(c chunk) ([][]float64, error) {
	defer finalize(c.X)
	z := e.probes(c.X)
	defer finalize(z)
	return e.call(c.X, c.Count, z)
}

// chunk hands rows or Gram, metric and the count of idle samples to liegg.
func (e *extraction) chunk(c chunk, values [][]float64) liegg.Chunk {
	out := e.summed(c, values)
	if !e.verdict {
		return out
	}
	plain := out
	out = e.live(e.summed(c, values[4:]))
	out.Scales, out.Plain = e.sizes, &plain
	out.Moments = momentsOf(e.action, c, values[7:len(values)-weighted])
	if e.grouped {
		out.Moments.Unpaired, out.Moments.UnpairedMetric = e.apart.sum*float64(c.Count), e.apart.bound*float64(c.Count)
	}
	e.weigh(&out, c, values[len(values)-weighted:])
	return out
}

// notFinite is nil or tells of all samples that were not finite.
func (e *extraction) notFinite() error {
	return e.census.Err(e.network.function(), func(scope *model.Scope, inputs []*Node) []*Node {
		y := e.y(scope, inputs[0])
		return []*Node{y, Gradient(ReduceAllSum(y), inputs[0])[0]}
	})
}

// summed reads what sums built.
func (e *extraction) summed(c chunk, values [][]float64) liegg.Chunk {
	k := e.action.Dim()
	out := liegg.Chunk{
		Samples: c.Count,
		Outputs: e.outputs,
		Idle:    participation.Idle(values[2][:c.Count]),
		Metric:  mat.NewSymDense(k, values[1]),
	}
	if e.rows {
		out.Rows = mat.NewDense(c.Count*e.outputs, k, values[0][:c.Count*e.outputs*k])
	} else {
		out.Gram = mat.NewSymDense(k, values[0])
	}
	if e.mode == TangentMode {
		out.Metric = derivative.LiftMetric(out.Metric, gramOfRows(out))
	}
	return out
}

// gramOfRows is CᵀC of a chunk.
func gramOfRows(c liegg.Chunk) *mat.SymDense {
	if c.Gram != nil {
		return c.Gram
	}
	var gram mat.SymDense
	gram.SymOuterK(1, c.Rows.T())
	return &gram
}

// probes draws the cotangents z, [batch, probes, m], uniformly from the sphere of
// radius √m: those of ±1 would now and then miss outputs that hang together, such as
// those whose sum is zero. Where no probes are needed they are weights of 1.
func (e *extraction) probes(x *tensors.Tensor) *tensors.Tensor {
	batch := x.Shape().Dim(0)
	if e.mode != TangentMode {
		return tensors.FromFlatDataAndDimensions(slices.Repeat([]float32{1}, batch), batch, 1, 1)
	}
	dimensions := []int{batch, probes(batch), e.outputs}
	values := make([]float32, dimensions[0]*dimensions[1]*dimensions[2])
	for z := range slices.Chunk(values, dimensions[2]) {
		square := 0.
		for i := range z {
			v := e.random.NormFloat64()
			z[i], square = float32(v), square+v*v
		}
		scale := float32(math.Sqrt(float64(len(z)) / square))
		for i := range z {
			z[i] *= scale
		}
	}
	return tensors.FromFlatDataAndDimensions(values, dimensions...)
}

func (e *extraction) finalize() {
	if e == nil {
		return
	}
	for _, exec := range []*model.Exec{e.exec, e.sizing, e.moving} {
		if exec != nil {
			exec.Finalize()
		}
	}
	e.exec, e.sizing, e.moving, e.sizedByProbes = nil, nil, nil, false
}

// called runs a program whose results are float64.
func called(exec *model.Exec, arguments ...any) ([][]float64, error) {
	results, err := exec.Call(arguments...)
	if err != nil {
		return nil, notDifferentiated(err)
	}
	defer finalize(results...)
	values := make([][]float64, len(results))
	for i, t := range results {
		if values[i], err = tensors.CopyFlatData[float64](t); err != nil {
			return nil, err
		}
	}
	return values, nil
}
