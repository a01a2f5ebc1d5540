package network

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/vjp"
)

// exactEnergy is the number of activations up to which ‖J‖²_F is taken exactly,
// by pulling each of them back, and not from probes.
const exactEnergy = 16

// layerProbes is the number of probes of a layer; one layer's defect is measured
// beside another's, by estimates that are each their own.
const layerProbes = 4

// layerScan is the compiled program that asks all layers at once, and what it has
// summed so far.
type layerScan struct {
	exec    *model.Exec
	network *Network
	head    Head
	action  action.Action
	block   int // samples in a block of evidence
	rule    liegg.Rule
	push    pushing
	chunks  int64
	sums    []*layerSums
}

func newLayerScan(n *Network, a action.Action, first chunk, block int, s Settings) (l *layerScan, err error) {
	defer caught(&err)
	if err := a.Check(first.x.Shape().Dimensions[1:]); err != nil {
		return nil, err
	}
	backend, err := n.backend()
	if err != nil {
		return nil, err
	}
	l = &layerScan{network: n, head: s.Head, action: a, block: block, rule: s.Rule}
	if l.head == nil {
		l.head = Outputs
	}
	e := extraction{network: n, head: l.head}
	if _, err := e.probe(backend, first); err != nil {
		return nil, err
	}
	return l, l.compile(backend, first)
}

// compile takes the first way of pushing tangents that the model can be compiled
// with.
func (l *layerScan) compile(backend compute.Backend, first chunk) (err error) {
	random, err := RNGStateFromSeed(0)
	if err != nil {
		return err
	}
	defer finalize(random)
	for _, l.push = range pushings {
		l.finalize()
		var store *model.Store
		if store, err = l.push.store(l.network); err != nil {
			return err
		}
		if l.exec, err = model.NewExec(backend, store, l.graph); err != nil {
			continue
		}
		if _, err = l.exec.Compile(first.x.Shape(), shapes.Make(dtypes.Int32), random.Shape()); err == nil {
			return nil
		}
	}
	return fmt.Errorf("network: pushing tangents through the layers failed, exactly and by differences: %w", cause(err))
}

func (l *layerScan) finalize() {
	if l != nil && l.exec != nil {
		l.exec.Finalize()
		l.exec = nil
	}
}

// graph is the program: a chunk x, the number of its real samples and the state of
// a random generator to what layerSums.nodes builds for each layer.
func (l *layerScan) graph(scope *model.Scope, x, count, random *Node) (nodes []*Node) {
	if l.push.double {
		x = ConvertDType(x, dtypes.Float64)
	}
	layers := l.layers(scope, x)
	l.sums = make([]*layerSums, len(layers))
	pushed := l.pushed(scope, x, layers)
	for i, layer := range layers {
		l.sums[i] = newLayerSums(layer, l.action.Dim(), l.block)
		var gradients []*Node
		gradients, random = probed(x, layer.h, random)
		j := newJacobian(l.action, pushed[i], gradients, l.sums[i].width > exactEnergy).masked(count)
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
			gradients = append(gradients, vjp.Gradients(ReduceAllSum(Mul(h, Reshape(axis, 1, m))), x)[0])
		}
		return gradients, random
	}
	for range layerProbes {
		var uniform *Node
		random, uniform = RandomUniform(random, shapes.Make(dtypes.Float32, h.Shape().Dimensions...))
		z := Where(LessThan(uniform, Const(x.Graph(), float32(.5))), OnesLike(h), Neg(OnesLike(h)))
		gradients = append(gradients, vjp.Gradients(ReduceAllSum(Mul(h, z)), x)[0])
	}
	return gradients, random
}

// layers builds the network and returns its layers as [batch, m], the output last.
// A graph may hold the network several times: layers are those of this time.
func (l *layerScan) layers(scope *model.Scope, x *Node) []layer {
	before := len(namedLayers(x.Graph()))
	y := l.head(differentiable(l.network.outputs(scope, x)))
	layers := append(namedLayers(x.Graph())[before:], layer{"output", y})
	batch := x.Shape().Dim(0)
	for i, named := range layers {
		if named.h.Rank() == 0 || named.h.Shape().Dim(0) != batch {
			panic(fmt.Errorf("layer %q has the shape %s, but a layer needs the batch as its first axis", named.name, named.h.Shape()))
		}
		if !named.h.DType().IsFloat() {
			panic(fmt.Errorf("layer %q is of type %s, which has no gradient", named.name, named.h.DType()))
		}
		layers[i].h = differentiable(Reshape(named.h, batch, named.h.Shape().Size()/batch))
	}
	return layers
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
		return fmt.Errorf("network: pushing tangents through the layers failed: %w", cause(err))
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
	for i, sum := range l.sums {
		err := sum.census.err(l.network, func(scope *model.Scope, inputs []*Node) []*Node {
			h := l.layers(scope, inputs[0])[i].h
			return []*Node{h, Gradient(ReduceAllSum(h), inputs[0])[0]}
		})
		if err != nil {
			return nil, fmt.Errorf("network: layer %q: %w", sum.name, err)
		}
		layer, err := sum.profile(l.action, l.rule)
		if err != nil {
			return nil, fmt.Errorf("network: layer %q: %w", sum.name, err)
		}
		layer.Step = l.push.step
		p = append(p, layer)
	}
	return p, nil
}
