package onnx

import (
	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// inline replaces each If whose condition follows from constants and shapes
// by the branch that is taken. Exporters write such an If where a shape
// decides. It reports whether there was any.
func (m *converted) inline(f *file) bool {
	found := false
	var nodes []message
	for _, node := range m.steps {
		branch, ok := m.taken(node)
		if !ok {
			nodes = append(nodes, node)
			continue
		}
		found = true
		nodes = append(nodes, inlined(node, branch)...)
	}
	if !found {
		return false
	}
	f.setNodes(nodes)
	return true
}

// taken returns the branch of an If that is taken for batches of any size, as
// far as can be seen.
func (m *converted) taken(node message) (branch message, ok bool) {
	if node.text("op_type") != "If" {
		return message{}, false
	}
	name := "else_branch"
	for i, batch := range []int{samples, samples - 2, 1} {
		number, known := m.numberFor(node.texts("input")[0], batch)
		truth := number != 0
		if !known || i > 0 && truth != (name == "then_branch") {
			return message{}, false
		}
		if truth {
			name = "then_branch"
		}
	}
	a, ok := node.given(name)
	return a.child("g"), ok
}

// numberFor returns the only number of a tensor for a batch, if it is known.
func (m *converted) numberFor(name string, batch int) (number int, known bool) {
	err := func() (err error) {
		defer recovered(&err)
		backend, err := compute.NewWithConfig("go")
		if err != nil {
			return err
		}
		defer backend.Finalize()
		g := NewGraph(backend, "onnx")
		defer g.Finalize()
		m.call(m.store.RootScope(), m.batch(g, batch), name)
		return nil
	}()
	if err != nil {
		return 0, false
	}
	k := m.value(name)
	if k == nil || len(k.whole) != 1 {
		return 0, false
	}
	return k.whole[0], true
}

// inlined returns the nodes of a branch, with their results under the names
// of the If's outputs.
func inlined(node, branch message) (nodes []message) {
	rename := map[string]string{}
	var copies []message
	outputs := node.texts("output")
	made := map[string]bool{}
	for _, inner := range branch.children("node") {
		for _, name := range inner.texts("output") {
			made[name] = true
		}
	}
	for i, v := range branch.children("output") {
		name := v.text("name")
		if i >= len(outputs) || outputs[i] == "" {
			continue
		}
		if _, twice := rename[name]; made[name] && !twice {
			rename[name] = outputs[i]
			continue
		}
		// A tensor from outside of the branch, or one that was renamed before.
		d := &definition{node: message{node.New()}}
		d.node.append("output", protoreflect.ValueOf(outputs[i]))
		d.node.put("op_type", protoreflect.ValueOf("If"))
		if other, ok := rename[name]; ok {
			name = other
		}
		d.same(name)
		copies = append(copies, d.nodes...)
	}
	nodes = initialised(node, branch)
	for _, inner := range branch.children("node") {
		renameIn(inner, rename)
		nodes = append(nodes, inner)
	}
	return append(nodes, copies...)
}

// initialised returns constants in the place of a graph's initialisers.
func initialised(node, graph message) (constants []message) {
	for _, t := range graph.children("initializer") {
		d := &definition{node: message{node.New()}}
		d.node.append("output", protoreflect.ValueOf(t.text("name")))
		constant := d.add("Constant", t.text("name"), nil)
		a := constant.attribute("value", tensorAttribute)
		a.put("t", protoreflect.ValueOfMessage(t.Message))
		constants = append(constants, constant)
	}
	return constants
}

// renameIn renames tensors in a node and in its inner graphs.
func renameIn(node message, rename map[string]string) {
	node.each("NodeProto", func(n message) error {
		for _, field := range []protoreflect.Name{"input", "output"} {
			list := n.get(field).List()
			for i := range list.Len() {
				if to, ok := rename[list.Get(i).String()]; ok {
					list.Set(i, protoreflect.ValueOf(to))
				}
			}
		}
		for _, a := range n.children("attribute") {
			for _, v := range a.child("g").children("output") {
				if to, ok := rename[v.text("name")]; ok {
					v.put("name", protoreflect.ValueOf(to))
				}
			}
		}
		return nil
	})
}
