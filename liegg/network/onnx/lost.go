package onnx

import (
	"fmt"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
)

// weighing lists the operators that multiply the input by weights.
var weighing = message.NameSet("Conv", "ConvTranspose", "Einsum", "GRU", "Gemm", "LSTM", "MatMul", "RNN")

// shapesAlone returns the tensors of a whole file of whose numbers no output makes use. Those that
// are kept count as outputs, too.
func shapesAlone(f *modelfile.File, kept ...string) map[string]bool {
	declared, _ := f.Outputs()
	used, alone := message.NameSet(append(declared, kept...)...), map[string]bool{}
	nodes := f.Graph.Children("node")
	for i := len(nodes) - 1; i >= 0; i-- {
		outputs := nodes[i].Texts("output")
		if !message.DependsOn(outputs, used) {
			for _, output := range outputs {
				alone[output] = true
			}
			continue
		}
		if op := nodes[i].Text("op_type"); op == "Shape" || op == "Size" {
			continue
		}
		for _, input := range message.Needs(nodes[i]) {
			used[input] = true
		}
	}
	return alone
}

// complete returns an error if weights act on the input, but the output depends only on the shape
// of what they give. PyTorch's older exporter drops assignments within scripted functions, such as
// those of e3nn's Gate, and leaves zeros in their place: the file is then another network.
func (m *converted) complete(f *modelfile.File, alone map[string]bool) error {
	return message.Follow(f.Graph.Children("node"), m.varies(nil), func(node message.Message) error {
		op := node.Text("op_type")
		if !weighing[op] || !message.DependsOn(node.Texts("output"), alone) {
			return nil
		}
		return fmt.Errorf("part of the network is missing from the file: weights act on the input in the operator %s (node %q), but its numbers are not used, only their shape. "+
			"PyTorch's older exporter loses assignments such as y[...] = ... and y.copy_(...) in scripted functions, like those of e3nn's Gate: export with dynamo=True", op, message.NodeName(node))
	})
}
