package jax

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// call is a node that runs a program on a number of chunks of samples.
type call struct {
	network *jaxNetwork
	program
	weights []*Node
	still   []*Node // inputs without derivatives, each [chunks·chunk, …]
	x       *Node   // [chunks·chunk, input…]
	vector  *Node   // the factor of J; nil for values
}

// calls holds the nodes of a graph that run programs, and the functions that they call.
type calls struct {
	functions map[string]*Function // by name
	nodes     map[NodeId]call
	programs  map[string]bool // in the graph, by the prefix of their names
}

type callsKey struct{}

func callsOf(g *Graph) *calls {
	c, ok := g.State(callsKey{}).(*calls)
	if !ok {
		c = &calls{map[string]*Function{}, map[NodeId]call{}, map[string]bool{}}
		g.AttachState(callsKey{}, c)
	}
	return c
}

// node adds the call to the graph of x.
func (c call) node() *Node {
	g := c.x.Graph()
	known := callsOf(g)
	name := c.name()
	f := known.functions[name]
	if f == nil {
		f = c.declare(g, name)
		known.functions[name] = f
		known.define(g, c)
	}
	node := f.Call(c.inputs()...)[0]
	known.nodes[node.Id()] = c
	return node
}

func (c call) inputs() []*Node {
	inputs := slices.Concat(c.weights, c.still, []*Node{c.x})
	if c.vector != nil {
		inputs = append(inputs, c.vector)
	}
	return inputs
}

func (c call) chunks() int { return c.x.Shape().Dim(0) / c.chunk }

// name returns the name of the function. It contains a dot, for which calls write an
// underscore: see define.
func (c call) name() string {
	return fmt.Sprintf("%stimes.%d", c.network.prefix(c.program), c.chunks())
}

// of returns the shape of the call's result for a batch.
func (c call) of(batch int) shapes.Shape {
	if c.role == reverseMode {
		return c.network.Input.as(batch)
	}
	return c.network.Outputs[c.output].as(batch)
}

// declare makes a function with the call's parameters. It is never called. In case a later
// version of go-xla (see define) calls it, it returns NaN.
func (c call) declare(g *Graph, name string) *Function {
	return NewFunction(g, name, func(g *Graph) []*Node {
		for i, input := range c.inputs() {
			Parameter(g, fmt.Sprintf("p%d", i), input.Shape())
		}
		of := c.of(c.x.Shape().Dim(0))
		one := tensors.FromScalarAndDimensions(math.NaN(), slices.Repeat([]int{1}, of.Rank())...) // a Scalar would be cached for other functions
		return []*Node{BroadcastToShape(ConvertDType(Const(g, one), of.DType), of)}
	})
}
