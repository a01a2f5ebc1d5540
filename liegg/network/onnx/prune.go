package onnx

import (
	"encoding/binary"
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// prune reduces the graph to what some tensors depend on, so that nothing else
// is checked or loaded.
func (f *file) prune(wanted ...string) {
	needed, outputs := set(wanted...), set(wanted...)
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
	keep(f.list("output"), func(v message) bool { return outputs[v.text("name")] })
	f.list("value_info").Truncate(0)
	f.list("sparse_initializer").Truncate(0) // nothing can need one: see checkOrder
}

// spellOut writes numbers of half precision as bytes. The format stores them
// in integers, which the conversion would take for the numbers themselves.
func (f *file) spellOut() {
	const float16, bfloat16 = 10, 16
	f.graph.each("TensorProto", func(t message) error {
		kind, list := t.get("data_type").Int(), t.get("int32_data").List()
		if kind != float16 && kind != bfloat16 || list.Len() == 0 {
			return nil
		}
		var raw []byte
		for i := range list.Len() {
			raw = binary.LittleEndian.AppendUint16(raw, uint16(list.Get(i).Int()))
		}
		t.put("raw_data", protoreflect.ValueOf(raw))
		t.Clear(t.Descriptor().Fields().ByName("int32_data"))
		return nil
	})
}

// checkNames returns an error if the conversion would confuse two weights: it
// replaces the stroke in their names by a bar.
func (f *file) checkNames() error {
	seen := map[string]string{}
	for _, t := range f.graph.children("initializer") {
		name := t.text("name")
		key := strings.ReplaceAll(name, "/", "|")
		if other, ok := seen[key]; ok {
			return fmt.Errorf("the weights %q and %q have names that differ only in / and |: rename one of them", other, name)
		}
		seen[key] = name
	}
	return nil
}

// list returns a repeated field of the graph.
func (f *file) list(field protoreflect.Name) protoreflect.List {
	return f.graph.Mutable(f.graph.Descriptor().Fields().ByName(field)).List()
}
