package profile

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/function"
	"github.com/liegg/lab/liegg/network/internal/independence"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// layerScan is the compiled program that measures all layers at once, and its sums so far.
type layerScan struct {
	exec    *model.Exec
	network function.Batched
	head    network.Head
	action  action.Action
	block   int // samples in a block of evidence
	rule    liegg.Rule
	push    pushing
	chunks  int64
	sums    []*layerSums
}

func newLayerScan(n function.Batched, a action.Action, first stream.Chunk, block int, s network.Settings) (l *layerScan, err error) {
	defer graphpanic.Catch(&err)
	if err := a.Check(first.X.Shape().Dimensions[1:]); err != nil {
		return nil, err
	}
	backend, err := n.On()
	if err != nil {
		return nil, err
	}
	l = &layerScan{network: n, head: s.Head, action: a, block: block, rule: s.Rule}
	if _, err := independence.Probe(backend, n.Store, l.outputs, first); err != nil {
		return nil, err
	}
	return l, l.compile(backend, first)
}

// compile uses the first way of pushing tangents for which the model compiles.
func (l *layerScan) compile(backend compute.Backend, first stream.Chunk) (err error) {
	random, err := RNGStateFromSeed(0)
	if err != nil {
		return err
	}
	defer tensor.Finalize(random)
	for _, l.push = range pushings {
		l.finalize()
		var store *model.Store
		if store, err = l.push.store(l.network); err != nil {
			return err
		}
		if l.exec, err = model.NewExec(backend, store, l.graph); err != nil {
			continue
		}
		if _, err = l.exec.Compile(first.X.Shape(), shapes.Make(dtypes.Int32), random.Shape()); err == nil {
			return nil
		}
	}
	return fmt.Errorf("profile: pushing tangents through the layers failed, exactly and by differences: %w", graphpanic.Cause(err))
}

func (l *layerScan) finalize() {
	if l != nil && l.exec != nil {
		l.exec.Finalize()
		l.exec = nil
	}
}

// graph is the program. It maps a chunk x, the number of its real samples and the state of a
// random generator to the nodes of layerSums.nodes for each layer.
func (l *layerScan) graph(scope *model.Scope, x, count, random *Node) (nodes []*Node) {
	if l.push.double {
		x = ConvertDType(x, dtypes.Float64)
	}
	layers := l.layers(scope, x)
	l.sums = make([]*layerSums, len(layers))
	probes, random := l.probes(x, layers, random)
	pushed := l.pushed(scope, x, layers, slices.Concat(derivative.Velocities(l.action, x), probes))
	metrics := metricsOf(l.action, x, l.block)
	for i, layer := range layers {
		l.sums[i] = newLayerSums(layer, l.action.Dim(), l.block)
		rows, probed := parted(pushed[i], l.action.Dim())
		var energy *Node
		energy, random = l.energy(x, layer.H, probed, random)
		real := derivative.RealSamples(count, energy)
		rows, energy = derivative.BySample(rows, real), derivative.BySample(energy, real)
		nodes = append(nodes, l.sums[i].nodes(x, layer.H, rows, energy, count, metrics)...)
	}
	return nodes
}

// outputs builds the head of the network's outputs, [batch, rows].
func (l *layerScan) outputs(scope *model.Scope, x *Node) *Node {
	return l.head.Rows(function.Differentiable(l.network.Outputs(scope, x)))
}

// layers builds the network and returns its layers as [batch, m], the output last. If the
// graph already holds the network, only the layers of this call count.
func (l *layerScan) layers(scope *model.Scope, x *Node) []function.Layer {
	before := len(function.NamedLayers(x.Graph()))
	y := l.outputs(scope, x)
	layers := append(function.NamedLayers(x.Graph())[before:], function.Layer{Name: "output", H: y})
	batch := x.Shape().Dim(0)
	for i, named := range layers {
		if named.H.Rank() == 0 || named.H.Shape().Dim(0) != batch {
			panic(fmt.Errorf("layer %q has the shape %s, but a layer needs the batch as its first axis", named.Name, named.H.Shape()))
		}
		if !named.H.DType().IsFloat() {
			panic(fmt.Errorf("layer %q is of type %s, which has no gradient", named.Name, named.H.DType()))
		}
		layers[i].H = function.Differentiable(Reshape(named.H, batch, named.H.Shape().Size()/batch))
	}
	return layers
}

// perRow is how many numbers of all layers' tangents a batch may have, in rows of the
// device: 256 MB in float32 on a CPU.
const perRow = 16

// mostSamples is the size of batches, of inputs of a shape, in which the tangents of all layers
// fit the device, and are pushed together: else the program would hold the network once for
// each of them.
func mostSamples(n function.Batched, a action.Action, head network.Head, inputs shapes.Shape) (samples int, err error) {
	defer graphpanic.Catch(&err)
	backend, err := n.On()
	if err != nil {
		return 0, err
	}
	g := NewGraph(backend, "layers")
	defer g.Finalize()
	few := inputs.Clone()
	few.Dimensions[0] = 2
	l := &layerScan{network: n, head: head, action: a}
	numbers := 0
	for _, layer := range l.layers(n.Store.RootScope(), Parameter(g, "x", few)) {
		numbers += layer.H.Shape().Dim(1) * (a.Dim() + layerProbes)
	}
	fit := max(1, perRow*n.Limits().MaxRows/numbers)
	return min(fit, derivative.Batch(few.Size()/2, a.Dim()+layerProbes)), nil
}

// add runs a chunk and adds its results to the sums.
func (l *layerScan) add(c stream.Chunk) (err error) {
	defer graphpanic.Catch(&err)
	defer tensor.Finalize(c.X)
	random, err := RNGStateFromSeed(l.chunks) // the same probes in every run
	if err != nil {
		return err
	}
	defer tensor.Finalize(random)
	l.chunks++
	results, err := l.exec.Call(c.X, int32(c.Count), random)
	if err != nil {
		return fmt.Errorf("profile: pushing tangents through the layers failed: %w", graphpanic.Cause(err))
	}
	defer tensor.Finalize(results...)
	for _, sum := range l.sums {
		if results, err = sum.take(c, results); err != nil {
			return fmt.Errorf("profile: layer %q: %w", sum.name, err)
		}
	}
	return nil
}

// profile computes the spectra.
func (l *layerScan) profile() (p Profile, err error) {
	for i, sum := range l.sums {
		err := sum.census.Err(l.network, func(scope *model.Scope, inputs []*Node) []*Node {
			h := l.layers(scope, inputs[0])[i].H
			return []*Node{h, Gradient(ReduceAllSum(h), inputs[0])[0]}
		})
		if err != nil {
			return nil, fmt.Errorf("profile: layer %q: %w", sum.name, err)
		}
		layer, err := sum.profile(l.action, l.rule)
		if err != nil {
			return nil, fmt.Errorf("profile: layer %q: %w", sum.name, err)
		}
		layer.Step = l.push.step
		p = append(p, layer)
	}
	return p, nil
}
