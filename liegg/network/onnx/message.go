package onnx

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

const (
	maxFields = 1 << 20 // per file: a field of two bytes may become 300 in memory
	maxDepth  = 64      // nesting of messages
)

// message is a message of the ONNX format, accessed by field names.
// onnx-gomlx keeps its generated types internal, but registers them.
type message struct{ protoreflect.Message }

// parse parses a model, after a scan of its fields has shown that it is not
// much larger in memory than in the file.
func parse(contents []byte) (message, error) {
	kind, err := protoregistry.GlobalTypes.FindMessageByName("protos.ModelProto")
	if err != nil {
		return message{}, err
	}
	m := message{kind.New()}
	fields := maxFields
	if err := scan(contents, m.Descriptor(), &fields, 0); err != nil {
		return message{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if err := proto.Unmarshal(contents, m.Interface()); err != nil {
		return message{}, fmt.Errorf("%w: %w", ErrMalformed, err)
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
			return fmt.Errorf("more than %d fields", maxFields)
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

func (m message) get(field protoreflect.Name) protoreflect.Value {
	return m.Get(m.Descriptor().Fields().ByName(field))
}

func (m message) has(field protoreflect.Name) bool {
	return m.Has(m.Descriptor().Fields().ByName(field))
}

func (m message) text(field protoreflect.Name) string { return m.get(field).String() }

func (m message) child(field protoreflect.Name) message { return message{m.get(field).Message()} }

// children returns the messages of a repeated field.
func (m message) children(field protoreflect.Name) []message {
	list := m.get(field).List()
	children := make([]message, list.Len())
	for i := range children {
		children[i] = message{list.Get(i).Message()}
	}
	return children
}

// texts returns the strings of a repeated field.
func (m message) texts(field protoreflect.Name) []string {
	list := m.get(field).List()
	texts := make([]string, list.Len())
	for i := range texts {
		texts[i] = list.Get(i).String()
	}
	return texts
}

// each visits all messages of a kind within m, including m.
func (m message) each(kind protoreflect.Name, visit func(message) error) (err error) {
	if m.Descriptor().Name() == kind {
		err = visit(m)
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case err != nil || f.Message() == nil:
		case f.IsList():
			for i := 0; i < v.List().Len() && err == nil; i++ {
				err = message{v.List().Get(i).Message()}.each(kind, visit)
			}
		default:
			err = message{v.Message()}.each(kind, visit)
		}
		return err == nil
	})
	return err
}
