// Package messagetest edits messages of ONNX files in tests.
package messagetest

import (
	"os"
	"runtime"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// Edited returns the contents of a file after an edit of its graph.
func Edited(t testing.TB, path string, edit func(graph message.Message)) []byte {
	t.Helper()
	contents, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := message.Parse(contents)
	if err != nil {
		t.Fatal(err)
	}
	edit(m.Open("graph"))
	b, err := proto.Marshal(m.Interface())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Set sets a field, or all elements of a repeated field.
func Set(m message.Message, field protoreflect.Name, values ...any) {
	f := m.Descriptor().Fields().ByName(field)
	if !f.IsList() {
		m.Set(f, protoreflect.ValueOf(values[0]))
		return
	}
	list := m.Mutable(f).List()
	list.Truncate(0)
	for _, v := range values {
		list.Append(protoreflect.ValueOf(v))
	}
}

// Add appends an empty message to a repeated field.
func Add(m message.Message, field protoreflect.Name) message.Message {
	return message.Of(m.Mutable(m.Descriptor().Fields().ByName(field)).List().AppendMutable().Message())
}

// Weight returns the first tensor that a graph stores.
func Weight(graph message.Message) message.Message { return graph.Children("initializer")[0] }

// Elsewhere says that a tensor's data are in another file, from an offset on.
func Elsewhere(tensor message.Message, location, offset string) {
	tensor.Clear(tensor.Descriptor().Fields().ByName("raw_data"))
	for key, value := range map[string]string{"location": location, "offset": offset} {
		e := Add(tensor, "external_data")
		Set(e, "key", key)
		Set(e, "value", value)
	}
	Set(tensor, "data_location", protoreflect.EnumNumber(1))
}

// Allocated returns the number of bytes that a function allocates.
func Allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
