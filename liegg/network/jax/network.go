package jax

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/network"
)

// jaxNetwork is a file with chosen inputs and outputs.
type jaxNetwork struct {
	*file
	outputs   []int
	varying   []string         // inputs
	packing   *network.Packing // of the inputs that vary; nil for a single one
	constant  *network.Packing // of the other inputs; nil if there are none
	constants *tensors.Tensor  // their values, [1, numbers]
}

// forward builds the graph of a network of one input that varies, in the type of x.
func (n *jaxNetwork) forward(s *model.Scope, x *Node) *Node {
	of := n.fields(n.varying)[0].Shape
	if !slices.Equal(x.Shape().Dimensions[1:], of.Dimensions) {
		panic(fmt.Errorf("jax: samples of shape %v for a network that takes %v", x.Shape().Dimensions[1:], of.Dimensions))
	}
	return ConvertDType(n.graph(s, map[string]*Node{n.varying[0]: x}), x.DType())
}

// packed builds the graph of a network of packed samples.
func (n *jaxNetwork) packed(s *model.Scope, inputs map[string]*Node) *Node {
	return ConvertDType(n.graph(s, inputs), n.packing.Shape().DType)
}

// graph builds the graph of the network and of its layers.
func (n *jaxNetwork) graph(s *model.Scope, inputs map[string]*Node) *Node {
	g := inputs[n.varying[0]].Graph()
	if err := mustBeXLA(g.Backend()); err != nil {
		panic(err)
	}
	still, x := n.arguments(inputs)
	weights := n.variables(s, g)
	for i, o := range n.Outputs {
		if o.Kind == kindLayer && !slices.Contains(n.outputs, i) {
			network.Layer(n.values(i, weights, still, x), o.Name)
		}
	}
	if len(n.outputs) == 1 {
		return n.values(n.outputs[0], weights, still, x)
	}
	var rows []*Node
	for _, i := range n.outputs {
		rows = append(rows, ConvertDType(Reshape(n.values(i, weights, still, x), x.Shape().Dim(0), -1), x.DType()))
	}
	return Concatenate(rows, -1)
}

func (n *jaxNetwork) variables(s *model.Scope, g *Graph) []*Node {
	weights := make([]*Node, len(n.weights))
	for i := range weights {
		weights[i] = s.Store().RootScope().In(scope).GetVariable(fmt.Sprint(i)).NodeValue(g)
	}
	return weights
}

// values returns output i for a batch of any size, [batch, …].
func (n *jaxNetwork) values(i int, weights, still []*Node, x *Node) *Node {
	batch := x.Shape().Dim(0)
	chunk := n.fitting(batch)
	c := call{network: n, program: program{i, value, chunk}, weights: weights, x: filled(x, chunk)}
	for _, input := range still {
		c.still = append(c.still, filled(input, chunk))
	}
	y := c.node()
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
