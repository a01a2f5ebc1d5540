package onnx

import (
	"fmt"
	"math/bits"
	"os"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// check refuses files that would send the conversion into a loop, or make it
// allocate memory for missing data.
func check(model message, folder *os.Root) error {
	if !model.has("graph") {
		return fmt.Errorf("%w: it has no graph", ErrMalformed)
	}
	g := model.child("graph")
	err := g.each("TensorProto", func(t message) error { return checkTensor(t, folder) })
	if err == nil {
		err = checkTypes(g)
	}
	if err == nil {
		err = checkOrder(g, nil)
	}
	if err == nil {
		err = checkGrowth(g)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return nil
}

// checkTensor compares the size that a tensor claims with the data it has.
func checkTensor(t message, folder *os.Root) error {
	n, ok := product(sizesOf(t))
	if !ok {
		return fmt.Errorf("tensor %q claims the shape %v", t.text("name"), sizesOf(t))
	}
	if t.has("segment") {
		return fmt.Errorf("tensor %q is a segment of another, which is not supported", t.text("name"))
	}
	outside := t.get("external_data").List().Len() > 0
	const external = 1
	if outside != (t.get("data_location").Enum() == external) {
		return fmt.Errorf("tensor %q does not say whether its data are in the file or outside", t.text("name"))
	}
	if outside {
		if err := checkExternal(t, n*bytesPerNumber(t), folder); err != nil {
			return fmt.Errorf("tensor %q: %w", t.text("name"), err)
		}
		return nil
	}
	there, claimed := len(t.get("raw_data").Bytes()), n*bytesPerNumber(t)
	for _, field := range []protoreflect.Name{"float_data", "double_data", "int32_data", "int64_data", "uint64_data", "string_data"} {
		if there == 0 {
			there, claimed = t.get(field).List().Len(), n
		}
	}
	if claimed > there {
		return fmt.Errorf("tensor %q claims %v = %d numbers, but has %d bytes: the file is truncated", t.text("name"), sizesOf(t), n, there)
	}
	return nil
}

func sizesOf(t message) []int {
	list := t.get("dims").List()
	sizes := make([]int, list.Len())
	for i := range sizes {
		sizes[i] = int(list.Get(i).Int())
	}
	return sizes
}

// bytesPerNumber returns the bytes that a number of a tensor takes, or 1 for
// unsupported types.
func bytesPerNumber(t message) int {
	kind, ok := types[int32(t.get("data_type").Int())]
	if !ok {
		return 1
	}
	return kind.Size()
}

// product returns Π dims. ok is false if one is negative or the product
// exceeds any memory.
func product(dims []int) (n int, ok bool) {
	n = 1
	for _, d := range dims {
		if d < 0 {
			return 0, false
		}
		high, low := bits.Mul64(uint64(n), uint64(d))
		if high > 0 || low > 1<<40 {
			return 0, false
		}
		n = int(low)
	}
	return n, true
}

// checkTypes requires the types and shapes that the conversion relies on.
func checkTypes(g message) error {
	for _, v := range append(g.children("input"), g.children("output")...) {
		if !v.child("type").has("tensor_type") {
			return fmt.Errorf("input or output %q is not a tensor", v.text("name"))
		}
	}
	return nil
}
