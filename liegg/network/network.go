// Package network trains networks with GoMLX and asks them for the rows of their
// polarization matrix.
//
// Any GoMLX function of a batch is a Network: an MLP or a CNN that Train fitted, a model
// of one's own with its Store, an exact function without variables. Analyze
// streams data through it and returns the spectrum of its Lie-algebra generators.
//
// Derivatives are GoMLX's, with rules of our own in the place of those that are wrong in
// v0.28.2. Where a function has none, PyTorch's conventions hold: the gradient of a norm,
// of a distance and of √ is 0 where they are 0; that of |x| is 0 at 0, as is that of
// relu; equal entries share that of a maximum. What is rounded to integers has no
// gradient: this is an error, unless StopGradient says that 0 is meant.
package network

import (
	"fmt"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
)

// Forward is the graph of a network: it takes a batch x of shape [batch, input…]
// to [batch, output…]. Samples of a batch must not see each other.
type Forward func(scope *model.Scope, x *Node) *Node

// Network is a function of a batch of inputs with what is needed to run it.
type Network struct {
	// Forward is its graph.
	Forward Forward
	// Store holds its variables, if any.
	Store *model.Store
	// Backend runs it; nil stands for Backend().
	Backend compute.Backend
	// History is how its training went, where Train made it.
	History History

	model    Model        // what Train fitted; nil for models of one's own
	input    shapes.Shape // of one input of it
	compiled compiled
}

// Exact is a Network without variables: an exact function, in graph code.
func Exact(f func(x *Node) *Node) *Network {
	return &Network{Store: model.NewStore(), Forward: func(_ *model.Scope, x *Node) *Node { return f(x) }}
}

// backend is the network's own backend, or the default one.
func (n *Network) backend() (compute.Backend, error) {
	if n.Backend != nil {
		return n.Backend, nil
	}
	return Backend()
}

// outputs builds y = f(x) as [batch, m]. A sample's outputs of any shape are laid
// in one row; an output [batch] counts as [batch, 1].
func (n *Network) outputs(scope *model.Scope, x *Node) *Node {
	defer panicWithError()
	scope.Store().SetTraining(x.Graph(), false)
	y := n.Forward(scope.Store().RootScope(), x) // a fresh scope: a graph may hold the network twice
	if y == nil {
		panic(fmt.Errorf("network: Forward returned nil"))
	}
	batch := x.Shape().Dim(0)
	if y.Rank() == 0 || y.Shape().Dim(0) != batch {
		panic(fmt.Errorf("network: Forward took %s to %s, but an output needs the batch as its first axis", x.Shape(), y.Shape()))
	}
	return Reshape(y, batch, y.Shape().Size()/batch)
}

// Predict returns f(x) as [N, m], for x of shape [N, input…] in float32 or
// float64. Outputs may be NaN or infinite. It returns an error for networks whose
// samples see each other, as through batch normalisation in training mode: what they
// give for a sample depends on how the others are cut into batches.
func (n *Network) Predict(x *tensors.Tensor) (y *tensors.Tensor, err error) {
	defer caught(&err)
	backend, err := n.backend()
	if err != nil {
		return nil, err
	}
	exec, err := model.NewExec(backend, n.Store, n.outputs)
	if err != nil {
		return nil, fmt.Errorf("network: the model does not build: %w", err)
	}
	defer exec.Finalize()
	var rows concatenation
	alone := n.model != nil // an MLP or a CNN
	for chunk, err := range fitting(Tensor(x), backend, roomOn(backend).forInputs) {
		if err != nil {
			return nil, err
		}
		out, err := exec.Call(chunk.x)
		if err != nil {
			return nil, fmt.Errorf("network: running the model failed: %w", err)
		}
		if !alone {
			if err := outputsAlone(exec, chunk, out[0]); err != nil {
				return nil, err
			}
			alone = true
		}
		if err := rows.add(out[0], chunk.count); err != nil {
			return nil, err
		}
		finalize(chunk.x, out[0])
	}
	return rows.tensor()
}

// mustBeUsable panics with the name of the argument that cannot be used.
func mustBeUsable(n *Network, a action.Action, inputs Inputs, s Settings) {
	if n == nil || n.Forward == nil || n.Store == nil {
		panic("network: n must be a network with a Forward function and a Store")
	}
	if a == nil {
		panic("network: the action a is nil")
	}
	if inputs == nil {
		panic("network: inputs is nil: make a stream with Tensor or Dataset")
	}
	if s.Batch < 0 {
		panic(fmt.Sprintf("network: Settings.Batch must not be negative, got %d", s.Batch))
	}
	if s.Smallest < 0 {
		panic(fmt.Sprintf("network: Settings.Smallest must not be negative, got %d", s.Smallest))
	}
	if !(s.Noise >= 0 && s.Noise <= 1) {
		panic(fmt.Sprintf("network: Settings.Noise is a share of the targets' variance, from 0 to 1, got %g", s.Noise))
	}
}

// panicWithError makes a model's panic of any kind one with an error: GoMLX takes
// those back in order, and keeps a lock for ever at others.
func panicWithError() {
	if r := recover(); r != nil {
		if err, ok := r.(error); ok {
			panic(err)
		}
		panic(fmt.Errorf("%v", r))
	}
}

// graphError is an error of graph code in the words of the code alone.
type graphError struct {
	text string
	err  error
}

func (e *graphError) Error() string { return e.text }
func (e *graphError) Unwrap() error { return e.err }

// cause leaves out of an error's text what GoMLX puts before the words of graph
// code that panicked: the names of its own executors.
func cause(err error) error {
	const before = "panicked: "
	text := err.Error()
	if i := strings.LastIndex(text, before); i >= 0 {
		text = text[i+len(before):]
	}
	return &graphError{strings.TrimPrefix(text, "network: "), err}
}

// caught turns a panic of graph code into the function's error.
func caught(err *error) {
	switch r := recover().(type) {
	case nil:
	case error:
		*err = fmt.Errorf("network: the model's graph cannot be built: %w", r)
	default:
		*err = fmt.Errorf("network: the model's graph cannot be built: %v", r)
	}
}
