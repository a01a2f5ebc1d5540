package rewriting

import (
	"github.com/liegg/lab/liegg/network/onnx/internal/folding"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
)

// ReadIndexAdds corrects index_add as PyTorch's older exporter writes it: as
// y + ScatterElements(zeros like y, …) with no reduction. Of several updates
// to one place only one is then kept, and which one ONNX does not say, while
// index_add adds all of them up.
func ReadIndexAdds(f *modelfile.File) {
	if f.Whole.Text("producer_name") != "pytorch" {
		return
	}
	maker, consumers := map[string]message.Message{}, map[string][]message.Message{}
	for _, node := range f.Graph.Children("node") {
		for _, output := range node.Texts("output") {
			maker[output] = node
		}
		for _, input := range message.Needs(node) {
			consumers[input] = append(consumers[input], node)
		}
	}
	makes := func(name, op string) (node message.Message, ok bool) {
		node, ok = maker[name]
		return node, ok && node.Text("op_type") == op
	}
	for _, node := range f.Graph.Children("node") {
		if node.Text("op_type") != "ScatterElements" || node.Word("reduction", "none") != "none" {
			continue
		}
		zeros, ok := makes(node.Texts("input")[0], "ConstantOfShape")
		if !ok || !makesZeros(zeros) {
			continue
		}
		shape, ok := makes(zeros.Texts("input")[0], "Shape")
		users := consumers[node.Texts("output")[0]]
		if !ok || len(users) != 1 || users[0].Text("op_type") != "Add" {
			continue
		}
		if terms := users[0].Texts("input"); terms[0] == shape.Texts("input")[0] && terms[1] == node.Texts("output")[0] {
			node.Without("reduction")
			node.SetWord("reduction", "add")
		}
	}
}

// makesZeros reports whether a ConstantOfShape is filled with zeros.
func makesZeros(node message.Message) bool {
	a, ok := node.Attribute("value")
	if !ok {
		return true
	}
	k := folding.Stored(a.Child("t"))
	return k != nil && k.Size() == 1 && k.Floats()[0] == 0
}
