package onnx

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// withoutWeights removes weights from the inputs, which files from before
// 2019 list too, and reports whether there were any.
func withoutWeights(graph message) bool {
	weights := map[string]bool{}
	for _, t := range graph.children("initializer") {
		weights[t.text("name")] = true
	}
	inputs := graph.Mutable(graph.Descriptor().Fields().ByName("input")).List()
	return keep(inputs, func(v message) bool { return !weights[v.text("name")] })
}

// only reports whether all integers of an attribute equal want, or the
// attribute is missing.
func only(want int, node message, name string) bool {
	return !slices.ContainsFunc(node.integers(name), func(v int) bool { return v != want })
}

// keep filters a list, and reports whether any element was removed.
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
