package onnx

import (
	"encoding/binary"
	"fmt"
)

// maxNumbers is the largest size of one tensor in a graph, for a few samples: 1 GiB
// in float32.
const maxNumbers = 1 << 28

// sizeInput is where operators take the size of what they make, as constants.
var sizeInput = map[string]int{"ConstantOfShape": 0, "Expand": 1, "Tile": 1, "Range": 1}

// checkGrowth refuses constants that would make an operator's result huge: the
// conversion may compute it on the spot.
func checkGrowth(g message) error {
	constants := map[string]message{}
	for _, t := range g.children("initializer") {
		constants[t.text("name")] = t
	}
	return g.each("NodeProto", func(node message) error {
		op := node.text("op_type")
		for _, a := range node.children("attribute") {
			if op == "Constant" && a.has("t") && node.get("output").List().Len() > 0 {
				constants[node.texts("output")[0]] = a.child("t")
			}
		}
		at, ok := sizeInput[op]
		inputs := node.texts("input")
		if !ok || at >= len(inputs) || constants[inputs[at]].Message == nil {
			return nil
		}
		sizes := integers(constants[inputs[at]])
		if n, ok := product(sizes); !ok || n > maxNumbers {
			return fmt.Errorf("node %q (%s) makes a tensor of %v numbers; at most %d are allowed", nodeName(node), op, sizes, maxNumbers)
		}
		return nil
	})
}

// integers are the sizes in a tensor of int64, negative ones as 1: they stand for
// what is there already.
func integers(t message) (values []int) {
	raw := t.get("raw_data").Bytes()
	for ; len(raw) >= 8; raw = raw[8:] {
		values = append(values, max(1, int(binary.LittleEndian.Uint64(raw))))
	}
	list := t.get("int64_data").List()
	for i := range list.Len() {
		values = append(values, max(1, int(list.Get(i).Int())))
	}
	return values
}
