package onnx

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// startAt makes the tensor Settings.From the input of the graph. It returns
// settings for what is left.
func (f *file) startAt(s Settings) (Settings, error) {
	withoutWeights(f.graph)
	inputs, declared, err := f.inputs()
	if err != nil {
		return s, err
	}
	outputs, _ := f.outputs()
	if s.Output != "" || s.Outputs != nil || len(s.Layers) > 0 {
		if s, err = f.chooseOutput(s, outputs); err != nil {
			return s, err
		}
		outputs = slices.Concat(s.Outputs, s.Layers)
		if s.Outputs == nil {
			outputs = append(outputs, s.Output)
		}
	}
	inputs = f.free(inputs, s)
	if slices.Contains(inputs, s.From) {
		s.Input, s.From = s.From, ""
		return s, nil
	}
	if _, err := chosen("From", s.From, outputs, f.tensors()); err != nil {
		return s, err
	}
	whole := f.course(inputs, outputs)
	shape, err := f.sampleOf(s)
	if err != nil {
		return s, err
	}
	f.replaceByInput(s.From, shape)
	if err := f.mustBeCut(s.From, inputs, outputs, whole); err != nil {
		return s, err
	}
	f.prune(outputs...)
	return f.withoutInput(s, declared)
}

// sampleOf returns the shape of the tensor Settings.From for one sample.
func (f *file) sampleOf(s Settings) (sample shapes.Shape, err error) {
	part := s
	part.From = ""
	known, err := f.copy().builtShapes(part, []string{s.From})
	if err != nil {
		known = f.declaredShapes()
	}
	shape := known[s.From]
	switch {
	case shape.Rank() > 0 && shape.Dim(0) == shapes.DynamicDim && !slices.Contains(shape.Dimensions[1:], shapes.DynamicDim):
		return shapes.Make(shape.DType, shape.Dimensions[1:]...), nil
	case err != nil:
		return sample, fmt.Errorf("the shape of %q is not known: %w", s.From, err)
	}
	return sample, fmt.Errorf("the tensor %q has the shape %s, and Settings.From needs one whose first axis is the batch, and only this one", s.From, shape)
}

// copy returns the file as it is now.
func (f *file) copy() *file {
	whole := message{proto.Clone(f.whole.Interface()).ProtoReflect()}
	c := *f
	c.whole, c.graph = whole, whole.child("graph")
	return &c
}

// replaceByInput takes a tensor from the node that makes it, and makes it an
// input of the graph.
func (f *file) replaceByInput(name string, sample shapes.Shape) {
	for _, node := range f.graph.children("node") {
		list := node.get("output").List()
		for i := range list.Len() {
			if list.Get(i).String() == name {
				list.Set(i, protoreflect.ValueOf(name+", as it was"))
			}
		}
	}
	v := message{f.list("input").AppendMutable().Message()}
	v.put("name", protoreflect.ValueOf(name))
	t := v.open("type").open("tensor_type")
	for number, kind := range types {
		if kind == sample.DType {
			t.put("elem_type", protoreflect.ValueOf(number))
		}
	}
	shape := t.open("shape")
	shape.addDim() // the batch
	for _, size := range sample.Dimensions {
		shape.addDim().put("dim_value", protoreflect.ValueOf(int64(size)))
	}
}

// open returns a message inside another, which is made if it is missing.
func (m message) open(field protoreflect.Name) message {
	return message{m.Mutable(m.Descriptor().Fields().ByName(field)).Message()}
}

// addDim adds an axis to a shape.
func (m message) addDim() message {
	return message{m.Mutable(m.Descriptor().Fields().ByName("dim")).List().AppendMutable().Message()}
}

// mustBeCut returns an error if outputs need numbers of the inputs that do not
// come from a tensor, which is an input already. whole is the course before it
// was.
func (f *file) mustBeCut(name string, inputs, outputs []string, whole course) error {
	around := f.course(inputs, outputs)
	if len(around.nodes) == 0 {
		return nil
	}
	after := f.course([]string{name}, outputs)
	if len(after.nodes) == 0 {
		return fmt.Errorf("the outputs %q do not depend on the tensor %q: choose another by Settings.From", outputs, name)
	}
	missing := func(other string) bool { return around.depends[other] && !after.depends[other] }
	var others []string
	for _, other := range outputs {
		if missing(other) {
			others = append(others, other)
		}
	}
	for _, node := range after.nodes {
		for _, other := range needs(node) {
			if missing(other) && !slices.Contains(others, other) {
				others = append(others, other)
			}
		}
	}
	return fmt.Errorf("the outputs %q cannot be computed from the tensor %q alone: they need %q, too%s", outputs, name, others, nearestCuts(name, whole))
}

// nearestCuts names the cuts of a course before and behind a tensor.
func nearestCuts(name string, c course) string {
	cuts, at := set(c.cuts...), slices.Index(c.tensors, name)
	before, behind := "", ""
	for i, other := range c.tensors {
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

// withoutInput returns settings for a graph that begins at Settings.From. What
// still needs inputs of the file needs their shapes alone: they become zeros.
func (f *file) withoutInput(s Settings, declared map[string]shapes.Shape) (Settings, error) {
	needed := map[string]bool{s.From: true}
	for _, node := range f.graph.children("node") {
		for _, name := range needs(node) {
			needed[name] = true
		}
	}
	keep(f.list("input"), func(v message) bool { return needed[v.text("name")] })
	fixed := map[string]*tensors.Tensor{}
	for name, shape := range declared {
		switch {
		case !needed[name]:
		case s.Fixed[name] != nil:
			fixed[name] = s.Fixed[name]
		default:
			one, err := sample(name, shape, s.Shape)
			if err != nil {
				return s, err
			}
			fixed[name] = tensors.FromShape(one)
		}
	}
	s.Input, s.From, s.Shape, s.Fixed = s.From, "", nil, fixed
	return s, nil
}
