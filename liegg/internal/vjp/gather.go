package vjp

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// gather adds each entry of v to the operand's entry that it was read from.
// That entry is found by gathering from the operand's own positions, which
// works for every form of gathering; indices beyond the edge count as the
// edge.
func gather(node, v *Node) []*Node {
	operand, indices := node.Inputs()[0], node.Inputs()[1]
	g, size := node.Graph(), operand.Shape().Size()
	if wholeRows(node) {
		bounded := withinBounds(operand, indices)
		return []*Node{ScatterSum(ZerosLike(operand), bounded, v, false, false), nil}
	}
	positions := node.CloneWithInputs(IotaFull(g, shapes.Make(dtypes.Int32, operand.Shape().Dimensions...)), indices)
	sums := ScatterSum(Zeros(g, shapes.Make(v.DType(), size)), Reshape(positions, -1, 1), Reshape(v, -1), false, false)
	return []*Node{ReshapeWithShape(sums, operand.Shape()), nil}
}

// wholeRows reports whether a node has the form that Gather builds: indices
// address the first axes and lie along their own last axis, and whole rows
// are read.
func wholeRows(node *Node) bool {
	operand, indices := node.Inputs()[0], node.Inputs()[1]
	p := parametersOf(node)
	indexed := len(p.ints("startIndexMap"))
	whole := slices.Clone(operand.Shape().Dimensions)
	for i := range min(indexed, len(whole)) {
		whole[i] = 1
	}
	batch := indices.Rank() - 1
	return p.int("indexVectorAxis") == batch &&
		slices.Equal(p.ints("startIndexMap"), iota(0, indexed)) &&
		slices.Equal(p.ints("collapsedSliceAxes"), iota(0, indexed)) &&
		slices.Equal(p.ints("offsetOutputAxes"), iota(batch, operand.Rank()-indexed)) &&
		slices.Equal(p.ints("sliceSizes"), whole)
}

// withinBounds clamps indices [..., n] to the first n axes of x.
func withinBounds(x, indices *Node) *Node {
	return Min(Max(indices, ZerosLike(indices)), lastOf(x, indices))
}

// lastOf returns the last indices of the first n axes of x, broadcast to the
// indices [..., n].
func lastOf(x, indices *Node) *Node {
	n := indices.Shape().Dim(-1)
	last := make([]int64, n)
	for i := range last {
		last[i] = int64(x.Shape().Dim(i)) - 1
	}
	row := ConvertDType(Const(x.Graph(), last), indices.DType())
	return BroadcastToShape(ExpandLeftToRank(row, indices.Rank()), indices.Shape())
}

// scatterSum passes v on to the operand, and to each update from the position
// where it was added. Updates beyond the edge were not added.
func scatterSum(node, v *Node) []*Node {
	return []*Node{v, nil, readBack(node, v)}
}

// scatterExtreme is the rule of ScatterMax and ScatterMin: the operand and
// the updates that attain the extreme get equal shares.
func scatterExtreme(node, v *Node) []*Node {
	operand, indices, updates := node.Inputs()[0], node.Inputs()[1], node.Inputs()[2]
	kept := indicator(Equal(operand, node), v)
	attained := Mul(indicator(Equal(updates, readBack(node, node)), v), readBack(node, OnesLike(node)))
	count := ScatterSum(kept, withinBounds(operand, indices), attained, false, false)
	share := Div(v, Where(IsZero(count), OnesLike(count), count))
	return []*Node{Mul(kept, share), nil, Mul(attained, readBack(node, share))}
}

// readBack reads from y, of the shape of a scatter's output, what belongs to
// its updates: 0 for updates beyond the edge, which a scatter drops.
func readBack(node, y *Node) *Node {
	indices, updates := node.Inputs()[1], node.Inputs()[2]
	if !plainScatter(node) {
		panic(fmt.Errorf("no gradient is defined for this form of %s; use those of ScatterSum, ScatterMax and ScatterMin", node.Type()))
	}
	inside := And(GreaterOrEqual(indices, ZerosLike(indices)), LessOrEqual(indices, lastOf(y, indices)))
	all := ReduceLogicalAnd(inside, -1)
	for all.Rank() < updates.Rank() {
		all = InsertAxes(all, -1)
	}
	read := Gather(y, withinBounds(y, indices))
	return Where(BroadcastToDims(all, updates.Shape().Dimensions...), read, ZerosLike(read))
}

// plainScatter reports whether a node has the form that ScatterSum, ScatterMax and ScatterMin
// build: indices address the first axes and lie along their own last axis, and whole rows are
// written.
func plainScatter(node *Node) bool {
	indices, updates := node.Inputs()[1], node.Inputs()[2]
	p := parametersOf(node)
	indexed, batch := indices.Shape().Dim(-1), indices.Rank()-1
	return p.int("indexVectorAxis") == batch &&
		slices.Equal(p.ints("scatterAxesToOperandAxes"), iota(0, indexed)) &&
		slices.Equal(p.ints("insertedWindowAxes"), iota(0, indexed)) &&
		slices.Equal(p.ints("updateWindowAxes"), iota(batch, updates.Rank()-batch)) &&
		slices.Equal(updates.Shape().Dimensions[batch:], node.Shape().Dimensions[indexed:])
}
