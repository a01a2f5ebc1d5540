package onnx

// readIndexAdds corrects index_add as PyTorch's older exporter writes it: as
// y + ScatterElements(zeros like y, …) with no reduction. Of several updates
// to one place only one is then kept, and which one ONNX does not say, while
// index_add adds all of them up.
func (f *file) readIndexAdds() {
	if f.whole.text("producer_name") != "pytorch" {
		return
	}
	maker, consumers := map[string]message{}, map[string][]message{}
	for _, node := range f.graph.children("node") {
		for _, output := range node.texts("output") {
			maker[output] = node
		}
		for _, input := range needs(node) {
			consumers[input] = append(consumers[input], node)
		}
	}
	makes := func(name, op string) (node message, ok bool) {
		node, ok = maker[name]
		return node, ok && node.text("op_type") == op
	}
	for _, node := range f.graph.children("node") {
		if node.text("op_type") != "ScatterElements" || node.word("reduction", "none") != "none" {
			continue
		}
		zeros, ok := makes(node.texts("input")[0], "ConstantOfShape")
		if !ok || !makesZeros(zeros) {
			continue
		}
		shape, ok := makes(zeros.texts("input")[0], "Shape")
		users := consumers[node.texts("output")[0]]
		if !ok || len(users) != 1 || users[0].text("op_type") != "Add" {
			continue
		}
		if terms := users[0].texts("input"); terms[0] == shape.texts("input")[0] && terms[1] == node.texts("output")[0] {
			node.without("reduction")
			node.setWord("reduction", "add")
		}
	}
}

// makesZeros reports whether a ConstantOfShape is filled with zeros.
func makesZeros(node message) bool {
	a, ok := node.given("value")
	if !ok {
		return true
	}
	k := stored(a.child("t"))
	return k != nil && k.size() == 1 && k.floats()[0] == 0
}
