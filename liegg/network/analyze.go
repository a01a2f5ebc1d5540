package network

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
)

// Settings says how polarization rows are taken. The zero value serves.
type Settings struct {
	// Head is asked of the outputs first; nil stands for Outputs. Classifiers want
	// CentredLogits.
	Head Head
	// Batch is the number of samples in a chunk; 0 chooses by the size of inputs.
	Batch int
	// Mode is how J·T is computed; 0 chooses by the number of passes.
	Mode Differentiation
	// Gram asks for the K×K Gram matrix, summed in float64 on the device, also for
	// float64 inputs, where the rows themselves go through a streamed QR by
	// default: a Gram matrix stops at 1e-8 of the largest singular value. Float32
	// rows carry noise above that and always use the Gram matrix.
	Gram bool
	// Rule is what it takes to call a direction a symmetry; Judge asks for it.
	Rule liegg.Rule
}

// Analyze streams inputs through the network and returns the spectrum of its
// polarization matrix: the Lie-algebra generators of the action under which the
// network is most nearly invariant, and how nearly. Memory is O(K²).
//
// Errors: the action does not fit the inputs; a model that panics or fails; the
// errors of liegg (no samples, fewer rows than K, vanishing gradients); a
// *liegg.NotFiniteError that names the first sample with NaN or Inf.
func Analyze(n *Network, a action.Action, inputs Inputs, s Settings) (*liegg.Spectrum, error) {
	p, err := Polarize(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	return p.Spectrum(a)
}

// Polarize streams inputs through the network into its polarization matrix; see
// Analyze.
func Polarize(n *Network, a action.Action, inputs Inputs, s Settings) (*liegg.Polarization, error) {
	mustBeUsable(n, a, inputs, s)
	return liegg.Accumulate(a.Dim(), polarizationChunks(n, a, inputs, s, false))
}

// polarizationChunks runs the inputs through the network, batch by batch, with
// moments if they are wanted.
func polarizationChunks(n *Network, a action.Action, inputs Inputs, s Settings, moments bool) iter.Seq2[liegg.Chunk, error] {
	return func(yield func(liegg.Chunk, error) bool) {
		var e *extraction
		defer func() { e.finalize() }()
		for c, err := range chunks(inputs, s.Batch) {
			if err == nil && e == nil {
				e, err = newExtraction(n, a, c, s, moments)
			}
			if err != nil {
				yield(liegg.Chunk{}, err)
				return
			}
			out, err := e.run(c)
			if !yield(out, err) || err != nil {
				return
			}
		}
	}
}

// extraction is the compiled program that turns chunks into polarization rows.
type extraction struct {
	exec    *model.Exec
	action  action.Action
	head    Head
	network *Network
	mode    Differentiation
	outputs int
	rows    bool // keep rows (QR) instead of their Gram matrix
	moments bool // take what a verdict needs besides
	random  *rand.Rand
}

func newExtraction(n *Network, a action.Action, first chunk, s Settings, moments bool) (e *extraction, err error) {
	defer caught(&err)
	input := first.x.Shape().Dimensions[1:]
	if err := a.Check(input); err != nil {
		return nil, err
	}
	backend, err := n.backend()
	if err != nil {
		return nil, err
	}
	e = &extraction{network: n, action: a, head: s.Head, mode: s.Mode, moments: moments, random: rand.New(rand.NewPCG(1, 0))}
	if e.head == nil {
		e.head = Outputs
	}
	if e.outputs, err = e.probe(backend, first); err != nil {
		return nil, err
	}
	if c, ok := a.(action.Equivariance); ok && c.Outputs() != e.outputs {
		return nil, fmt.Errorf("network: the action moves %d outputs, the model has %d: choose a representation that fits the outputs, or a head", c.Outputs(), e.outputs)
	}
	e.rows = first.x.DType() == dtypes.Float64 && !s.Gram
	if s.Mode != AutoMode {
		return e, e.build(backend, s.Mode)
	}
	fewest := choose(e.outputs, a.Dim(), first.x.Size()/first.x.Shape().Dim(0))
	if err := e.build(backend, fewest); err == nil && e.compiles(first) {
		return e, nil
	}
	return e, e.build(backend, ReverseMode)
}

func (e *extraction) build(backend compute.Backend, mode Differentiation) (err error) {
	e.finalize()
	e.mode = mode
	e.exec, err = model.NewExec(backend, e.network.Store, e.graph)
	return err
}

// compiles says whether the program of a forward mode can be built: GoMLX has no
// derivative of Pad, which is what pulls back through a slice, so that models
// which slice have a reverse mode only.
func (e *extraction) compiles(c chunk) bool {
	if e.mode == ReverseMode {
		return true
	}
	signs := e.signs(c.x)
	defer finalize(signs)
	_, err := e.exec.Compile(c.x.Shape(), shapes.Make(dtypes.Int32), signs.Shape())
	return err == nil
}

// y builds head(f(x)) as [batch, rows].
func (e *extraction) y(scope *model.Scope, x *Node) *Node {
	return e.head(e.network.outputs(scope, x))
}

// graph is the program: x [batch, input…], the number of real samples and the
// signs of the probes to rows or their Gram matrix, Σ‖J_i‖²_F TᵢᵀTᵢ, and ‖J_i‖²_F.
func (e *extraction) graph(scope *model.Scope, x, count, signs *Node) []*Node {
	y := e.y(scope, x)
	j := jacobianRows(e.mode, e.action, x, y, signs).covariant(e.action, y).masked(count)
	rows := ConvertDType(Reshape(j.rows, -1, e.action.Dim()), dtypes.Float64)
	if !e.rows {
		rows = Einsum("rk,rl->kl", rows, rows)
	}
	energy := ConvertDType(j.energy, dtypes.Float64)
	nodes := []*Node{rows, j.metric(e.action, x, energy), energy}
	if e.moments {
		nodes = append(nodes, j.moments(e.action, x)...)
	}
	return nodes
}

func (e *extraction) run(c chunk) (out liegg.Chunk, err error) {
	defer caught(&err)
	defer finalize(c.x)
	signs := e.signs(c.x)
	defer finalize(signs)
	results, err := e.exec.Call(c.x, int32(c.count), signs)
	if err != nil {
		return out, fmt.Errorf("network: differentiating the model failed: %w", err)
	}
	defer finalize(results...)
	values := make([][]float64, len(results))
	for i, t := range results {
		if values[i], err = tensors.CopyFlatData[float64](t); err != nil {
			return out, err
		}
	}
	if err := firstNotFinite(c, values); err != nil {
		return out, err
	}
	return e.chunk(c, values), nil
}

// chunk hands rows or Gram, metric and the count of idle samples to liegg.
func (e *extraction) chunk(c chunk, values [][]float64) liegg.Chunk {
	k := e.action.Dim()
	out := liegg.Chunk{
		Samples: c.count,
		Outputs: e.outputs,
		Idle:    idle(values[2][:c.count]),
		Metric:  mat.NewSymDense(k, values[1]),
	}
	if e.moments {
		out.Moments = momentsOf(e.action, c, values[3:])
	}
	if e.rows {
		out.Rows = mat.NewDense(c.count*e.outputs, k, values[0][:c.count*e.outputs*k])
	} else {
		out.Gram = mat.NewSymDense(k, values[0])
	}
	return out
}

// idle counts samples whose gradient is below 1e-6 of the chunk's root mean
// square: saturated ones, which look symmetric under everything.
func idle(energy []float64) int {
	mean := 0.0
	for _, e := range energy {
		mean += e / float64(len(energy))
	}
	count := 0
	for _, e := range energy {
		if e <= 1e-12*mean {
			count++
		}
	}
	return count
}

// signs draws the ±1 of the probes, [batch, probes, m]; one number where no
// probes are needed.
func (e *extraction) signs(x *tensors.Tensor) *tensors.Tensor {
	dimensions := []int{1, 1, 1}
	if e.mode == TangentMode {
		dimensions = []int{x.Shape().Dim(0), probes, e.outputs}
	}
	values := make([]float32, dimensions[0]*dimensions[1]*dimensions[2])
	for i := 0; i < len(values); i += 64 {
		bits := e.random.Uint64()
		for j := i; j < min(i+64, len(values)); j++ {
			values[j] = float32(bits&1)*2 - 1
			bits >>= 1
		}
	}
	return tensors.FromFlatDataAndDimensions(values, dimensions...)
}

func (e *extraction) finalize() {
	if e != nil && e.exec != nil {
		e.exec.Finalize()
	}
}

// probe runs the model on a few samples alone and beside others: it learns the
// number of rows per sample, and refuses a model whose samples see each other
// (batch normalisation in training mode, for instance), since gradients are taken
// of sums over the batch.
func (e *extraction) probe(backend compute.Backend, c chunk) (outputs int, err error) {
	y, err := model.CallOnceN(backend, e.network.Store, func(scope *model.Scope, x *Node) []*Node {
		size := x.Shape().Dim(0)
		pair := Slice(x, AxisRange(0, min(2, size)))
		crowd := Concatenate([]*Node{pair, MulScalar(Slice(x, AxisRange(max(0, size-2))), 3)}, 0)
		company := Slice(e.y(scope, crowd), AxisRange(0, pair.Shape().Dim(0)))
		return []*Node{e.y(scope, pair), company}
	}, c.x)
	if err != nil {
		return 0, fmt.Errorf("network: the model cannot be run on inputs of shape %s: %w", c.x.Shape(), cause(err))
	}
	defer finalize(y...)
	alone, err := dataset.Values(y[0])
	if err != nil {
		return 0, fmt.Errorf("network: the model's outputs: %w", err)
	}
	company, err := dataset.Values(y[1])
	if err != nil {
		return 0, err
	}
	for i := range alone {
		if math.Abs(alone[i]-company[i]) > 1e-3*(math.Abs(alone[i])+math.Abs(company[i])+1e-6) {
			return 0, fmt.Errorf("network: the output for a sample depends on the other samples of its batch: evaluate batch normalisation with its running averages, so that each sample stands alone")
		}
	}
	return y[0].Shape().Dim(1), nil
}
