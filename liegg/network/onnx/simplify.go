package onnx

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// withoutWeights takes weights out of the inputs, where files of before 2019 list
// them too, and reports whether there were any.
func withoutWeights(graph message) bool {
	weights := map[string]bool{}
	for _, t := range graph.children("initializer") {
		weights[t.text("name")] = true
	}
	inputs := graph.Mutable(graph.Descriptor().Fields().ByName("input")).List()
	return keep(inputs, func(v message) bool { return !weights[v.text("name")] })
}

// only says whether an attribute has no other integers than one, or is not there.
func only(want int, node message, name string) bool {
	return !slices.ContainsFunc(node.integers(name), func(v int) bool { return v != want })
}

// keep keeps those of a list that are wanted, and reports whether it lost any.
func keep(list protoreflect.List, wanted func(message) bool) bool {
	kept := 0
	for i := range list.Len() {
		if v := list.Get(i); wanted(message{v.Message()}) {
			list.Set(kept, v)
			kept++
		}
	}
	lost := kept < list.Len()
	list.Truncate(kept)
	return lost
}
