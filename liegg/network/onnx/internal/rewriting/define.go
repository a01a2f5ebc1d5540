package rewriting

import (
	"encoding/binary"
	"fmt"
	"math"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// Definition expresses a node by nodes that the conversion knows.
type Definition struct {
	file  fileFacts
	node  message.Message   // the node being defined
	nodes []message.Message // its replacement

	lifting          bool // it is being written as in the newest operator sets
	placed, replaced bool // whether the node itself is among nodes, or is replaced by something else
}

// fileFacts is what definitions need to know about the file around a node.
type fileFacts struct {
	opset    int                        // version of ONNX's own operators
	kind     int32                      // data_type of floats, as in the first input
	constant map[string]message.Message // tensors with known values
	claims   *[]Claim                   // conditions on shapes, to be checked once they are known
	inner    bool                       // the node is in a graph of another node
}

// defined returns the node, or the nodes that replace it.
func defined(node message.Message, f fileFacts) []message.Message {
	d := &Definition{file: f, node: node}
	if write, ok := Definitions[node.Text("op_type")]; ok && d.inputs() > 0 && write(d) {
		return d.nodes
	}
	return []message.Message{node}
}

func factsOf(model message.Message) fileFacts {
	f := fileFacts{kind: message.Float32Type, constant: message.Constants(model.Child("graph"))}
	for _, v := range model.Child("graph").Children("input") {
		if v.Child("type").Child("tensor_type").Field("elem_type").Int() == message.Float64Type {
			f.kind = message.Float64Type
		}
	}
	return f
}

// inputs returns the number of inputs, and input the name of one of them, ""
// if it is not given.
func (d *Definition) inputs() int { return d.node.Field("input").List().Len() }

func (d *Definition) input(i int) string {
	if i >= d.inputs() {
		return ""
	}
	return d.node.Texts("input")[i]
}

// op adds a node with one output and returns the name of the output.
func (d *Definition) op(kind string, inputs ...string) string {
	return d.add(kind, d.fresh(), inputs).Texts("output")[0]
}

// fresh returns an unused name: no other node has this output.
func (d *Definition) fresh() string {
	form := "as"
	if d.lifting {
		form = "as today's"
	}
	return fmt.Sprintf("%s %s %s, part %d", d.output(), form, d.node.Text("op_type"), len(d.nodes)+1)
}

// output returns the name of the first output.
func (d *Definition) output() string { return d.node.Texts("output")[0] }

// place adds the node itself to its replacement.
func (d *Definition) place() {
	d.nodes, d.placed = append(d.nodes, d.node), true
}

// instead declares that the added nodes replace the node.
func (d *Definition) instead() { d.placed, d.replaced = true, true }

// give adds an input to the node itself.
func (d *Definition) give(name string) { d.node.Append("input", protoreflect.ValueOf(name)) }

// become makes x, the output of the last node, the output of the node being
// defined.
func (d *Definition) become(x string) bool {
	if len(d.nodes) == 0 || d.last().Texts("output")[0] != x {
		return d.same(x)
	}
	d.last().Field("output").List().Set(0, protoreflect.ValueOf(d.output()))
	return true
}

// same makes the output equal to x, of any shape and type. The operator
// Identity is not used because GoMLX has no gradient for it.
func (d *Definition) same(x string) bool { return d.result("Reshape", x, d.op("Shape", x)) }

// result adds a node whose output becomes that of the node being defined.
func (d *Definition) result(kind string, inputs ...string) bool {
	d.add(kind, d.output(), inputs)
	return true
}

func (d *Definition) add(kind, output string, inputs []string) message.Message {
	node := message.Of(d.node.New())
	node.Put("op_type", protoreflect.ValueOf(kind))
	node.Put("name", protoreflect.ValueOf(message.NodeName(d.node)))
	node.Append("output", protoreflect.ValueOf(output))
	for _, input := range inputs {
		node.Append("input", protoreflect.ValueOf(input))
	}
	d.nodes = append(d.nodes, node)
	return node
}

// last returns the node that was added last, to set its attributes.
func (d *Definition) last() message.Message { return d.nodes[len(d.nodes)-1] }

// number returns a constant of the type of the file's floats.
func (d *Definition) number(v float64) string {
	raw := binary.LittleEndian.AppendUint64(nil, math.Float64bits(v))
	if d.file.kind == message.Float32Type {
		raw = binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(v)))
	}
	return d.tensor(d.file.kind, nil, raw)
}

// integers returns a constant with one axis, such as a shape.
func (d *Definition) integers(values ...int) string {
	var raw []byte
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return d.tensor(message.Int64Type, []int64{int64(len(values))}, raw)
}

func (d *Definition) tensor(kind int32, dims []int64, raw []byte) string {
	name := d.op("Constant")
	a := d.last().AddAttribute("value", message.TensorAttribute)
	t := a.Open("t")
	t.Put("data_type", protoreflect.ValueOf(kind))
	for _, n := range dims {
		t.Append("dims", protoreflect.ValueOf(n))
	}
	t.Put("raw_data", protoreflect.ValueOf(raw))
	d.file.constant[name] = t
	return name
}
