package jax

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/network"
)

// jaxNetwork is a file with a chosen output.
type jaxNetwork struct {
	*file
	output int
}

// forward builds the graph of the network and of its layers, in the type of x.
func (n *jaxNetwork) forward(s *model.Scope, x *Node) *Node {
	if err := mustBeXLA(x.Graph().Backend()); err != nil {
		panic(err)
	}
	if !slices.Equal(x.Shape().Dimensions[1:], n.Input.Shape) {
		panic(fmt.Errorf("jax: samples of shape %v for a network that takes %v", x.Shape().Dimensions[1:], n.Input.Shape))
	}
	from := ConvertDType(x, types[n.Input.Type])
	weights := n.variables(s, x.Graph())
	for i, o := range n.Outputs {
		if o.Kind == kindLayer && i != n.output {
			network.Layer(n.values(i, weights, from), o.Name)
		}
	}
	return ConvertDType(n.values(n.output, weights, from), x.DType())
}

func (n *jaxNetwork) variables(s *model.Scope, g *Graph) []*Node {
	weights := make([]*Node, len(n.weights))
	for i := range weights {
		weights[i] = s.Store().RootScope().In(scope).GetVariable(fmt.Sprint(i)).NodeValue(g)
	}
	return weights
}

// values returns output i for a batch x of any size, [batch, …].
func (n *jaxNetwork) values(i int, weights []*Node, x *Node) *Node {
	batch := x.Shape().Dim(0)
	chunk := n.fitting(batch)
	y := call{network: n, program: program{i, value, chunk}, weights: weights, x: filled(x, chunk)}.node()
	return Slice(y, AxisRange(0, batch))
}

// fitting returns the size of chunks with the lowest cost for a batch. Measured on a
// 784-256-256-10 network, a chunk costs as much as 8 samples in addition to its own, and if
// there are several chunks, the values of f are computed again for each velocity.
func (n *jaxNetwork) fitting(batch int) int {
	cost := func(chunk int) int {
		chunks := chunksOf(batch, chunk)
		if chunks == 1 {
			return 2 * (chunk + 8)
		}
		return 3 * chunks * (chunk + 8)
	}
	return slices.MinFunc(n.Chunks, func(a, b int) int { return cost(a) - cost(b) })
}

// chunksOf returns the number of chunks that hold a batch.
func chunksOf(batch, chunk int) int { return (batch + chunk - 1) / chunk }

// filled repeats the first sample until the chunks are full.
func filled(x *Node, chunk int) *Node {
	batch := x.Shape().Dim(0)
	missing := chunksOf(batch, chunk)*chunk - batch
	if missing == 0 {
		return x
	}
	first := Slice(x, AxisElem(0))
	return Concatenate([]*Node{x, BroadcastToDims(first, append([]int{missing}, x.Shape().Dimensions[1:]...)...)}, 0)
}
