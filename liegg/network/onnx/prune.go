package onnx

import "google.golang.org/protobuf/reflect/protoreflect"

// prune leaves in the graph what a tensor depends on, so that nothing else is judged or
// loaded.
func (f *file) prune(name string) {
	needed := map[string]bool{name: true}
	nodes := f.graph.children("node")
	kept := make([]bool, len(nodes))
	for i := len(nodes) - 1; i >= 0; i-- {
		for _, output := range nodes[i].texts("output") {
			kept[i] = kept[i] || output != "" && needed[output]
		}
		if kept[i] {
			for _, input := range needs(nodes[i]) {
				needed[input] = true
			}
		}
	}
	at := -1
	keep(f.list("node"), func(message) bool { at++; return kept[at] })
	keep(f.list("initializer"), func(t message) bool { return needed[t.text("name")] })
	keep(f.list("output"), func(v message) bool { return v.text("name") == name })
	f.list("value_info").Truncate(0)
}

// list is a repeated field of the graph.
func (f *file) list(field protoreflect.Name) protoreflect.List {
	return f.graph.Mutable(f.graph.Descriptor().Fields().ByName(field)).List()
}
