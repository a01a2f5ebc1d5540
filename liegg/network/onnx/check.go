package onnx

import (
	"fmt"
	"math/bits"
	"os"
	"path/filepath"
	"strconv"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// check refuses what would send the conversion round in circles, or make it take
// memory for data that are not there.
func check(model message, folder *os.Root) error {
	if !model.has("graph") {
		return fmt.Errorf("%w: there is no graph in it", ErrMalformed)
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
	list := t.get("dims").List()
	dims := make([]int, list.Len())
	for i := range dims {
		dims[i] = int(list.Get(i).Int())
	}
	n, ok := product(dims)
	if !ok {
		return fmt.Errorf("tensor %q claims the shape %v", t.text("name"), dims)
	}
	there := len(t.get("raw_data").Bytes())
	for _, field := range []protoreflect.Name{"float_data", "double_data", "int32_data", "int64_data", "uint64_data", "string_data"} {
		there += t.get(field).List().Len()
	}
	if t.get("external_data").List().Len() > 0 {
		var err error
		if there, err = externalBytes(t, folder); err != nil {
			return fmt.Errorf("tensor %q: %w", t.text("name"), err)
		}
	}
	if n > there {
		return fmt.Errorf("tensor %q claims %v = %d numbers, but has %d bytes: the file is truncated", t.text("name"), dims, n, there)
	}
	return nil
}

// product is Π dims; ok is false where one is negative or the product is beyond all
// memory.
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

// externalBytes is how many bytes the file has where a tensor's data begin.
func externalBytes(t message, folder *os.Root) (int, error) {
	entries := map[string]string{}
	for _, e := range t.children("external_data") {
		entries[e.text("key")] = e.text("value")
	}
	location := entries["location"]
	if !filepath.IsLocal(location) {
		return 0, fmt.Errorf("its data are in %q, which is not below the folder of the file", location)
	}
	info, err := folder.Stat(location)
	if err != nil {
		return 0, fmt.Errorf("its data: copy the file beside the model: %w", err)
	}
	offset := 0
	if text := entries["offset"]; text != "" {
		if offset, err = strconv.Atoi(text); err != nil || offset < 0 {
			return 0, fmt.Errorf("its data begin at %q", text)
		}
	}
	return max(0, int(info.Size())-offset), nil
}

// checkTypes asks for the types and shapes that the conversion relies on.
func checkTypes(g message) error {
	for _, v := range append(g.children("input"), g.children("output")...) {
		if !v.child("type").has("tensor_type") {
			return fmt.Errorf("input or output %q is not a tensor", v.text("name"))
		}
	}
	return nil
}
