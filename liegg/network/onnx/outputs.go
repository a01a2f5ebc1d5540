package onnx

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// chooseOutputs takes the output, or joins several.
func (m *converted) chooseOutputs(f *file, outputs []string, s Settings) (err error) {
	if len(s.Outputs) == 0 {
		m.output, err = chosen("Output", s.Output, outputs, f.tensors())
		return err
	}
	if s.Output != "" {
		return fmt.Errorf("Settings.Output is for one output: with Settings.Outputs, leave it out")
	}
	for i, name := range s.Outputs {
		if name, err = chosen("Outputs", name, outputs, f.tensors()); err != nil {
			return err
		}
		if slices.Contains(s.Outputs[:i], name) {
			return fmt.Errorf("Settings.Outputs has %q twice", name)
		}
		m.joined = append(m.joined, name)
	}
	if len(m.joined) == 1 {
		m.output, m.joined = m.joined[0], nil
		return nil
	}
	m.output, err = f.join(m.joined)
	return err
}

// join adds nodes that put tensors [batch, …] into one row, and returns the
// name of that.
func (f *file) join(names []string) (joined string, err error) {
	const reshapes = 5 // first operator set in which a shape is an input
	if opset, err := operatorSet(f.whole); err != nil || opset < reshapes {
		return "", cmp.Or(err, fmt.Errorf("Settings.Outputs needs a file of operator set %d or newer, and this one is of set %d: choose one by Settings.Output", reshapes, opset))
	}
	joined = "joined: " + strings.Join(names, ", ")
	rows := message{f.list("initializer").AppendMutable().Message()}
	rows.put("name", protoreflect.ValueOf(joined+", as rows"))
	rows.put("data_type", protoreflect.ValueOf(int32(int64Type)))
	rows.append("dims", protoreflect.ValueOf(int64(2)))
	for _, size := range []int64{0, -1} { // the batch as it is, and all the rest
		rows.append("int64_data", protoreflect.ValueOf(size))
	}
	add := func(op, output string, inputs ...string) message {
		node := message{f.list("node").AppendMutable().Message()}
		node.put("op_type", protoreflect.ValueOf(op))
		node.put("name", protoreflect.ValueOf(output))
		node.append("output", protoreflect.ValueOf(output))
		for _, input := range inputs {
			node.append("input", protoreflect.ValueOf(input))
		}
		return node
	}
	var flat []string
	for i, name := range names {
		flat = append(flat, fmt.Sprintf("%s, part %d", joined, i+1))
		add("Reshape", flat[i], name, rows.text("name"))
	}
	add("Concat", joined, flat...).setInt("axis", 1)
	return joined, nil
}

// joinable requires of several outputs that each could be the only one, and
// that all are of one type.
func (m *converted) joinable(backend compute.Backend) error {
	if m.joined == nil {
		return nil
	}
	known, err := m.shapes(backend, samples, m.joined)
	if err != nil {
		return nil // build finds out where
	}
	for i, name := range m.joined {
		if err := m.fits(name, known[i]); err != nil {
			return err
		}
		if known[i].DType != known[0].DType {
			return fmt.Errorf("%w %q is of type %s, and %q of type %s: export them in one type", errOutput, m.joined[0], known[0].DType, name, known[i].DType)
		}
	}
	return nil
}
