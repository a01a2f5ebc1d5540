package modelfile

import (
	"fmt"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// MaxNumbers is the largest number of elements of a tensor in a graph, for a
// few samples: 1 GiB in float32.
const MaxNumbers = 1 << 28

// sizeInput maps operators to the input that gives the size of their result.
var sizeInput = map[string]int{"ConstantOfShape": 0, "Expand": 1, "Tile": 1, "Range": 1}

// checkGrowth refuses constants that would make an operator's result huge,
// because the conversion may compute it immediately.
func checkGrowth(g message.Message) error {
	known := message.Constants(g)
	return g.Each("NodeProto", func(node message.Message) error {
		op := node.Text("op_type")
		at, ok := sizeInput[op]
		inputs := node.Texts("input")
		if !ok || at >= len(inputs) {
			return nil
		}
		sizes, ok := message.IntegersOf(known, inputs[at])
		if !ok {
			return nil
		}
		for i := range sizes {
			sizes[i] = max(1, sizes[i]) // a negative size keeps the existing one
		}
		if n, ok := message.Product(sizes); !ok || n > MaxNumbers {
			return fmt.Errorf("node %q (%s) makes a tensor of %v numbers; at most %d are allowed", message.NodeName(node), op, sizes, MaxNumbers)
		}
		return nil
	})
}
