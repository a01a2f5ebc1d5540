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
	network *Network
	action  action.Action
	head    Head
	mode    Differentiation
	outputs int
	rows    bool // keep rows (QR) instead of their Gram matrix

	exec        *model.Exec
	kind        *kind     // of the program, if it can be used again
	blocks      int       // in a batch, each with sums of its own; 0 means 1
	independent bool      // samples are known not to affect each other
	inTwo       *inTwo    // exec in two parts; nil if it was never cut
	cut         bool      // run inTwo, not exec
	model       modelKind // the key under which this is remembered
	census      finite.Census
	random      *rand.Rand
	parts       *replay // results of the program from other processes; nil if there are none

	// The rest is for verdicts.
	verdict           bool
	scaled            bool                // outputs are scaled to one size
	sizes             *liegg.OutputScales // of the outputs; nil if they are not scaled
	measuring         *model.Exec         // measures the sizes of outputs
	measuringByProbes bool                // measuring is probedGraph
	mixed             bool                // the head computes each output from several others
	limits            limits              // bounds on the contribution of samples
	speeds            *model.Exec         // speeds of candidates
	typicals          []float64           // liegg.Variation.Typical
	spread            float64             // variance of the outputs; 0 if it is not known
	grouped           bool                // chunks hold samples that depend on each other
	unpaired          unpaired            // sums over shuffled samples; set if chunks are grouped
	distinct          *stream.Distinct    // counts repeated samples; nil to count none
	activity          *activity           // records where the outputs have gradients
}

func newExtraction(n *Network, a action.Action, first chunk, s Settings, verdict bool) (e *extraction, err error) {
	defer caught(&err)
	e, backend, err := prepared(n, a, first, s)
	if err != nil {
		return nil, err
	}
	e.rows = first.X.DType() == dtypes.Float64 && !s.Gram && a.Dim() <= rowsUpTo
	if e.verdict = verdict; verdict {
		e.blocks = s.together
		e.scaled = equalised(a, e.outputs, s)
	}
	return e, e.buildIn(backend, first, s.Mode)
}

// buildIn builds the program in the given mode. AutoMode means the mode with the fewest passes,
// or ReverseMode if the program cannot be compiled in it.
func (e *extraction) buildIn(backend compute.Backend, first chunk, mode Differentiation) error {
	if mode != AutoMode {
		return e.build(backend, mode)
	}
	scales := 1
	if e.scaled {
		scales = 2 // as they are, and of one size
	}
	fewest := chooseMode(e.outputs, e.action.Dim(), first.X.Size()/first.X.Shape().Dim(0), scales)
	if err := e.build(backend, fewest); err == nil && e.compiles(first) {
		return nil
	}
	return e.build(backend, ReverseMode)
}

// prepared returns an extraction without a program. It checks that network and action fit the
// first samples.
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

// compiles reports whether the program of a forward mode can be built. It cannot be built for
// models with operators that have neither a forward rule nor a second derivative.
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

// y builds head(f(x)) as [batch, rows], in the units of the action's output motion.
func (e *extraction) y(scope *model.Scope, x *Node) *Node {
	y := e.head.Rows(function.Differentiable(e.network.outputs(scope, x)))
	if c, ok := e.action.(action.Equivariance); ok {
		return c.Divided(y)
	}
	return y
}

// graph is the program. Its arguments are x [batch, input…], the number of real samples, and the
// probes or weights z (see jacobianRows). Its results are the rows or their Gram matrix,
// Σ‖J_i‖²_F TᵢᵀTᵢ, ‖J_i‖²_F, whether outputs are finite (see finite.Spoilt), and the outputs.
func (e *extraction) graph(scope *model.Scope, x, count, z *Node) []*Node {
	y := e.y(scope, x)
	j := jacobianRows(e.mode, e.action, x, y, z).covariant(e.action, y).masked(count)
	return together(append(e.sums(j, x), finite.Spoilt(x, y), ConvertDType(y, dtypes.Float64)))
}

// verdictGraph is the program of a verdict. Its results are the results of graph; the same for
// scaled outputs and samples of bounded influence; the moments; and what addInfluence reads.
func (e *extraction) verdictGraph(scope *model.Scope, x, count, z, limits *Node) []*Node {
	y := e.y(scope, x)
	return e.verdictSums(jacobianRows(e.mode, e.action, x, y, z), x, y, count, z, limits)
}

// verdictSums builds the results of a verdict's program for a batch of m outputs y.
func (e *extraction) verdictSums(j jacobian, x, y, count, z, limits *Node) []*Node {
	energies, values := j.eachEnergy(), ConvertDType(y, dtypes.Float64)
	plain := j.covariant(e.action, y).masked(count)
	nodes := append(e.sums(plain, x), finite.Spoilt(x, y))
	if e.scaled {
		weights := ConvertDType(ExpandAxes(Slice(limits, AxisRange(bounds+e.action.Dim(), -1)), 0), y.DType())
		j = j.weighted(e.action, x, y, weights, z)
		y = Mul(y, weights)
	}
	j = j.covariant(e.action, y).masked(count)
	quantities, weights := j.influence(e.action, x, limits)
	j = j.bySample(weights)
	nodes = append(nodes, e.sums(j, x)...)
	nodes = append(nodes, e.moments(j, x, weights)...)
	real := derivative.BySample(weights, derivative.RealSamples(count, weights))
	motion := e.motion(j, x, real, Slice(limits, AxisElem(-1)))
	norms := action.Norm(e.action, ConvertDType(x, dtypes.Float64))
	return together(append(nodes, quantities, weights, motion, norms, energies, values))
}

// sums builds the rows of a batch or their Gram matrix, the metric, and ‖J_i‖²_F.
func (e *extraction) sums(j jacobian, x *Node) []*Node {
	var rows *Node
	if e.rows {
		rows = ConvertDType(Reshape(j.rows, -1, e.action.Dim()), dtypes.Float64)
	} else {
		rows = e.gram(j, x)
	}
	energy := ConvertDType(j.energy, dtypes.Float64)
	if e.metricFactors() != nil {
		return []*Node{rows, e.metricSums(x, energy), energy}
	}
	return []*Node{rows, j.metric(e.action, x, energy), energy}
}

// run runs the program on a chunk, frees it, and returns the result for liegg, a chunk for each
// block. After a sample that is not finite, it only counts such samples.
func (e *extraction) run(c chunk) (out []liegg.Chunk, err error) {
	defer caught(&err)
	defer finalize(c.X)
	repeats := e.distinct.Repeats(c)
	z := e.probes(c.X)
	defer finalize(z)
	values, err := e.results(c, z)
	if err != nil {
		return out, err
	}
	if err := e.census.Add(c, values[3], values[2]); err != nil || e.census.Found() {
		return out, err
	}
	if err := e.checkIndependence(c, z, values[2], values[len(values)-1]); err != nil {
		return out, err
	}
	if e.verdict {
		e.watch(c, values)
	}
	for b := range max(1, e.blocks) {
		if one := c.Part(b, max(1, e.blocks)); one.Count > 0 {
			sums := e.chunk(one, e.ofBlock(values, b))
			sums.Repeats = min(repeats, sums.Samples) // only their number counts
			repeats -= sums.Repeats
			out = append(out, sums)
		}
	}
	return out, nil
}

// call runs the program on a batch whose first count samples are real.
func (e *extraction) call(x *tensors.Tensor, count int, z *tensors.Tensor) ([][]float64, error) {
	if !e.verdict {
		return calledTogether(e.exec, x, int32(count), z)
	}
	limits := e.limits.tensor()
	defer finalize(limits)
	if e.cut {
		return e.inTwo.call(x, count, z, limits)
	}
	return calledTogether(e.exec, x, int32(count), z, limits)
}

// values runs the program on a chunk, frees it, and returns the program's results.
func (e *extraction) values(c chunk) ([][]float64, error) {
	defer finalize(c.X)
	z := e.probes(c.X)
	defer finalize(z)
	return e.call(c.X, c.Count, z)
}

// chunk converts the results of the program for liegg.
func (e *extraction) chunk(c chunk, values [][]float64) liegg.Chunk {
	out := e.summed(c, values)
	if !e.verdict {
		return out
	}
	unscaled := out
	out = e.withoutConstants(e.summed(c, values[4:]))
	out.Scales, out.Plain = e.sizes, &unscaled
	out.Moments = e.momentsOf(c, values[7:len(values)-weighted])
	if e.grouped {
		out.Moments.Unpaired, out.Moments.UnpairedMetric = e.unpaired.sum*float64(c.Count), e.unpaired.bound*float64(c.Count)
	}
	e.addInfluence(&out, c, values[len(values)-weighted:])
	return out
}

// notFinite returns an error if any sample was not finite.
func (e *extraction) notFinite() error {
	return e.census.Err(e.network.function(), func(scope *model.Scope, inputs []*Node) []*Node {
		y := e.y(scope, inputs[0])
		return []*Node{y, Gradient(ReduceAllSum(y), inputs[0])[0]}
	})
}

// summed reads the results of sums.
func (e *extraction) summed(c chunk, values [][]float64) liegg.Chunk {
	k := e.action.Dim()
	out := liegg.Chunk{
		Samples: c.Count,
		Outputs: e.outputs,
		Idle:    participation.Idle(values[2][:c.Count]),
		Metric:  e.metricOf(values[1]),

		Estimated: e.mode == TangentMode,
	}
	if e.rows {
		out.Rows = mat.NewDense(c.Count*e.outputs, k, values[0][:c.Count*e.outputs*k])
	} else {
		out.Gram = e.gramOf(values[0])
	}
	return out
}

// probes draws the cotangents z, [batch, probes, m], uniformly from the sphere of radius √m.
// Cotangents of ±1 would now and then miss outputs that are linearly dependent, such as outputs
// with a sum of zero. In modes without probes, z holds weights of 1.
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
	for _, exec := range []*model.Exec{e.exec, e.measuring, e.speeds} {
		if exec != nil {
			exec.Finalize()
		}
	}
	e.inTwo.finalize()
	e.exec, e.measuring, e.speeds, e.inTwo, e.measuringByProbes, e.cut = nil, nil, nil, nil, false, false
}
