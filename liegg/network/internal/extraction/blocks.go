package extraction

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// A verdict needs sums over more than a hundred blocks of samples. For blocks of a cheap network,
// starting the program takes longer than running it. So it runs on several blocks at once, with a
// sum for each. All its results have the blocks, or their samples, as their first axis.
//
// A GPU takes longer to start the program than to run it on a block of any network, and to read back
// a result than to compute it. There, blocks of all networks and actions run together.

// togetherSamples is about the largest number of samples in blocks that run together on a CPU.
const togetherSamples = 1280

// togetherShare is the share of a stream that may run together elsewhere. The pilot's samples run in
// batches of this size, too.
const togetherShare = 1. / 8

// BlocksTogether returns the number of blocks of s.Batch samples on which the program runs at once.
// It is 1 for streams so short that the pilot takes all samples (see inTwo), for probes, and for so
// many candidates that sums of one block take long. On a CPU, it is 1 for costly networks, too, and
// for actions that do not sum in blocks by themselves.
func (n Network) BlocksTogether(a action.Action, p *stream.Peeked, s Settings) int {
	if p.First == nil || p.First.Shape().Dim(0) <= sizeSamples || n.Given {
		return 1
	}
	_, pairs := action.GramPairs(a)
	if pairs == nil && a.Dim() >= derivative.StripedFrom || n.mayProbe(a, p, s) {
		return 1
	}
	numbers := p.First.Size() / p.First.Shape().Dim(0)
	samples := togetherSamples
	if backend, err := n.On(); err == nil && !backend.HasSharedBuffers() {
		samples = min(max(sizeSamples, int(togetherShare*float64(p.Known))), device.LimitsOf(backend).Batch(numbers, a.Dim()))
	} else if _, ok := a.(action.InBlocks); !ok || n.costly(numbers) {
		return 1
	}
	most := min(samples, p.Batch()) / s.Batch
	if most < 2 {
		return 1
	}
	blocks := (p.Known + s.Batch - 1) / s.Batch
	calls := (blocks + most - 1) / most
	return (blocks + calls - 1) / calls // little of the last call is padding
}

// mayProbe reports whether the program may use random probes. Which ones it draws for a sample depends on the
// batches before it.
func (n Network) mayProbe(a action.Action, p *stream.Peeked, s Settings) bool {
	numbers := p.First.Size() / p.First.Shape().Dim(0)
	if s.Mode != jacobian.AutoMode || numbers <= a.Dim()+jacobian.MostProbes {
		return s.Mode == jacobian.TangentMode
	}
	e, _, err := prepared(n, a, stream.Chunk{X: p.First}, s) // making the program reports the error
	if err != nil {
		return true
	}
	e.scaled = equalised(a, e.outputs, s)
	return e.fewestPasses(numbers) == jacobian.TangentMode
}

// blocksIn returns the number of blocks in a batch.
func (e *Program) blocksIn(batch int) int {
	if e.block == 0 {
		return 1
	}
	return max(1, batch/e.block)
}

// ofBlock returns the results of the program for one of the blocks of a batch.
func ofBlock(values [][]float64, block, blocks int) [][]float64 {
	if blocks == 1 {
		return values
	}
	one := make([][]float64, len(values))
	for i, v := range values {
		size := len(v) / blocks
		one[i] = v[block*size : (block+1)*size : (block+1)*size]
	}
	return one
}

// gramInBlocks builds gram for each block.
func (e *Program) gramInBlocks(j jacobian.Contribution, x *Node, blocks int) *Node {
	if _, pairs := e.gramPairs(); pairs != nil {
		return e.Action.(action.InBlocks).GramSums(x, j.Gradients, blocks)
	}
	rows := ConvertDType(Reshape(j.Rows, blocks, -1, e.Action.Dim()), dtypes.Float64)
	return Einsum("brk,brl->bkl", rows, rows)
}

// momentsInBlocks builds batchMoments for each block.
func (e *Program) momentsInBlocks(j jacobian.Contribution, x, weights *Node, blocks int) []*Node {
	each := func(x *Node) *Node { return ReduceSum(Reshape(x, blocks, -1), 1) }
	other := func(x *Node) *Node { return halfwayInBlocks(x, blocks) }
	var unpaired *Node
	for _, g := range j.Gradients {
		paired := ConvertDType(action.Contract(e.Action, x, other(g)), dtypes.Float64)
		unpaired = nodes.Plus(unpaired, each(derivative.BySample(Square(paired), weights)))
	}
	energy := Mul(other(ConvertDType(j.Energy, dtypes.Float64)), weights)
	one := Ones(x.Graph(), shapes.Make(dtypes.Float64, x.Shape().Dim(0)))
	moved := vjp.Gradients(ReduceAllSum(action.MetricDiagonal(e.Action, x, one)), one)[0] // Σ_k ‖A_kx_i‖²
	bound := each(Mul(energy, moved))
	if j.Outputs != nil {
		bound = MulScalar(bound, 2)
	}
	sums := []*Node{MulScalar(unpaired, j.Share), bound}
	s, ok := action.InputsOf(e.Action).(action.Spanning)
	if !ok {
		return sums
	}
	data := action.DataMoments(s, x, active(j, weights), blocks)
	if j.Outputs != nil {
		return append(sums, data)
	}
	var gradients *Node
	for _, g := range j.Gradients {
		gradients = nodes.Plus(gradients, action.GradientMoments(s, g, blocks))
	}
	return append(sums, MulScalar(gradients, j.Share), data)
}

// halfwayInBlocks rotates each block by half its length, as the function halfway does.
func halfwayInBlocks(x *Node, blocks int) *Node {
	shape := x.Shape().Dimensions
	in := Reshape(x, append([]int{blocks, -1}, shape[1:]...)...)
	half := (in.Shape().Dim(1) + 1) / 2
	turned := Concatenate([]*Node{Slice(in, AxisRange(), AxisRange(half)), Slice(in, AxisRange(), AxisRange(0, half))}, 1)
	return Reshape(turned, shape...)
}
