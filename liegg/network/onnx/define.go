package onnx

import (
	"encoding/binary"
	"fmt"
	"math"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// definition writes a node as nodes that the conversion knows.
type definition struct {
	file  fileFacts
	node  message   // the one that is defined
	nodes []message // in its place

	lifting          bool // it is written as the newest operator sets have it
	placed, replaced bool // whether the node itself is among nodes, or something else stands for it
}

// fileFacts are what definitions ask of the file around a node.
type fileFacts struct {
	opset    int                // of ONNX's own operators
	kind     int32              // data_type of floats, that of the first input
	constant map[string]message // tensors that are known
	claims   *[]claim           // what is to be true of shapes, to be seen when they are known
	inner    bool               // the node is in a graph of another node
}

// types of ONNX's tensors and attributes, by their numbers in the format.
const (
	float32Type, int32Type, int64Type, boolType, float64Type = 1, 6, 7, 9, 11

	floatAttribute, intAttribute, stringAttribute, tensorAttribute, intsAttribute = 1, 2, 3, 4, 7
)

// defined are a node, or the nodes that are defined to stand in its place.
func defined(node message, f fileFacts) []message {
	d := &definition{file: f, node: node}
	if write, ok := definitions[node.text("op_type")]; ok && d.inputs() > 0 && write(d) {
		return d.nodes
	}
	return []message{node}
}

func factsOf(model message) fileFacts {
	f := fileFacts{kind: float32Type, constant: constants(model.child("graph"))}
	for _, v := range model.child("graph").children("input") {
		if v.child("type").child("tensor_type").get("elem_type").Int() == float64Type {
			f.kind = float64Type
		}
	}
	return f
}

// inputs is the number of inputs, input the name of one of them, "" where it is not
// given.
func (d *definition) inputs() int { return d.node.get("input").List().Len() }

func (d *definition) input(i int) string {
	if i >= d.inputs() {
		return ""
	}
	return d.node.texts("input")[i]
}

// op adds a node with one output, whose name it returns.
func (d *definition) op(kind string, inputs ...string) string {
	return d.add(kind, d.fresh(), inputs).texts("output")[0]
}

// fresh is a name that nothing has: no other node has this output.
func (d *definition) fresh() string {
	form := "as"
	if d.lifting {
		form = "as today's"
	}
	return fmt.Sprintf("%s %s %s, part %d", d.output(), form, d.node.text("op_type"), len(d.nodes)+1)
}

// output is the name of the first output.
func (d *definition) output() string { return d.node.texts("output")[0] }

// place adds the node itself to those in its place.
func (d *definition) place() {
	d.nodes, d.placed = append(d.nodes, d.node), true
}

// instead says that the nodes added stand for the node.
func (d *definition) instead() { d.placed, d.replaced = true, true }

// give adds an input to the node itself.
func (d *definition) give(name string) { d.node.append("input", protoreflect.ValueOf(name)) }

// become makes x, the output of the last node, that of the node that is defined.
func (d *definition) become(x string) bool {
	if len(d.nodes) == 0 || d.last().texts("output")[0] != x {
		return d.same(x)
	}
	d.last().get("output").List().Set(0, protoreflect.ValueOf(d.output()))
	return true
}

// same is x itself, of any shape and type: GoMLX has no gradient of the operator
// Identity.
func (d *definition) same(x string) bool { return d.result("Reshape", x, d.op("Shape", x)) }

// result adds the node whose output is that of the node that is defined.
func (d *definition) result(kind string, inputs ...string) bool {
	d.add(kind, d.output(), inputs)
	return true
}

func (d *definition) add(kind, output string, inputs []string) message {
	node := message{d.node.New()}
	node.put("op_type", protoreflect.ValueOf(kind))
	node.put("name", protoreflect.ValueOf(nodeName(d.node)))
	node.append("output", protoreflect.ValueOf(output))
	for _, input := range inputs {
		node.append("input", protoreflect.ValueOf(input))
	}
	d.nodes = append(d.nodes, node)
	return node
}

// last is the node that was added last, to be given attributes.
func (d *definition) last() message { return d.nodes[len(d.nodes)-1] }

// number is a constant of the type of the file's floats.
func (d *definition) number(v float64) string {
	raw := binary.LittleEndian.AppendUint64(nil, math.Float64bits(v))
	if d.file.kind == float32Type {
		raw = binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(v)))
	}
	return d.tensor(d.file.kind, nil, raw)
}

// integers is a constant of one axis, such as the shape of something.
func (d *definition) integers(values ...int) string {
	var raw []byte
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return d.tensor(int64Type, []int64{int64(len(values))}, raw)
}

func (d *definition) tensor(kind int32, dims []int64, raw []byte) string {
	name := d.op("Constant")
	a := d.last().attribute("value", tensorAttribute)
	t := message{a.Mutable(a.Descriptor().Fields().ByName("t")).Message()}
	t.put("data_type", protoreflect.ValueOf(kind))
	for _, n := range dims {
		t.append("dims", protoreflect.ValueOf(n))
	}
	t.put("raw_data", protoreflect.ValueOf(raw))
	d.file.constant[name] = t
	return name
}
