package onnx

import (
	"encoding/binary"
	"fmt"
)

// maxNumbers is the largest number of elements of a tensor in a graph, for a
// few samples: 1 GiB in float32.
const maxNumbers = 1 << 28

// sizeInput maps operators to the input that gives the size of their result.
var sizeInput = map[string]int{"ConstantOfShape": 0, "Expand": 1, "Tile": 1, "Range": 1}

// checkGrowth refuses constants that would make an operator's result huge,
// because the conversion may compute it immediately.
func checkGrowth(g message) error {
	known := constants(g)
	return g.each("NodeProto", func(node message) error {
		op := node.text("op_type")
		at, ok := sizeInput[op]
		inputs := node.texts("input")
		if !ok || at >= len(inputs) {
			return nil
		}
		sizes, ok := integersOf(known, inputs[at])
		if !ok {
			return nil
		}
		for i := range sizes {
			sizes[i] = max(1, sizes[i]) // a negative size keeps the existing one
		}
		if n, ok := product(sizes); !ok || n > maxNumbers {
			return fmt.Errorf("node %q (%s) makes a tensor of %v numbers; at most %d are allowed", nodeName(node), op, sizes, maxNumbers)
		}
		return nil
	})
}

// constants returns the tensors stored in a graph and its inner graphs, by
// name. Names with several tensors, as may occur in different branches, are
// left out.
func constants(g message) map[string]message {
	known, seen := map[string]message{}, map[string]bool{}
	define := func(name string, constant bool, t message) {
		if known[name] = t; seen[name] || !constant {
			delete(known, name)
		}
		seen[name] = true
	}
	g.each("GraphProto", func(g message) error {
		for _, t := range g.children("initializer") {
			define(t.text("name"), true, t)
		}
		for _, node := range g.children("node") {
			value, ok := node.given("value")
			constant := ok && node.text("op_type") == "Constant"
			for _, output := range node.texts("output") {
				if constant {
					define(output, true, value.child("t"))
				} else {
					define(output, false, message{})
				}
			}
		}
		return nil
	})
	return known
}

// integersOf returns the numbers of a constant of type int64 or int32. ok is
// false if there is none.
func integersOf(known map[string]message, name string) (values []int, ok bool) {
	t, ok := known[name]
	if ok && t.get("data_type").Int() == int32Type {
		return narrowIntegers(t), true
	}
	if !ok || t.get("data_type").Int() != int64Type {
		return nil, false
	}
	for raw := t.get("raw_data").Bytes(); len(raw) >= 8; raw = raw[8:] {
		values = append(values, int(binary.LittleEndian.Uint64(raw)))
	}
	list := t.get("int64_data").List()
	for i := range list.Len() {
		values = append(values, int(list.Get(i).Int()))
	}
	return values, true
}

// narrowIntegers returns the numbers of a tensor of type int32.
func narrowIntegers(t message) (values []int) {
	for raw := t.get("raw_data").Bytes(); len(raw) >= 4; raw = raw[4:] {
		values = append(values, int(int32(binary.LittleEndian.Uint32(raw))))
	}
	list := t.get("int32_data").List()
	for i := range list.Len() {
		values = append(values, int(list.Get(i).Int()))
	}
	return values
}
