// Package extraction computes rows of the polarization matrix of a network, and sums of them, by
// compiled programs.
//
// A Network is a function of a batch. A Subject is that function below a head, and an action.
// Network.Program compiles a Program for it, or takes one that is kept (Programs). Chunks runs the
// program over chunks of samples and gives what package liegg takes: rows or Gram matrices, metrics,
// and moments, summed over each chunk.
//
// For a verdict, the program first runs over the beginning of the stream (Program.measure). That
// finds the sizes of outputs (sizes.go), bounds on the influence of samples (influence.go), and
// whether to run in two parts (intwo.go) or on several blocks at once (blocks.go).
package extraction

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
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/activity"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/finite"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Program is the compiled program that turns chunks into polarization rows.
type Program struct {
	Subject
	mode    jacobian.Mode
	outputs int
	rows    bool // keep rows (QR) instead of their Gram matrix
	apart   bool // the device has its own memory

	exec        call.Program
	most        int       // samples in a batch that the device has room for; 0 if it never lacked room
	there       *staying  // sums on the device; nil if they are read of each chunk
	kind        *Kind     // of the program, if it can be used again
	block       int       // samples in a block, of which a batch holds several, each with sums of its own; 0 if it holds one
	independent bool      // samples are known not to affect each other
	inTwo       *inTwo    // exec in two parts; nil if it was never cut
	cut         bool      // run inTwo, not exec
	model       modelKind // the key under which this is remembered
	Census      finite.Census
	random      *rand.Rand
	replay      func(e *Program, c stream.Chunk) ([][]float64, error) // see Settings.Replay

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
	activity          *activity.Record    // records where the outputs have gradients
}

func newProgram(n Network, a action.Action, first stream.Chunk, s Settings, verdict bool) (e *Program, err error) {
	defer graphpanic.Catch(&err)
	e, backend, err := prepared(n, a, first, s)
	if err != nil {
		return nil, err
	}
	e.rows = first.X.DType() == dtypes.Float64 && !s.Gram && a.Dim() <= rowsUpTo
	if e.verdict = verdict; verdict {
		if s.Together > 1 {
			e.block = s.Batch
		}
		e.scaled = equalised(a, e.outputs, s)
	} else if !e.rows && e.apart {
		e.there = new(staying)
	}
	return e, e.buildIn(backend, first, s.Mode)
}

// buildIn builds the program in the given mode. AutoMode means the mode with the fewest passes,
// or ReverseMode if the program cannot be compiled in it.
func (e *Program) buildIn(backend compute.Backend, first stream.Chunk, mode jacobian.Mode) error {
	if mode != jacobian.AutoMode {
		return e.build(backend, first, mode)
	}
	fewest := e.fewestPasses(first.X.Size() / first.X.Shape().Dim(0))
	if err := e.build(backend, first, fewest); err == nil && e.compiles(first) {
		return nil
	}
	return e.build(backend, first, jacobian.ReverseMode)
}

// fewestPasses returns the mode with the fewest passes for inputs of so many numbers.
func (e *Program) fewestPasses(numbers int) jacobian.Mode {
	scales := 1
	if e.scaled {
		scales = 2 // as they are, and of one size
	}
	return jacobian.Choose(e.outputs, e.Action.Dim(), numbers, scales)
}

// prepared returns a Program that is not built. It checks that network and action fit the
// first samples.
func prepared(n Network, a action.Action, first stream.Chunk, s Settings) (*Program, compute.Backend, error) {
	if err := a.Check(first.X.Shape().Dimensions[1:]); err != nil {
		return nil, nil, err
	}
	backend, err := n.On()
	if err != nil {
		return nil, nil, err
	}
	e := &Program{Subject: Subject{n, a, s.Head}, mixed: s.Head != nil && s.Head.Given(), mode: s.Mode, activity: new(activity.Record), random: rand.New(rand.NewPCG(1, 0))}
	e.independent, e.apart = n.Alone && !e.mixed, !backend.HasSharedBuffers()
	if e.outputs, e.model, err = e.Trace(backend, first.X.Shape()); err != nil {
		return nil, nil, err
	}
	e.model.mode = s.Mode
	if c, ok := a.(action.Equivariance); ok && c.Outputs() != e.outputs {
		return nil, nil, fmt.Errorf("network: the action moves %d outputs, the model has %d: choose a representation that fits the outputs, or a head", c.Outputs(), e.outputs)
	}
	return e, backend, nil
}

func (e *Program) build(backend compute.Backend, first stream.Chunk, mode jacobian.Mode) (err error) {
	e.Finalize()
	e.mode = mode
	switch {
	case e.verdict:
		e.limits = unlimited(e.Action.Dim(), e.outputs)
		e.exec, err = model.NewExec(backend, e.Network.Store, e.verdictGraph)
	case e.there != nil:
		if err := e.measureSums(backend, first.X.Shape()); err != nil {
			return err
		}
		e.exec, err = model.NewExec(backend, e.Network.Store, e.stayingGraph)
	default:
		e.exec, err = model.NewExec(backend, e.Network.Store, e.graph)
	}
	return err
}

// compiles reports whether the program of a forward mode can be built. It cannot be built for
// models with operators that have neither a forward rule nor a second derivative.
func (e *Program) compiles(c stream.Chunk) bool {
	if e.mode == jacobian.ReverseMode {
		return true
	}
	z := e.Probes(c.X)
	defer tensor.Finalize(z)
	like := []shapes.Shape{c.X.Shape(), shapes.Make(dtypes.Int32), z.Shape()}
	if e.verdict {
		like = append(like, shapes.Make(dtypes.Float64, len(e.limits)))
	} else if e.there != nil {
		like = append(like, e.there.shape())
	}
	_, err := e.exec.Compile(like...)
	return err == nil
}

// graph is the program. Its arguments are x [batch, input…], the number of real samples, and the
// probes or weights z (see jacobian.Of). Its results are the rows or their Gram matrix,
// Σ‖J_i‖²_F TᵢᵀTᵢ, ‖J_i‖²_F, whether outputs are finite (see finite.Spoilt), and the outputs.
func (e *Program) graph(scope *model.Scope, x, count, z *Node) []*Node {
	y := e.Y(scope, x)
	return call.Packed(append(e.bareSums(x, y, count, z), finite.Spoilt(x, y), ConvertDType(y, dtypes.Float64)))
}

// verdictGraph is the program of a verdict. Its results are the results of graph; the same for
// scaled outputs and samples of bounded influence; the moments; and what addInfluence reads.
func (e *Program) verdictGraph(scope *model.Scope, x, count, z, limits *Node) []*Node {
	y := e.Y(scope, x)
	return e.verdictSums(jacobian.Of(e.mode, e.Action, x, y, z), x, y, count, z, limits)
}

// verdictSums builds the results of a verdict's program for a batch of m outputs y.
func (e *Program) verdictSums(j jacobian.Contribution, x, y, count, z, limits *Node) []*Node {
	energies, values := j.EachEnergy(), ConvertDType(y, dtypes.Float64)
	plain := j.Covariant(e.Action, y).Masked(count)
	nodes := append(e.sums(plain, x), finite.Spoilt(x, y))
	if e.scaled {
		weights := ConvertDType(ExpandAxes(Slice(limits, AxisRange(bounds+e.Action.Dim(), -1)), 0), y.DType())
		j = j.Weighted(e.Action, x, y, weights, z)
		y = Mul(y, weights)
	}
	j = j.Covariant(e.Action, y).Masked(count)
	quantities, weights := influence(j, e.Action, x, limits)
	j = j.BySample(weights)
	nodes = append(nodes, e.sums(j, x)...)
	nodes = append(nodes, e.moments(j, x, weights)...)
	real := derivative.BySample(weights, derivative.RealSamples(count, weights))
	motion := e.motion(j, x, real, Slice(limits, AxisElem(-1)))
	norms := action.Norm(e.Action, ConvertDType(x, dtypes.Float64))
	return call.Packed(append(nodes, quantities, weights, motion, norms, energies, values))
}

// sums builds the rows of a batch or their Gram matrix, the metric, and ‖J_i‖²_F.
//
// If outputs move, too, the metric is twice the sum of Σ_i ‖J_i‖²_F T_iᵀT_i and Σ_i (B_k y_i)·(B_l y_i).
// Since ‖J·(A·x) − B·y‖² ≤ 2‖J·(A·x)‖² + 2‖B·y‖², ρ stays within 1.
func (e *Program) sums(j jacobian.Contribution, x *Node) []*Node {
	var rows *Node
	if e.rows {
		rows = ConvertDType(Reshape(j.Rows, -1, e.Action.Dim()), dtypes.Float64)
	} else {
		rows = e.gram(j, x)
	}
	energy := ConvertDType(j.Energy, dtypes.Float64)
	metric := e.metricSums(x, energy)
	if j.Outputs != nil {
		metric = MulScalar(Add(metric, e.outputMetric(j.Outputs)), 2)
	}
	return []*Node{rows, metric, energy}
}

// Run runs the program on a chunk, frees it, and returns the result for liegg, a chunk for each
// block. After a sample that is not finite, it only counts such samples. If sums stay on the device,
// it returns no chunk; see Total.
func (e *Program) Run(c stream.Chunk) (out []liegg.Chunk, err error) {
	defer graphpanic.Catch(&err)
	defer tensor.Finalize(c.X)
	return e.run(c)
}

// run is Run without freeing the chunk.
func (e *Program) run(c stream.Chunk) (out []liegg.Chunk, err error) {
	z := e.Probes(c.X)
	defer tensor.Finalize(z)
	if e.there != nil {
		return nil, e.runThere(c, z)
	}
	values, err := e.results(c, z)
	if err != nil {
		return out, err
	}
	if err := e.Census.Add(c, values[3], values[2]); err != nil || e.Census.Found() {
		return out, err
	}
	if err := e.checkIndependence(c, z, values[2], values[len(values)-1]); err != nil {
		return out, err
	}
	repeats, err := e.distinct.Repeats(c)
	if err != nil {
		return out, err
	}
	if e.verdict {
		e.watch(c, values)
	}
	blocks := e.blocksIn(c.X.Shape().Dim(0))
	for b := range blocks {
		if one := c.Part(b, blocks); one.Count > 0 {
			sums := e.chunk(one, ofBlock(values, b, blocks))
			sums.Repeats = min(repeats, sums.Samples) // only their number counts
			repeats -= sums.Repeats
			out = append(out, sums)
		}
	}
	return out, nil
}

// Call runs the program on a batch whose first count samples are real.
func (e *Program) Call(x *tensors.Tensor, count int, z *tensors.Tensor) ([][]float64, error) {
	if e.there != nil {
		return e.callThere(x, count, z)
	}
	if !e.verdict {
		return call.Unpacked(e.exec, x, int32(count), z)
	}
	limits := e.limits.tensor()
	defer tensor.Finalize(limits)
	if e.cut {
		return e.inTwo.call(x, count, z, limits)
	}
	return call.Unpacked(e.exec, x, int32(count), z, limits)
}

// results returns the results of the program for a chunk, computed now or by another process.
func (e *Program) results(c stream.Chunk, z *tensors.Tensor) ([][]float64, error) {
	if e.replay == nil {
		return e.Call(c.X, c.Count, z)
	}
	return e.replay(e, c)
}

// values runs the program on a chunk, frees it, and returns the program's results.
func (e *Program) values(c stream.Chunk) ([][]float64, error) {
	defer tensor.Finalize(c.X)
	z := e.Probes(c.X)
	defer tensor.Finalize(z)
	return e.Call(c.X, c.Count, z)
}

// chunk converts the results of the program for liegg.
func (e *Program) chunk(c stream.Chunk, values [][]float64) liegg.Chunk {
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

// NotFinite returns an error if any sample was not finite.
func (e *Program) NotFinite() error {
	return e.Census.Err(e.Network.Batched, func(scope *model.Scope, inputs []*Node) []*Node {
		y := e.Y(scope, inputs[0])
		return []*Node{y, Gradient(ReduceAllSum(y), inputs[0])[0]}
	})
}

// summed reads the results of sums.
func (e *Program) summed(c stream.Chunk, values [][]float64) liegg.Chunk {
	var out liegg.Chunk
	if e.rows {
		k := e.Action.Dim()
		out = e.matrices(nil, values[1])
		out.Rows = mat.NewDense(c.Count*e.outputs, k, values[0][:c.Count*e.outputs*k])
	} else {
		out = e.matrices(values[0], values[1])
	}
	out.Samples, out.Idle = c.Count, participation.Idle(values[2][:c.Count])
	return out
}

// matrices reads a Gram matrix, nil if there is none, and a metric.
func (e *Program) matrices(gram, metric []float64) liegg.Chunk {
	out := liegg.Chunk{Outputs: e.outputs, Metric: e.metricOf(metric), Estimated: e.mode == jacobian.TangentMode}
	if gram != nil {
		out.Gram = e.gramOf(gram)
	}
	return out
}

// Probes draws the cotangents z, [batch, probes, m], uniformly from the sphere of radius √m.
// Cotangents of ±1 would now and then miss outputs that are linearly dependent, such as outputs
// with a sum of zero. In modes without probes, z holds weights of 1.
func (e *Program) Probes(x *tensors.Tensor) *tensors.Tensor {
	dimensions := e.probesShape(x.Shape().Dim(0))
	if e.mode != jacobian.TangentMode {
		return tensors.FromFlatDataAndDimensions(slices.Repeat([]float32{1}, dimensions[0]), dimensions...)
	}
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

// probesShape returns the dimensions of z for a batch.
func (e *Program) probesShape(batch int) []int {
	if e.mode != jacobian.TangentMode {
		return []int{batch, 1, 1}
	}
	return []int{batch, jacobian.Probes(batch), e.outputs}
}

// Finalize frees the compiled programs. It does nothing if e is nil.
func (e *Program) Finalize() {
	if e == nil {
		return
	}
	if e.exec != nil {
		e.exec.Finalize()
	}
	for _, exec := range []*model.Exec{e.measuring, e.speeds} {
		if exec != nil {
			exec.Finalize()
		}
	}
	e.inTwo.finalize()
	e.there.forget()
	e.exec, e.measuring, e.speeds, e.inTwo, e.measuringByProbes, e.cut = nil, nil, nil, nil, false, false
}

// rowsUpTo is the largest number of candidates for which float64 rows go through a QR decomposition.
const rowsUpTo = 1000
