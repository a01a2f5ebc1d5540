package message

import "google.golang.org/protobuf/reflect/protoreflect"

// Constants returns the tensors stored in a graph and its inner graphs, by
// name. Names with several tensors, as may occur in different branches, are
// left out.
func Constants(g Message) map[string]Message {
	known, seen := map[string]Message{}, map[string]bool{}
	define := func(name string, constant bool, t Message) {
		if known[name] = t; seen[name] || !constant {
			delete(known, name)
		}
		seen[name] = true
	}
	g.Each("GraphProto", func(g Message) error {
		for _, t := range g.Children("initializer") {
			define(t.Text("name"), true, t)
		}
		for _, node := range g.Children("node") {
			value, ok := node.Attribute("value")
			constant := ok && node.Text("op_type") == "Constant"
			for _, output := range node.Texts("output") {
				if constant {
					define(output, true, value.Child("t"))
				} else {
					define(output, false, Message{})
				}
			}
		}
		return nil
	})
	return known
}

// WithoutWeights removes weights from the inputs, which files from before
// 2019 list too, and reports whether there were any.
func WithoutWeights(graph Message) bool {
	weights := map[string]bool{}
	for _, t := range graph.Children("initializer") {
		weights[t.Text("name")] = true
	}
	inputs := graph.Mutable(graph.Descriptor().Fields().ByName("input")).List()
	return Keep(inputs, func(v Message) bool { return !weights[v.Text("name")] })
}

// Keep filters a list, and reports whether any element was removed.
func Keep(list protoreflect.List, wanted func(Message) bool) bool {
	kept := 0
	for i := range list.Len() {
		if v := list.Get(i); wanted(Of(v.Message())) {
			list.Set(kept, v)
			kept++
		}
	}
	lost := kept < list.Len()
	list.Truncate(kept)
	return lost
}
