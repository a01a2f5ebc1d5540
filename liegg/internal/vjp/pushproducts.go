package vjp

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/nodes"
)

// pushDot multiplies the tangents of each factor with the other one. They are one more axis
// of the factor that is not contracted, and come out between the axes of the product.
func pushDot(_ *pusher, node *Node, ts []*Node) (sum *Node) {
	q := parametersOf(node)
	config := q.field("config")
	for _, name := range []string{"OutputDType", "AccumulatorDType"} {
		if given := dtypes.DType(integer(config.FieldByName(name))); given != dtypes.InvalidDType && given != node.DType() {
			return nil
		}
	}
	l, r := node.Inputs()[0], node.Inputs()[1]
	contracted := [2][]int{q.ints("lhsContractingAxes"), q.ints("rhsContractingAxes")}
	batch := [2][]int{q.ints("lhsBatchAxes"), q.ints("rhsBatchAxes")}
	if ts[0] != nil {
		y := DotGeneral(ts[0], shifted(contracted[0]), shifted(batch[0]), r, contracted[1], batch[1])
		sum = toFront(y, len(batch[0]))
	}
	if ts[1] != nil {
		y := DotGeneral(l, contracted[0], batch[0], ts[1], shifted(contracted[1]), shifted(batch[1]))
		sum = nodes.Plus(sum, toFront(y, l.Rank()-len(contracted[0])))
	}
	return sum
}

// toFront moves an axis to the front.
func toFront(x *Node, axis int) *Node {
	if axis == 0 {
		return x
	}
	order := append([]int{axis}, slices.DeleteFunc(iota(0, x.Rank()), func(a int) bool { return a == axis })...)
	return TransposeAllAxes(x, order...)
}

// merged makes tangents [K, …] a larger batch: the K tangents of what lies along the axis
// batch follow each other there. split takes them apart again.
func merged(t *Node, batch int) *Node {
	order := slices.Insert(iota(1, t.Rank()-1), batch, 0)
	t = TransposeAllAxes(t, order...)
	dims := t.Shape().Dimensions
	return Reshape(t, slices.Concat(dims[:batch], []int{dims[batch] * dims[batch+1]}, dims[batch+2:])...)
}

func (p *pusher) split(y *Node, batch int) *Node {
	dims := y.Shape().Dimensions
	y = Reshape(y, slices.Concat(dims[:batch], []int{p.k, dims[batch] / p.k}, dims[batch+1:])...)
	return toFront(y, batch)
}

// pushConvolution convolves tangents of the input as a larger batch.
func pushConvolution(p *pusher, node *Node, ts []*Node) *Node {
	c := convolutionOf(node)
	if ts[1] != nil || c.batches > 1 {
		return nil
	}
	y := convolved(merged(ts[0], c.axes.InputBatch), node.Inputs()[1], c.axes, c.strides, c.paddings, c.spread, c.dilation, c.channelGroups, 1)
	return p.split(y, c.axes.OutputBatch)
}

// pushWindow sums tangents over windows, or reads them at the first extreme of each.
func pushWindow(p *pusher, node *Node, ts []*Node) *Node {
	w, t := windowOf(node), ts[0]
	switch kind := compute.ReduceOpType(parametersOf(node).int("reductionType")); kind {
	case compute.ReduceOpMax, compute.ReduceOpMin:
		for _, c := range w.choices(node.Inputs()[0], node, kind) {
			t = c.tangent(t)
		}
		return t
	case compute.ReduceOpSum:
	default:
		return nil
	}
	if node.Rank() == 0 || w.sizes[0] != 1 || w.strides[0] != 1 || w.spread[0] != 1 || w.paddings[0] != [2]int{} {
		return nil // the first axis is not that of a batch
	}
	y := BackendReduceWindow(merged(ts[0], 0), compute.ReduceOpSum, w.sizes, w.strides, w.spread, w.dilation, w.paddings)
	return p.split(y, 0)
}

// pushGather reads tangents of whole rows, with the K tangents as the last axis of a row.
func pushGather(p *pusher, node *Node, ts []*Node) *Node {
	if ts[0] == nil || !wholeRows(node) {
		return nil
	}
	operand, indices := node.Inputs()[0], node.Inputs()[1]
	read := Gather(toBack(ts[0]), withinBounds(operand, indices))
	return toFront(read, read.Rank()-1)
}

// pushScatterSum adds tangents of updates to tangents of the operand, with the K tangents as
// the last axis of a row.
func pushScatterSum(p *pusher, node *Node, ts []*Node) *Node {
	if !plainScatter(node) {
		return nil
	}
	operand, updates := p.zeros(node), p.zeros(node.Inputs()[2])
	if ts[0] != nil {
		operand = ts[0]
	}
	if ts[2] != nil {
		updates = ts[2]
	}
	y := ScatterSum(toBack(operand), node.Inputs()[1], toBack(updates), false, false)
	return toFront(y, y.Rank()-1)
}

// toBack moves the first axis to the end.
func toBack(x *Node) *Node {
	return TransposeAllAxes(x, append(iota(1, x.Rank()-1), 0)...)
}
