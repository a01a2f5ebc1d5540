package modelfile

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/shapes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// Copy returns the file as it is now.
func (f *File) Copy() *File {
	whole := message.Of(proto.Clone(f.Whole.Interface()).ProtoReflect())
	c := *f
	c.Whole, c.Graph = whole, whole.Child("graph")
	return &c
}

// ReplaceByInput takes a tensor from the node that makes it, and makes it an
// input of the graph.
func (f *File) ReplaceByInput(name string, sample shapes.Shape) {
	for _, node := range f.Graph.Children("node") {
		list := node.Field("output").List()
		for i := range list.Len() {
			if list.Get(i).String() == name {
				list.Set(i, protoreflect.ValueOf(name+", as it was"))
			}
		}
	}
	v := message.Of(f.List("input").AppendMutable().Message())
	v.Put("name", protoreflect.ValueOf(name))
	t := v.Open("type").Open("tensor_type")
	for number, kind := range message.Types {
		if kind == sample.DType {
			t.Put("elem_type", protoreflect.ValueOf(number))
		}
	}
	shape := t.Open("shape")
	shape.AddDim() // the batch
	for _, size := range sample.Dimensions {
		shape.AddDim().Put("dim_value", protoreflect.ValueOf(int64(size)))
	}
}

// MustBeCut returns an error if outputs need numbers of the inputs that do not
// come from a tensor, which is an input already. whole is the course before it
// was.
func (f *File) MustBeCut(name string, inputs, outputs []string, whole Course) error {
	around := f.Course(inputs, outputs)
	if len(around.Nodes) == 0 {
		return nil
	}
	after := f.Course([]string{name}, outputs)
	if len(after.Nodes) == 0 {
		return fmt.Errorf("the outputs %q do not depend on the tensor %q: choose another by Settings.From", outputs, name)
	}
	missing := func(other string) bool { return around.depends[other] && !after.depends[other] }
	var others []string
	for _, other := range outputs {
		if missing(other) {
			others = append(others, other)
		}
	}
	for _, node := range after.Nodes {
		for _, other := range message.Needs(node) {
			if missing(other) && !slices.Contains(others, other) {
				others = append(others, other)
			}
		}
	}
	return fmt.Errorf("the outputs %q cannot be computed from the tensor %q alone: they need %q, too%s", outputs, name, others, nearestCuts(name, whole))
}

// nearestCuts names the cuts of a course before and behind a tensor.
func nearestCuts(name string, c Course) string {
	cuts, at := message.NameSet(c.Cuts...), slices.Index(c.Tensors, name)
	before, behind := "", ""
	for i, other := range c.Tensors {
		switch {
		case !cuts[other]:
		case i < at:
			before = other
		case behind == "":
			behind = other
		}
	}
	switch {
	case before != "" && behind != "":
		return fmt.Sprintf("; the nearest tensors from which they can be are %q before it and %q behind it", before, behind)
	case before+behind != "":
		return fmt.Sprintf("; the nearest tensor from which they can be is %q", before+behind)
	}
	return "; there is no such tensor inside this network"
}
