package extraction

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// A verdict needs sums over more than a hundred blocks of samples. For blocks of a cheap network,
// starting the program takes longer than running it. So it runs on several blocks at once, with a
// sum for each. All its results have the blocks, or their samples, as their first axis.

// togetherSamples is about the largest number of samples in blocks that run together.
const togetherSamples = 1280

// BlocksTogether returns the number of blocks of s.Batch samples on which the program runs at once.
// It is 1 for costly networks, for actions that do not sum in blocks, for streams so short that the
// pilot takes all samples (see inTwo), and for probes.
func (n Network) BlocksTogether(a action.Action, p *stream.Peeked, s Settings) int {
	if p.First == nil || p.First.Shape().Dim(0) <= sizeSamples || n.Given {
		return 1
	}
	_, pairs := action.GramPairs(a)
	if _, ok := a.(action.InBlocks); !ok || pairs == nil && a.Dim() >= derivative.StripedFrom || n.costly(p.First.Size()/p.First.Shape().Dim(0)) || n.mayProbe(a, p, s) {
		return 1
	}
	most := min(togetherSamples, p.Batch()) / s.Batch
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
	return err != nil || jacobian.Choose(e.outputs, a.Dim(), numbers, 1) == jacobian.TangentMode
}

// ofBlock returns the results of the program for one block.
func (e *Program) ofBlock(values [][]float64, block int) [][]float64 {
	if e.blocks <= 1 {
		return values
	}
	one := make([][]float64, len(values))
	for i, v := range values {
		size := len(v) / e.blocks
		one[i] = v[block*size : (block+1)*size : (block+1)*size]
	}
	return one
}

// gramInBlocks builds gram for each block.
func (e *Program) gramInBlocks(j jacobian.Contribution, x *Node) *Node {
	if _, pairs := e.gramPairs(); pairs != nil {
		return e.Action.(action.InBlocks).GramSums(x, j.Gradients, e.blocks)
	}
	rows := ConvertDType(Reshape(j.Rows, e.blocks, -1, e.Action.Dim()), dtypes.Float64)
	return Einsum("brk,brl->bkl", rows, rows)
}

// momentsInBlocks builds batchMoments for each block.
func (e *Program) momentsInBlocks(j jacobian.Contribution, x, weights *Node) []*Node {
	a := e.Action.(action.InBlocks)
	each := func(x *Node) *Node { return ReduceSum(Reshape(x, e.blocks, -1), 1) }
	var unpaired, gradients *Node
	for _, g := range j.Gradients {
		paired := ConvertDType(action.Contract(e.Action, x, e.halfway(g)), dtypes.Float64)
		unpaired = nodes.Plus(unpaired, each(derivative.BySample(Square(paired), weights)))
		gradients = nodes.Plus(gradients, a.GradientMoments(g, e.blocks))
	}
	energy := Mul(e.halfway(ConvertDType(j.Energy, dtypes.Float64)), weights)
	one := Ones(x.Graph(), shapes.Make(dtypes.Float64, x.Shape().Dim(0)))
	moved := vjp.Gradients(ReduceAllSum(action.MetricDiagonal(e.Action, x, one)), one)[0] // Σ_k ‖A_kx_i‖²
	return []*Node{
		MulScalar(unpaired, j.Share), each(Mul(energy, moved)),
		MulScalar(gradients, j.Share), a.DataMoments(x, active(j, weights), e.blocks),
	}
}

// halfway rotates each block by half its length, as the function halfway does.
func (e *Program) halfway(x *Node) *Node {
	shape := x.Shape().Dimensions
	in := Reshape(x, append([]int{e.blocks, -1}, shape[1:]...)...)
	half := (in.Shape().Dim(1) + 1) / 2
	turned := Concatenate([]*Node{Slice(in, AxisRange(), AxisRange(half)), Slice(in, AxisRange(), AxisRange(0, half))}, 1)
	return Reshape(turned, shape...)
}
