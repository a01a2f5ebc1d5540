// Package onnx makes a network.Network of an ONNX file, such as PyTorch exports,
// so that everything here works on networks that were trained elsewhere.
//
//	net, err := onnx.Load("net.onnx", onnx.Settings{})
//	verdict, err := network.Judge(net, action.Linear(5, 2), inputs, network.Settings{})
//
// Export with an open batch axis and in evaluation mode, in PyTorch with
//
//	torch.onnx.export(net.eval(), x, "net.onnx", input_names=["input"], dynamic_axes={"input": {0: "batch"}})
//
// The operators are converted by github.com/gomlx/onnx-gomlx. Those that it does not
// know, or takes for others, are written by those it knows, or refused with a
// *NodeError. What an operator means depends on its domain, on the operator set that the
// file declares, on its attributes and on how many outputs it has. Each node is held
// against ONNX's own description of the operators, up to operator set 28 (schemas.txt).
// Old forms, such as pads and axes as attributes, or broadcasting from an axis, are
// written in today's; what cannot be is refused by name: operators of other domains,
// functions of the file's own, attributes and outputs that are not read, and batch
// normalisation or dropout in training. So are models in which the output for a sample
// depends on the other samples of its batch.
//
// Of the tests of operators that the onnx package generates (testdata/nodes.py), all are
// right or refused. What PyTorch exports of its layers was compared with PyTorch's own
// outputs and gradients, operator by operator (testdata/operators.py):
//
//   - Linear, Conv, the norms of batch, layer, group, instance and root mean square,
//     attention, LSTM, pools, padding, upsampling, all common activations, softmax,
//     shapes, arithmetic, sums, norms and einsum of two are read right.
//   - GRU, ConvTranspose, PixelShuffle, pools with ceil_mode or dilation, Conv with
//     strides and dilations at once, flip, arc functions, det, and einsum of three are
//     refused: they cannot be converted.
//   - sort, topk, argmax, floor, round, remainder and prod are refused: they cannot
//     be differentiated.
//
// The output may depend on the input through an operator only if a test compared its
// gradients with finite differences, in random configurations. Where a function has no
// derivative, as a norm at 0, PyTorch's convention holds; package network has the list.
//
// This package stands apart from package network so that a notebook links it only
// where it is used.
package onnx

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/bounded"
	"github.com/liegg/lab/liegg/network"
)

// Settings says what is asked of an ONNX file. The zero value serves a file with
// one input and one output, whose axes are fixed but for the batch.
type Settings struct {
	// Input is the name of the input that the network is a function of; it may be
	// empty where the file has one, or where Fixed holds the others.
	Input string
	// Output is the name of the output; it may be empty where the file has one. Any
	// other tensor of the graph serves too, such as the output of a hidden layer.
	Output string
	// Shape is that of one sample of the input, without the batch: it is needed where
	// the file leaves axes open besides the batch.
	Shape []int
	// Fixed are the values of the other inputs by name. Where such an input has an
	// open batch axis, the value is that of one sample, without it, and is given to
	// all samples.
	Fixed map[string]*tensors.Tensor
	// Budget is how many bytes the file may have, with the weights beside it that are
	// read. 0 stands for 1 GiB, or for what the environment variable LIEGG_FILE_BUDGET
	// says in bytes or as in 8GiB.
	Budget int64
}

// ErrBudget is wrapped by the errors of files that are larger than their budget; they
// tell the size.
var ErrBudget = bounded.ErrBudget

// ErrMalformed is wrapped by the errors of files that are no ONNX, that are
// truncated or corrupt, or that claim more than they hold.
var ErrMalformed = errors.New("not a whole ONNX file")

// NodeError tells which operator of the file cannot be used.
type NodeError struct {
	Node, Op string // the node's name, or its output's where it has none, and its operator, such as "TopK"
	Step     string // what failed: "converted" or "differentiated"
	Err      error
}

// Error names the node and says what to do.
func (e *NodeError) Error() string {
	return fmt.Sprintf("the operator %s (node %q) cannot be %s; replace it in the model by operators that can and export again, "+
		"or take a tensor before it with Settings.Output: %v", e.Op, e.Node, e.Step, e.Err)
}

// Unwrap is the error of GoMLX.
func (e *NodeError) Unwrap() error { return e.Err }

// Load reads an ONNX file as a network from inputs [batch, input…] in float32 or
// float64 to outputs [batch, output…]. It computes in the type that the file
// declares, and rounds inputs to it. Weights that the file keeps in others are read
// from its own folder only.
//
// The model is converted and differentiated once, so that what GoMLX cannot do is told
// here. A model of up to 3000 operators is also run on a few random samples, to see that
// each stands alone. The errors are those of the file system, ErrMalformed, ErrBudget, a
// *NodeError, a batch axis that is fixed, samples that depend on each other, and names
// that the file does not have; all of them name the file.
func Load(path string, s Settings) (n *network.Network, err error) {
	defer func() {
		if err != nil {
			n, err = nil, fmt.Errorf("onnx: %s: %w", path, err)
		}
	}()
	defer recovered(&err)
	backend, err := network.Backend()
	if err != nil {
		return nil, err
	}
	f, err := read(path, s.Budget)
	if err != nil {
		return nil, err
	}
	return f.network(s, backend)
}

// network is a file as a network, once it was tried on a backend.
func (f *file) network(s Settings, backend compute.Backend) (*network.Network, error) {
	m, err := f.model(s)
	if err != nil {
		return nil, err
	}
	if err := m.try(backend); err != nil {
		return nil, err
	}
	if err := m.standAlone(backend); err != nil {
		return nil, err
	}
	return &network.Network{Forward: m.forward, Store: m.store}, nil
}

// recovered turns a panic, of graph code or of a file that breaks a promise of the
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
