package onnx

import (
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
	"github.com/liegg/lab/liegg/network/onnx/internal/rewriting"
)

// inline replaces each If whose condition follows from constants and shapes
// by the branch that is taken. Exporters write such an If where a shape
// decides. It reports whether there was any.
func (m *converted) inline(f *modelfile.File) bool {
	found := false
	var nodes []message.Message
	for _, node := range m.Steps {
		branch, ok := m.taken(node)
		if !ok {
			nodes = append(nodes, node)
			continue
		}
		found = true
		nodes = append(nodes, rewriting.Inlined(node, branch)...)
	}
	if !found {
		return false
	}
	f.SetNodes(nodes)
	return true
}

// taken returns the branch of an If that is taken for batches of any size, as
// far as can be seen.
func (m *converted) taken(node message.Message) (branch message.Message, ok bool) {
	if node.Text("op_type") != "If" {
		return message.Message{}, false
	}
	name := "else_branch"
	for i, batch := range []int{samples, samples - 2, 1} {
		number, known := m.numberFor(node.Texts("input")[0], batch)
		truth := number != 0
		if !known || i > 0 && truth != (name == "then_branch") {
			return message.Message{}, false
		}
		if truth {
			name = "then_branch"
		}
	}
	a, ok := node.Attribute(name)
	return a.Child("g"), ok
}

// numberFor returns the only number of a tensor for a batch, if it is known.
func (m *converted) numberFor(name string, batch int) (number int, known bool) {
	err := func() (err error) {
		defer recovered(&err)
		backend, err := purego.New()
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
	k := m.Value(name)
	if k == nil || len(k.Whole) != 1 {
		return 0, false
	}
	return k.Whole[0], true
}
