// Package network runs networks with GoMLX and computes the rows of their polarization
// matrix. Package training fits them.
//
// Any GoMLX function of a batch is a Network: an MLP or a CNN, a model of one's own with its
// Store, or an exact function without variables. Analyze streams data through it and returns
// the spectrum of its Lie-algebra generators.
//
// Derivatives are GoMLX's, with our own rules in place of those that are wrong in v0.28.2.
// Where a function has no derivative, PyTorch's conventions hold: the gradient of a norm, a
// distance or √ is 0 where they are 0; the gradient of |x| and of relu is 0 at 0; equal
// entries share the gradient of a maximum. Rounding to integers has no gradient. It is an
// error, unless StopGradient says that the gradient should be 0.
package network

import (
	"fmt"
	"iter"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/internal/devicefault"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/sheet"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/checks"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/extraction"
	"github.com/liegg/lab/liegg/network/internal/function"
	"github.com/liegg/lab/liegg/network/internal/independence"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Forward is the graph of a network. It maps a batch x of shape [batch, input…] to [batch,
// output…]. The samples of a batch must not affect each other.
type Forward func(scope *model.Scope, x *Node) *Node

// Network is a function of a batch of inputs, together with all that is needed to run it.
type Network struct {
	// Forward is its graph. Do not change it after the first use of the network, since
	// compiled programs are reused. Make another Network instead.
	Forward Forward
	// Store holds its variables, if any.
	Store *model.Store
	// Backend runs it; nil means Backend().
	Backend compute.Backend
	// History holds the records of its training, if package training fitted it.
	History History

	model    Model        // nil for models of one's own
	input    shapes.Shape // of one input of the model
	packing  *Packing     // of several inputs; nil for one
	given    bool         // only its gradients at some samples are known; see Given
	times    int          // see Repeated; 0 means 1
	compiled extraction.Programs
	checks   checks.Programs
	programs keptPrograms
}

// New makes a network of an MLP or a CNN for inputs of the given shape, in float32 or
// float64. It draws the weights from the seed, with the same bits on every backend. It panics
// if the model's fields cannot make a network, and returns an error if the model does not
// accept such inputs.
func New(m Model, input shapes.Shape, seed uint64) (*Network, error) {
	m.Check()
	if t := input.DType; t != dtypes.Float32 && t != dtypes.Float64 {
		return nil, fmt.Errorf("network: %v takes inputs of type float32 or float64, not %s: convert them", m, t)
	}
	store, err := m.initial(input, seed)
	if err != nil {
		return nil, err
	}
	return &Network{Forward: m.Forward, Store: store, model: m, input: input}, nil
}

// Model returns the MLP or the CNN that the network was made of by New or Load. It returns
// nil for models of one's own.
func (n *Network) Model() Model { return n.model }

// Exact returns a Network without variables: an exact function, in graph code.
func Exact(f func(x *Node) *Node) *Network {
	return &Network{Store: model.NewStore(), Forward: func(_ *model.Scope, x *Node) *Node { return f(x) }}
}

// function returns the parts of the network that are needed to run it.
func (n *Network) function() function.Batched {
	return function.Batched{Forward: n.Forward, Store: n.Store, Backend: n.Backend, Times: n.Times()}
}

// source returns the network as rows and sums are computed from it.
func (n *Network) source() extraction.Network {
	return extraction.Network{Batched: n.function(), Alone: n.model != nil, Given: n.given, Programs: &n.compiled}
}

// checked returns the network as verdicts on it are checked.
func (n *Network) checked() checks.Network {
	return checks.Network{Network: n.source(), Last: &n.checks}
}

// backend returns the network's own backend, or the default one.
func (n *Network) backend() (compute.Backend, error) { return n.function().On() }

// limits returns the limits of the network's backend.
func (n *Network) limits() device.Limits { return n.function().Limits() }

// outputs builds y = f(x) as [batch, m].
func (n *Network) outputs(scope *model.Scope, x *Node) *Node { return n.function().Outputs(scope, x) }

// chunks cuts a stream for the network and k candidates. A size of 0 chooses one that fits
// them.
func (n *Network) chunks(inputs Inputs, size, k int) iter.Seq2[chunk, error] {
	return n.function().Chunks(inputs, size, k)
}

// Predict returns f(x) as [N, m], for x of shape [N, input…] in float32 or float64. Outputs
// may be NaN or infinite. It returns an error for networks whose samples affect each other,
// as through batch normalisation in training mode: their result for a sample depends on how
// the samples are cut into batches.
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
	var rows stream.Joined
	alone := n.model != nil // an MLP or a CNN
	for chunk, err := range stream.CutToFit(Tensor(x), backend, n.limits().ForInputs) {
		if err != nil {
			return nil, err
		}
		out, err := exec.Call(chunk.X)
		if err != nil {
			return nil, devicefault.Explained(fmt.Errorf("network: running the model failed: %w", err))
		}
		if !alone {
			if err := independence.OfOutputs(exec, chunk, out[0]); err != nil {
				return nil, err
			}
			alone = true
		}
		if err := rows.Add(out[0], chunk.Count); err != nil {
			return nil, err
		}
		finalize(chunk.X, out[0])
	}
	return rows.Tensor()
}

// Layer names x [batch, …] as an intermediate representation of the network whose graph is
// being built, for profile.Layers, and returns it unchanged:
//
//	h = network.Layer(activation.Apply(act, h), "hidden 1")
//
// If the graph already has a layer of that name, for instance because it holds the network
// twice, the name gets a number. MLP and CNN name the output of each block, after its
// activation: the input of the next block. The next block begins with a linear map.
func Layer(x *Node, name string) *Node { return function.NameLayer(x, name) }

// Short names for functions that handle GoMLX's tensors and panics.
var (
	caught         = graphpanic.Catch
	panicWithError = graphpanic.WithError
	panicCause     = graphpanic.Cause
	finalize       = tensor.Finalize
	allFinite      = tensor.AllFinite
	finiteSamples  = tensor.FiniteSamples
)

// String describes the network and how its training went: "network 10-64×3-1: 9 089 numbers
// in 8 variables; step 4000: loss 0.0012".
func (n *Network) String() string {
	if n == nil {
		return "no network"
	}
	text := "network of one's own"
	if n.Times() > 1 {
		text += fmt.Sprintf(", %d passes for each input", n.Times())
	}
	if n.model != nil {
		text = fmt.Sprintf("network %d-%v", n.input.Size(), n.model)
	}
	variables, numbers := 0, 0
	if n.Store != nil {
		for v := range n.Store.IterVariables() {
			variables++
			numbers += v.Shape().Size()
		}
	}
	if variables == 0 {
		return text + ": an exact function, without variables"
	}
	text += fmt.Sprintf(": %s in %s", spelling.Count(numbers, "number"), spelling.Count(variables, "variable"))
	if len(n.History) > 0 {
		text += "; " + n.History[len(n.History)-1].String()
	}
	return text
}

// HTML returns the network as HTML, for plotting.Show: what String says, its variables, and its
// training. draw makes the HTML of a picture; it may be nil.
func (n *Network) HTML(draw sheet.Draw) string {
	s := sheet.New(draw, n.String())
	if n == nil {
		return s.HTML()
	}
	var rows [][]string
	if n.Store != nil {
		for v := range n.Store.IterVariables() {
			rows = append(rows, []string{v.Path(), fmt.Sprint(v.Shape().Dimensions), v.Shape().DType.String(), fmt.Sprint(v.Shape().Size())})
		}
	}
	if len(rows) > 0 {
		s.Table("variables", []string{"name", "shape", "type", "numbers"}, rows)
	}
	if len(n.History) > 0 {
		s.Include("Training", n.History.HTML)
	}
	return s.HTML()
}
