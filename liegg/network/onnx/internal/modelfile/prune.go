package modelfile

import (
	"encoding/binary"
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// Prune reduces the graph to what some tensors depend on, so that nothing else
// is checked or loaded.
func (f *File) Prune(wanted ...string) {
	needed, outputs := message.NameSet(wanted...), message.NameSet(wanted...)
	nodes := f.Graph.Children("node")
	kept := make([]bool, len(nodes))
	for i := len(nodes) - 1; i >= 0; i-- {
		for _, output := range nodes[i].Texts("output") {
			kept[i] = kept[i] || output != "" && needed[output]
		}
		if kept[i] {
			for _, input := range message.Needs(nodes[i]) {
				needed[input] = true
			}
		}
	}
	at := -1
	message.Keep(f.List("node"), func(message.Message) bool { at++; return kept[at] })
	message.Keep(f.List("initializer"), func(t message.Message) bool { return needed[t.Text("name")] })
	message.Keep(f.List("output"), func(v message.Message) bool { return outputs[v.Text("name")] })
	f.List("value_info").Truncate(0)
	f.List("sparse_initializer").Truncate(0) // nothing can need one: see checkOrder
}

// SpellOut writes numbers of half precision as bytes. The format stores them
// in integers, which the conversion would take for the numbers themselves.
func (f *File) SpellOut() {
	const float16, bfloat16 = 10, 16
	f.Graph.Each("TensorProto", func(t message.Message) error {
		kind, list := t.Field("data_type").Int(), t.Field("int32_data").List()
		if kind != float16 && kind != bfloat16 || list.Len() == 0 {
			return nil
		}
		var raw []byte
		for i := range list.Len() {
			raw = binary.LittleEndian.AppendUint16(raw, uint16(list.Get(i).Int()))
		}
		t.Put("raw_data", protoreflect.ValueOf(raw))
		t.Clear(t.Descriptor().Fields().ByName("int32_data"))
		return nil
	})
}

// CheckNames returns an error if the conversion would confuse two weights: it
// replaces the stroke in their names by a bar.
func (f *File) CheckNames() error {
	seen := map[string]string{}
	for _, t := range f.Graph.Children("initializer") {
		name := t.Text("name")
		key := strings.ReplaceAll(name, "/", "|")
		if other, ok := seen[key]; ok {
			return fmt.Errorf("the weights %q and %q have names that differ only in / and |: rename one of them", other, name)
		}
		seen[key] = name
	}
	return nil
}
