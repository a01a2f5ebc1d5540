// Package message reads and edits the protobuf messages of an ONNX file: graphs,
// nodes with their attributes, and tensors.
package message

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// MaxFields is the largest number of fields of a file: a field of two bytes may
// become 300 in memory.
const MaxFields = 1 << 20

// maxDepth limits the nesting of messages.
const maxDepth = 64

// ErrMalformed is wrapped by errors of files that are not ONNX, that are
// truncated or corrupt, or that claim more than they hold.
var ErrMalformed = errors.New("not a complete ONNX file")

// Message is a message of the ONNX format, accessed by field names.
// onnx-gomlx keeps its generated types internal, but registers them.
type Message struct{ protoreflect.Message }

// Of wraps a message of the format.
func Of(m protoreflect.Message) Message { return Message{m} }

// Parse parses a model, after a scan of its fields has shown that it is not
// much larger in memory than in the file.
func Parse(contents []byte) (Message, error) {
	kind, err := protoregistry.GlobalTypes.FindMessageByName("protos.ModelProto")
	if err != nil {
		return Message{}, err
	}
	m := Of(kind.New())
	fields := MaxFields
	if err := scan(contents, m.Descriptor(), &fields, 0); err != nil {
		return Message{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if err := proto.Unmarshal(contents, m.Interface()); err != nil {
		return Message{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return m, nil
}

// scan walks over the encoded fields of a message and of those inside it.
func scan(b []byte, d protoreflect.MessageDescriptor, fields *int, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("messages are nested more than %d deep", maxDepth)
	}
	for len(b) > 0 {
		number, kind, tag := protowire.ConsumeTag(b)
		if tag < 0 {
			return fmt.Errorf("truncated or corrupt: %w", protowire.ParseError(tag))
		}
		value := protowire.ConsumeFieldValue(number, kind, b[tag:])
		if value < 0 {
			return fmt.Errorf("truncated or corrupt: %w", protowire.ParseError(value))
		}
		if *fields--; *fields < 0 {
			return fmt.Errorf("more than %d fields", MaxFields)
		}
		if f := d.Fields().ByNumber(number); kind == protowire.BytesType && f != nil && f.Message() != nil {
			inner, _ := protowire.ConsumeBytes(b[tag:])
			if err := scan(inner, f.Message(), fields, depth+1); err != nil {
				return err
			}
		}
		b = b[tag+value:]
	}
	return nil
}

// Field returns a field by its name.
func (m Message) Field(field protoreflect.Name) protoreflect.Value {
	return m.Get(m.Descriptor().Fields().ByName(field))
}

// HasField reports whether a field is set.
func (m Message) HasField(field protoreflect.Name) bool {
	return m.Has(m.Descriptor().Fields().ByName(field))
}

// Text returns a field that is a string.
func (m Message) Text(field protoreflect.Name) string { return m.Field(field).String() }

// Child returns a field that is a message.
func (m Message) Child(field protoreflect.Name) Message { return Of(m.Field(field).Message()) }

// Children returns the messages of a repeated field.
func (m Message) Children(field protoreflect.Name) []Message {
	list := m.Field(field).List()
	children := make([]Message, list.Len())
	for i := range children {
		children[i] = Of(list.Get(i).Message())
	}
	return children
}

// Texts returns the strings of a repeated field.
func (m Message) Texts(field protoreflect.Name) []string {
	list := m.Field(field).List()
	texts := make([]string, list.Len())
	for i := range texts {
		texts[i] = list.Get(i).String()
	}
	return texts
}

// Each visits all messages of a kind within m, including m.
func (m Message) Each(kind protoreflect.Name, visit func(Message) error) (err error) {
	if m.Descriptor().Name() == kind {
		err = visit(m)
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case err != nil || f.Message() == nil:
		case f.IsList():
			for i := 0; i < v.List().Len() && err == nil; i++ {
				err = Of(v.List().Get(i).Message()).Each(kind, visit)
			}
		default:
			err = Of(v.Message()).Each(kind, visit)
		}
		return err == nil
	})
	return err
}
