package onnx

import (
	"fmt"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// shapesLike returns a shape of x's type.
func shapesLike(x *Node, dims ...int) shapes.Shape { return shapes.Make(x.DType(), dims...) }

// expandedTogether broadcasts two tensors to a common shape.
func expandedTogether(x, y *Node) (*Node, *Node) {
	dims, ok := broadcastDims(x.Shape().Dimensions, y.Shape().Dimensions)
	if !ok {
		panic(fmt.Errorf("shapes %v and %v cannot be broadcast to one", x.Shape().Dimensions, y.Shape().Dimensions))
	}
	return widened(x, dims), widened(y, dims)
}

// widened broadcasts x to dimensions.
func widened(x *Node, dims []int) *Node {
	return BroadcastToDims(ExpandLeftToRank(x, len(dims)), dims...)
}

func unknownType(number int) error {
	return fmt.Errorf("the type number %d of ONNX is not supported", number)
}
