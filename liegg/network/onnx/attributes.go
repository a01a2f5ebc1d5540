package onnx

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

func (m message) put(field protoreflect.Name, v protoreflect.Value) {
	m.Set(m.Descriptor().Fields().ByName(field), v)
}

func (m message) append(field protoreflect.Name, v protoreflect.Value) {
	m.Mutable(m.Descriptor().Fields().ByName(field)).List().Append(v)
}

// attribute adds an empty attribute to a node.
func (m message) attribute(name string, kind protoreflect.EnumNumber) message {
	a := message{m.Mutable(m.Descriptor().Fields().ByName("attribute")).List().AppendMutable().Message()}
	a.put("name", protoreflect.ValueOf(name))
	a.put("type", protoreflect.ValueOf(kind))
	return a
}

func (m message) setInt(name string, v int) {
	m.attribute(name, intAttribute).put("i", protoreflect.ValueOf(int64(v)))
}

func (m message) setFloat(name string, v float64) {
	m.attribute(name, floatAttribute).put("f", protoreflect.ValueOf(float32(v)))
}

func (m message) setWord(name, word string) {
	m.attribute(name, stringAttribute).put("s", protoreflect.ValueOf([]byte(word)))
}

func (m message) setInts(name string, values ...int) {
	a := m.attribute(name, intsAttribute)
	for _, v := range values {
		a.append("ints", protoreflect.ValueOf(int64(v)))
	}
}

// given finds an attribute of a node.
func (m message) given(name string) (a message, ok bool) {
	for _, a := range m.children("attribute") {
		if a.text("name") == name {
			return a, true
		}
	}
	return message{}, false
}

// float, integer, integers, floats and word return attributes, or the given
// default if they are missing.
func (m message) float(name string, otherwise float64) float64 {
	if a, ok := m.given(name); ok {
		return a.get("f").Float()
	}
	return otherwise
}

func (m message) integer(name string, otherwise int) int {
	if a, ok := m.given(name); ok {
		return int(a.get("i").Int())
	}
	return otherwise
}

func (m message) integers(name string) (values []int) {
	a, ok := m.given(name)
	if !ok {
		return nil
	}
	list := a.get("ints").List()
	for i := range list.Len() {
		values = append(values, int(list.Get(i).Int()))
	}
	return values
}

func (m message) floats(name string) []float64 {
	a, ok := m.given(name)
	if !ok {
		return nil
	}
	return floatsIn(a.get("floats").List())
}

func floatsIn(list protoreflect.List) (values []float64) {
	for i := range list.Len() {
		values = append(values, list.Get(i).Float())
	}
	return values
}

func (m message) word(name, otherwise string) string {
	if a, ok := m.given(name); ok {
		return string(a.get("s").Bytes())
	}
	return otherwise
}

// without removes attributes from a node.
func (m message) without(names ...string) {
	list := m.Mutable(m.Descriptor().Fields().ByName("attribute")).List()
	keep(list, func(a message) bool { return !slices.Contains(names, a.text("name")) })
}
