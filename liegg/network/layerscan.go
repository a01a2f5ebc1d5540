package network

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
)

// exactEnergy is the number of activations up to which ‖J‖²_F is taken exactly,
// by pulling each of them back, and not from probes.
const exactEnergy = 16

// layerScan is the compiled program that asks all layers at once, and what it has
// summed so far.
type layerScan struct {
	exec    *model.Exec
	network *Network
	head    Head
	action  action.Action
	chunks  int64
	sums    []*layerSums
}

func newLayerScan(n *Network, a action.Action, first chunk, s Settings) (l *layerScan, err error) {
	defer caught(&err)
	if err := a.Check(first.x.Shape().Dimensions[1:]); err != nil {
		return nil, err
	}
	backend, err := n.backend()
	if err != nil {
		return nil, err
	}
	l = &layerScan{network: n, head: s.Head, action: a}
	if l.head == nil {
		l.head = Outputs
	}
	e := extraction{network: n, head: l.head}
	if _, err := e.probe(backend, first); err != nil {
		return nil, err
	}
	l.exec, err = model.NewExec(backend, n.Store, l.graph)
	return l, err
}

func (l *layerScan) finalize() {
	if l != nil && l.exec != nil {
		l.exec.Finalize()
	}
}

// graph is the program: a chunk x, the number of its real samples and the state of
// a random generator to what layerSums.nodes builds for each layer.
func (l *layerScan) graph(scope *model.Scope, x, count, random *Node) (nodes []*Node) {
	layers := l.layers(scope, x)
	l.sums = make([]*layerSums, len(layers))
	pushed := pushedThrough(x, layers, l.action)
	for i, layer := range layers {
		l.sums[i] = newLayerSums(layer, l.action.Dim())
		var gradients []*Node
		gradients, random = probed(x, layer.h, random)
		share := 1.
		if l.sums[i].width > exactEnergy {
			share = 1 / float64(len(gradients))
		}
		j := newJacobian(l.action, pushed[i], gradients, share).masked(count)
		nodes = append(nodes, l.sums[i].nodes(l.action, x, layer.h, j, count)...)
	}
	return nodes
}

// probed returns gradients of h [batch, m] of which the sum of squares is ‖J‖²_F:
// of each activation, or, where there are many, of random ±1 combinations, of
// which it is the mean.
func probed(x, h, random *Node) (gradients []*Node, next *Node) {
	m := h.Shape().Dim(1)
	if m <= exactEnergy {
		for k := range m {
			axis := OneHot(Const(x.Graph(), int32(k)), m, h.DType())
			gradients = append(gradients, Gradient(ReduceAllSum(Mul(h, Reshape(axis, 1, m))), x)[0])
		}
		return gradients, random
	}
	for range probes {
		var uniform *Node
		random, uniform = RandomUniform(random, shapes.Make(dtypes.Float32, h.Shape().Dimensions...))
		z := Where(LessThan(uniform, Const(x.Graph(), float32(.5))), OnesLike(h), Neg(OnesLike(h)))
		gradients = append(gradients, Gradient(ReduceAllSum(Mul(h, z)), x)[0])
	}
	return gradients, random
}

// layers builds the network and returns its layers as [batch, m], the output last.
func (l *layerScan) layers(scope *model.Scope, x *Node) []layer {
	y := l.head(l.network.outputs(scope, x))
	layers := append(namedLayers(x.Graph()), layer{"output", y})
	batch := x.Shape().Dim(0)
	for i, named := range layers {
		if named.h.Rank() == 0 || named.h.Shape().Dim(0) != batch {
			panic(fmt.Errorf("layer %q has the shape %s, but a layer needs the batch as its first axis", named.name, named.h.Shape()))
		}
		layers[i].h = Reshape(named.h, batch, named.h.Shape().Size()/batch)
	}
	return layers
}

// pushedThrough returns J·(A_k·x) of each layer as [batch, m, K]. One pass per
// generator serves all layers: Σ_l J_lᵀu_l is linear in all u_l, and its reverse
// derivative in them is J_l for each.
func pushedThrough(x *Node, layers []layer, a action.Action) []*Node {
	us := make([]*Node, len(layers))
	var paired *Node
	for i, layer := range layers {
		us[i] = ZerosLike(layer.h)
		paired = plus(paired, ConvertDType(ReduceAllSum(Mul(layer.h, us[i])), x.DType()))
	}
	pulled := Gradient(paired, x)[0]
	columns := make([][]*Node, len(layers))
	tangents := a.Tangents(x)
	for k := range a.Dim() {
		v := Reshape(Slice(tangents, AxisRange(), AxisElem(k)), x.Shape().Dimensions...)
		for i, moved := range Gradient(ReduceAllSum(Mul(pulled, v)), us...) {
			columns[i] = append(columns[i], moved)
		}
	}
	pushed := make([]*Node, len(layers))
	for i, c := range columns {
		pushed[i] = Stack(c, 2)
	}
	return pushed
}

// add runs a chunk and adds what it says to the sums.
func (l *layerScan) add(c chunk) (err error) {
	defer caught(&err)
	defer finalize(c.x)
	random, err := RNGStateFromSeed(l.chunks) // the same probes each time
	if err != nil {
		return err
	}
	defer finalize(random)
	l.chunks++
	results, err := l.exec.Call(c.x, int32(c.count), random)
	if err != nil {
		return fmt.Errorf("network: pushing tangents through the layers failed: "+
			"GoMLX differentiates convolutions twice only if they are made by graph.Convolve without strides, and neither windows of a maximum nor slices: %w", err)
	}
	defer finalize(results...)
	for _, sum := range l.sums {
		if results, err = sum.take(c, results); err != nil {
			return fmt.Errorf("network: layer %q: %w", sum.name, err)
		}
	}
	return nil
}

// profile takes the spectra.
func (l *layerScan) profile() (p Profile, err error) {
	for _, sum := range l.sums {
		layer, err := sum.profile(l.action)
		if err != nil {
			return nil, fmt.Errorf("network: layer %q: %w", sum.name, err)
		}
		p = append(p, layer)
	}
	return p, nil
}
