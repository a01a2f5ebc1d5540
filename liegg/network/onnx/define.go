package onnx

import (
	"encoding/binary"
	"fmt"
	"math"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// definition expresses a node by nodes that the conversion knows.
type definition struct {
	file  fileFacts
	node  message   // the node being defined
	nodes []message // its replacement

	lifting          bool // it is being written as in the newest operator sets
	placed, replaced bool // whether the node itself is among nodes, or is replaced by something else
}

// fileFacts is what definitions need to know about the file around a node.
type fileFacts struct {
	opset    int                // version of ONNX's own operators
	kind     int32              // data_type of floats, as in the first input
	constant map[string]message // tensors with known values
	claims   *[]claim           // conditions on shapes, to be checked once they are known
	inner    bool               // the node is in a graph of another node
}

// Type numbers of ONNX's tensors and attributes in the format.
const (
	float32Type, int32Type, int64Type, boolType, float64Type = 1, 6, 7, 9, 11

	floatAttribute, intAttribute, stringAttribute, tensorAttribute, intsAttribute = 1, 2, 3, 4, 7
)

// defined returns the node, or the nodes that replace it.
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

// inputs returns the number of inputs, and input the name of one of them, ""
// if it is not given.
func (d *definition) inputs() int { return d.node.get("input").List().Len() }

func (d *definition) input(i int) string {
	if i >= d.inputs() {
		return ""
	}
	return d.node.texts("input")[i]
}

// op adds a node with one output and returns the name of the output.
func (d *definition) op(kind string, inputs ...string) string {
	return d.add(kind, d.fresh(), inputs).texts("output")[0]
}

// fresh returns an unused name: no other node has this output.
func (d *definition) fresh() string {
	form := "as"
	if d.lifting {
		form = "as today's"
	}
	return fmt.Sprintf("%s %s %s, part %d", d.output(), form, d.node.text("op_type"), len(d.nodes)+1)
}

// output returns the name of the first output.
func (d *definition) output() string { return d.node.texts("output")[0] }

// place adds the node itself to its replacement.
func (d *definition) place() {
	d.nodes, d.placed = append(d.nodes, d.node), true
}

// instead declares that the added nodes replace the node.
func (d *definition) instead() { d.placed, d.replaced = true, true }

// give adds an input to the node itself.
func (d *definition) give(name string) { d.node.append("input", protoreflect.ValueOf(name)) }

// become makes x, the output of the last node, the output of the node being
// defined.
func (d *definition) become(x string) bool {
	if len(d.nodes) == 0 || d.last().texts("output")[0] != x {
		return d.same(x)
	}
	d.last().get("output").List().Set(0, protoreflect.ValueOf(d.output()))
	return true
}

// same makes the output equal to x, of any shape and type. The operator
// Identity is not used because GoMLX has no gradient for it.
func (d *definition) same(x string) bool { return d.result("Reshape", x, d.op("Shape", x)) }

// result adds a node whose output becomes that of the node being defined.
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

// last returns the node that was added last, to set its attributes.
func (d *definition) last() message { return d.nodes[len(d.nodes)-1] }

// number returns a constant of the type of the file's floats.
func (d *definition) number(v float64) string {
	raw := binary.LittleEndian.AppendUint64(nil, math.Float64bits(v))
	if d.file.kind == float32Type {
		raw = binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(v)))
	}
	return d.tensor(d.file.kind, nil, raw)
}

// integers returns a constant with one axis, such as a shape.
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
