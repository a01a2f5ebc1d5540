package message

import (
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Put sets a field that is no list.
func (m Message) Put(field protoreflect.Name, v protoreflect.Value) {
	m.Set(m.Descriptor().Fields().ByName(field), v)
}

// Append adds a value to a repeated field.
func (m Message) Append(field protoreflect.Name, v protoreflect.Value) {
	m.Mutable(m.Descriptor().Fields().ByName(field)).List().Append(v)
}

// AddAttribute adds an empty attribute to a node.
func (m Message) AddAttribute(name string, kind protoreflect.EnumNumber) Message {
	a := Of(m.Mutable(m.Descriptor().Fields().ByName("attribute")).List().AppendMutable().Message())
	a.Put("name", protoreflect.ValueOf(name))
	a.Put("type", protoreflect.ValueOf(kind))
	return a
}

// SetInt adds an attribute to a node, as SetFloat, SetWord and SetInts do.
func (m Message) SetInt(name string, v int) {
	m.AddAttribute(name, IntAttribute).Put("i", protoreflect.ValueOf(int64(v)))
}

// SetFloat adds an attribute in float32.
func (m Message) SetFloat(name string, v float64) {
	m.AddAttribute(name, FloatAttribute).Put("f", protoreflect.ValueOf(float32(v)))
}

// SetWord adds an attribute that is a string.
func (m Message) SetWord(name, word string) {
	m.AddAttribute(name, StringAttribute).Put("s", protoreflect.ValueOf([]byte(word)))
}

// Attribute finds an attribute of a node.
func (m Message) Attribute(name string) (a Message, ok bool) {
	for _, a := range m.Children("attribute") {
		if a.Text("name") == name {
			return a, true
		}
	}
	return Message{}, false
}

// Float returns an attribute, or otherwise if it is missing.
func (m Message) Float(name string, otherwise float64) float64 {
	if a, ok := m.Attribute(name); ok {
		return a.Field("f").Float()
	}
	return otherwise
}

// Integer returns an attribute, or otherwise if it is missing.
func (m Message) Integer(name string, otherwise int) int {
	if a, ok := m.Attribute(name); ok {
		return int(a.Field("i").Int())
	}
	return otherwise
}

// Integers returns an attribute, or nil if it is missing.
func (m Message) Integers(name string) (values []int) {
	a, ok := m.Attribute(name)
	if !ok {
		return nil
	}
	list := a.Field("ints").List()
	for i := range list.Len() {
		values = append(values, int(list.Get(i).Int()))
	}
	return values
}

// Floats returns an attribute, or nil if it is missing.
func (m Message) Floats(name string) []float64 {
	a, ok := m.Attribute(name)
	if !ok {
		return nil
	}
	return FloatsIn(a.Field("floats").List())
}

// Word returns an attribute that is a string, or otherwise if it is missing.
func (m Message) Word(name, otherwise string) string {
	if a, ok := m.Attribute(name); ok {
		return string(a.Field("s").Bytes())
	}
	return otherwise
}

// Without removes attributes from a node.
func (m Message) Without(names ...string) {
	list := m.Mutable(m.Descriptor().Fields().ByName("attribute")).List()
	Keep(list, func(a Message) bool { return !slices.Contains(names, a.Text("name")) })
}

// Kind returns ONNX's name for the type of an attribute.
func (m Message) Kind() string {
	v := m.Descriptor().Fields().ByName("type").Enum().Values().ByNumber(m.Field("type").Enum())
	if v == nil {
		return "of an unknown type"
	}
	return string(v.Name())
}

// Value returns the value of an attribute in the notation of schemas.txt.
func (m Message) Value() string {
	switch m.Kind() {
	case "INT":
		return strconv.FormatInt(m.Field("i").Int(), 10)
	case "FLOAT":
		return strconv.FormatFloat(m.Field("f").Float(), 'g', -1, 64)
	case "STRING":
		return string(m.Field("s").Bytes())
	case "INTS":
		list := m.Field("ints").List()
		words := make([]string, list.Len())
		for i := range words {
			words[i] = strconv.FormatInt(list.Get(i).Int(), 10)
		}
		return strings.Join(words, ",")
	}
	return m.Kind()
}

// Says reports whether an attribute has a value in the notation of
// schemas.txt.
func (m Message) Says(value string) bool {
	if m.Kind() == "FLOAT" {
		f, err := strconv.ParseFloat(value, 64)
		return err == nil && f == m.Field("f").Float()
	}
	return m.Value() == value
}

// DataType returns the number of a named type, such as FLOAT, or 0 if there
// is none.
func (m Message) DataType(name string) int {
	kinds := Of(m.New()).AddAttribute("", TensorAttribute).Child("t").Descriptor().Enums().ByName("DataType").Values()
	if v := kinds.ByName(protoreflect.Name(name)); v != nil {
		return int(v.Number())
	}
	return 0
}

// Open returns a message inside another, which is made if it is missing.
func (m Message) Open(field protoreflect.Name) Message {
	return Of(m.Mutable(m.Descriptor().Fields().ByName(field)).Message())
}

// AddDim adds an axis to a shape.
func (m Message) AddDim() Message {
	return Of(m.Mutable(m.Descriptor().Fields().ByName("dim")).List().AppendMutable().Message())
}
