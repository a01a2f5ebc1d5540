// Package onnx makes a network.Network from an ONNX file, such as PyTorch
// exports, so that the lab works on networks that were trained elsewhere.
//
//	net, err := onnx.Load("net.onnx", onnx.Settings{})
//	verdict, err := network.Judge(net, action.Linear(5, 2), inputs, network.Settings{})
//
// Tensors lists what is inside a file. Settings.Output takes the network up to
// one of its tensors, Settings.From what follows it, and profile.Layers looks
// at the ends of all blocks, or at those that Settings.Layers names.
//
// Export with an open batch axis and in evaluation mode, in PyTorch with
//
//	torch.onnx.export(net.eval(), x, "net.onnx", input_names=["input"], dynamic_axes={"input": {0: "batch"}})
//
// Operators are converted by graph code of internal/operators, and by
// github.com/gomlx/onnx-gomlx. Those that neither supports, or that would be
// misread, are expressed by others or refused with a *NodeError. The meaning
// of an operator depends on its domain, on the operator set that the file
// declares, on its attributes and on its number of outputs. Each node is
// checked against ONNX's own description of the operators, up to operator set
// 28 (internal/schema/schemas.txt). Old forms, such as pads and axes as attributes, or
// broadcasting from an axis, are rewritten in today's form. What cannot be
// rewritten is refused by name: operators of other domains, functions of the
// file's own, attributes and outputs that are not supported, and batch
// normalisation or dropout in training mode. Models in which the output for a
// sample depends on the other samples of its batch are refused, too.
//
// Of the operator tests that the onnx package generates (testdata/nodes.py),
// all are right or refused. PyTorch's exports of its operators give PyTorch's
// own outputs and gradients (testdata/operators.py): layers with weights,
// recurrent and transposed ones among them, pools, padding, resizing,
// sampling at points, scattering, einsum, Fourier transforms, arc functions,
// products and determinants.
//
// Functions that are constant between jumps have the derivative 0, as in
// PyTorch: floor, round, sign, argmax, the indices of topk, and casts to
// integers. ONNX does not say where PyTorch stopped gradients (detach,
// no_grad): here they flow.
//
// A model with several inputs that vary from sample to sample is loaded by
// Settings.Inputs:
//
//	net, err := onnx.Load("net.onnx", onnx.Settings{Inputs: []string{"positions", "species"}})
//	x, err := net.Packing().Pack(data) // tensors [N, …] by name
//	moves, err := net.Packing().Moving(network.Move{Action: action.Affine(3, 5), Inputs: []string{"positions"}})
//
// The output may depend on the input only through operators whose gradients
// were compared with finite differences in a test, in random configurations.
// If a function has no derivative, like a norm at 0, PyTorch's convention is
// used; package network has the list.
//
// This package is separate from package network so that a notebook links it
// only if it is used.
package onnx

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/bounded"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
)

// Settings selects the input and output of an ONNX file. The zero value
// serves for a file with one input and one output whose axes are fixed except
// for the batch.
type Settings struct {
	// Input is the name of the input that the network is a function of. It
	// may be empty if the file has only one, or if Fixed holds the others.
	Input string
	// Inputs are the names of the inputs if several vary from sample to
	// sample, such as positions, species and a mask, in any type: the network
	// is then one of packed samples, and its Packing says how to pack them.
	// Each needs an open batch axis. Input must be empty.
	Inputs []string
	// Output is the name of the output. It may be empty if the file has only
	// one. Any other tensor of the graph can be named too, such as the output
	// of a hidden layer.
	Output string
	// Outputs are the names of several outputs that the network gives in one
	// row, one after the other, such as an energy and forces. Give their
	// representations in the same order to action.Equivariant, by rep.Direct:
	// verdicts then bring each of the summands to one size. Output must be
	// empty.
	Outputs []string
	// Shape is the shape of one input sample, without the batch. It is needed
	// if the file leaves axes other than the batch open.
	Shape []int
	// Shapes is Shape for each of several Inputs by name.
	Shapes map[string][]int
	// Fixed holds the values of the other inputs by name. If such an input
	// has an open batch axis, the value is for one sample, without this axis,
	// and is used for all samples.
	Fixed map[string]*tensors.Tensor
	// From is the name of a tensor of the graph that becomes the input, so that
	// the network is what follows it: the head that reads an encoder's latent
	// space, for example. The tensor must be a cut, see Tensors: the output
	// must depend on the file's inputs through it alone. Input, Shape and Fixed
	// are about the inputs of the file. What is computed from their shapes, but
	// not from their numbers, is left as it is.
	From string
	// Layers are the names of tensors for profile.Layers to look at, in one
	// pass. nil stands for the ends of the network's blocks. A block begins
	// with an operator that combines entries, such as a product, a
	// convolution, a pool or a sum over an axis, and reaches to the last cut
	// before the next such operator: a tensor is a cut if the output depends
	// on the input through it alone. A residual block is one, a linear layer
	// with its activation, too. Connections that skip over levels, as in a
	// U-Net, do not count: its blocks end on the way through the levels. If
	// the file has several outputs and Output is
	// empty, the last of Layers is the output: so all outputs that are named
	// here are looked at in one pass.
	Layers []string
	// Budget is the size in bytes that the file may have, including the
	// external weights that are read. 0 means 1 GiB, or the value of the
	// environment variable LIEGG_FILE_BUDGET, in bytes or as in 8GiB.
	Budget int64
}

// ErrBudget is wrapped by errors of files that are larger than their budget.
// The errors give the size.
var ErrBudget = bounded.ErrBudget

// ErrMalformed is wrapped by errors of files that are not ONNX, that are
// truncated or corrupt, or that claim more than they hold.
var ErrMalformed = message.ErrMalformed

// NodeError says which operator of the file cannot be used.
type NodeError struct {
	Node, Op string // name of the node, or of its output if it has none, and its operator, such as "Unique"
	Step     string // the step that failed: "converted" or "differentiated"
	Err      error
}

// notConverted returns the error about a node that cannot be converted.
func notConverted(u *message.Unsupported) *NodeError {
	return &NodeError{u.Node, u.Op, "converted", u.Err}
}

// Error names the node and says what to do.
func (e *NodeError) Error() string {
	return fmt.Sprintf("the operator %s (node %q) cannot be %s; replace it in the model by operators that can and export again, "+
		"or take a tensor before it with Settings.Output: %v", e.Op, e.Node, e.Step, e.Err)
}

// Unwrap returns the error of GoMLX.
func (e *NodeError) Unwrap() error { return e.Err }

// Load reads an ONNX file as a network from inputs [batch, input…] in float32
// or float64 to outputs [batch, output…]. It computes in the type that the
// file declares, and rounds inputs to it. External weights are read only from
// the folder of the file.
//
// Load converts and differentiates the model once, to find out what GoMLX
// cannot do. It also runs small models on a few random samples, to check that
// each is treated separately; package network checks this of all models when
// it judges. It returns file system
// errors, ErrMalformed, ErrBudget, a *NodeError, and errors for a fixed batch
// axis, for samples that depend on each other, and for names that the file
// does not have. All of them name the file.
func Load(path string, s Settings) (n *network.Network, err error) {
	defer func() {
		if err != nil {
			n, err = nil, fmt.Errorf("onnx: %s: %w", path, err)
		}
	}()
	defer recovered(&err)
	w := watch(path)
	defer w.done()
	w.at("starting the backend")
	backend, err := network.Backend()
	if err != nil {
		return nil, err
	}
	w.at("reading the file")
	f, err := modelfile.Read(path, s.Budget)
	if err != nil {
		return nil, err
	}
	return networkOf(f, s, backend, w)
}

// networkOf returns a file as a network, after a trial on a backend. w may be
// nil.
func networkOf(f *modelfile.File, s Settings, backend compute.Backend, w *watched) (*network.Network, error) {
	var err error
	if s.From != "" {
		if s, err = startAt(f, s); err != nil {
			return nil, err
		}
	}
	w.at("converting the graph")
	m, err := modelOf(f, s)
	if err != nil {
		return nil, err
	}
	w.at("differentiating the graph")
	if err := m.try(backend); err != nil {
		return nil, err
	}
	if err := m.usable(backend); err != nil {
		return nil, err
	}
	w.at("running a few samples")
	if err := m.standAlone(backend); err != nil {
		return nil, err
	}
	if m.packing != nil {
		return m.packing.Network(m.store, m.packed), nil
	}
	return &network.Network{Forward: m.forward, Store: m.store}, nil
}

// recovered turns a panic, of graph code or about a file that violates the
// format, into the function's error.
func recovered(err *error) {
	switch r := recover().(type) {
	case nil:
	case error:
		*err = r
	default:
		*err = fmt.Errorf("%v", r)
	}
}
