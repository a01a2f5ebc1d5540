// Package nodes holds pieces of GoMLX graph code that several packages need.
package nodes

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// Flat returns x [batch, input…] as [batch, size of an input].
func Flat(x *Node) *Node {
	batch := x.Shape().Dim(0)
	return Reshape(x, batch, x.Shape().Size()/batch)
}

// Plus returns sum + term. A nil sum is zero.
func Plus(sum, term *Node) *Node {
	if sum == nil {
		return term
	}
	return Add(sum, term)
}

// ZerosAlong returns zeros in the shape of n, but of the given size along an axis. It returns nil for a
// size of 0.
func ZerosAlong(n *Node, axis, size int) *Node {
	if size == 0 {
		return nil
	}
	dimensions := append([]int{}, n.Shape().Dimensions...)
	dimensions[axis] = size
	return BroadcastToDims(ConvertDType(Const(n.Graph(), 0.), n.DType()), dimensions...)
}

// Between pads n with zeros along an axis to the given size, such that n begins at the index before.
func Between(n *Node, axis, before, size int) *Node {
	parts := []*Node{ZerosAlong(n, axis, before), n, ZerosAlong(n, axis, size-before-n.Shape().Dim(axis))}
	var some []*Node
	for _, p := range parts {
		if p != nil {
			some = append(some, p)
		}
	}
	return Concatenate(some, axis)
}

// BlockDiagonal returns diag(m₁, m₂, …) of square nodes.
func BlockDiagonal(matrices []*Node) *Node {
	size := 0
	for _, m := range matrices {
		size += m.Shape().Dim(0)
	}
	rows, before := make([]*Node, len(matrices)), 0
	for i, m := range matrices {
		rows[i] = Between(m, 1, before, size)
		before += m.Shape().Dim(0)
	}
	return Concatenate(rows, 0)
}
