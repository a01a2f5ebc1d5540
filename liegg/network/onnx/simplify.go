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

// withoutIdle takes out attributes that do nothing but that the conversion refuses,
// and reports whether there were any: PyTorch counts the padding in every average,
// also where there is none, writes dilations of one, and the momentum of a training
// that is over.
func withoutIdle(graph message) (changed bool) {
	graph.each("NodeProto", func(node message) error {
		idle := ""
		switch op := node.text("op_type"); {
		case op == "BatchNormalization":
			idle = "momentum"
		case op == "AveragePool" && only(0, node, "pads"):
			idle = "count_include_pad"
		case op == "MaxPool" && only(1, node, "dilations"):
			idle = "dilations"
		}
		attributes := node.Mutable(node.Descriptor().Fields().ByName("attribute")).List()
		changed = keep(attributes, func(a message) bool { return idle == "" || a.text("name") != idle }) || changed
		return nil
	})
	return changed
}

// only says whether an attribute has no other integers than one, or is not there.
func only(want int64, node message, name string) bool {
	return !slices.ContainsFunc(node.children("attribute"), func(a message) bool {
		list := a.get("ints").List()
		for i := range list.Len() {
			if a.text("name") == name && list.Get(i).Int() != want {
				return true
			}
		}
		return false
	})
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
