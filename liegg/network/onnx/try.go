package onnx

import (
	"cmp"
	"errors"
	"fmt"
	"sort"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
)

// try builds the model and its derivative without running them. If that
// fails, it looks for the first node that fails.
func (m *converted) try(backend compute.Backend) error {
	if m.refused != nil {
		return m.refused
	}
	if err := m.fitsBackend(backend); err != nil {
		return err
	}
	if err := m.hold(backend); err != nil {
		return err
	}
	if err := m.misread(); err != nil {
		return err
	}
	if err := m.chosenBranches(); err != nil { // the conversion would not report this, or not as clearly
		return err
	}
	if err := m.joinable(backend); err != nil {
		return err
	}
	err := m.build(backend, []string{m.output}, true)
	if err == nil {
		return cmp.Or(m.outOfBounds(backend), m.untested())
	}
	var node *NodeError
	if errors.Is(err, errOutput) || errors.As(err, &node) {
		return err
	}
	if plain := m.build(backend, []string{m.output}, false); plain != nil {
		return m.blame(backend, false, plain)
	}
	return m.blame(backend, true, err)
}

// pureGo is the name of GoMLX's own backend.
const pureGo = "Go Backend"

// mostInGo is the largest number of operators built on GoMLX's own backend.
// compute v0.1.2 compares each with all others of its kind, which takes 10 s
// for 40 000.
const mostInGo = 100_000

// fitsBackend refuses models that are too long for the pure-Go backend.
func (m *converted) fitsBackend(backend compute.Backend) error {
	if n := len(m.Steps); n > mostInGo && backend.Name() == pureGo {
		return fmt.Errorf("the model has %d operators: on the backend in pure Go at most %d can be built in reasonable time, "+
			"which grows with their square; XLA can", n, mostInGo)
	}
	return nil
}

// blame finds the first node up to which the model cannot be built, by
// bisection, because nodes are in order.
func (m *converted) blame(backend compute.Backend, differentiate bool, err error) error {
	step := "converted"
	if differentiate {
		step = "differentiated"
	}
	made := make([]string, len(m.Steps))
	for i, node := range m.Steps {
		made[i] = node.Texts("output")[0]
	}
	k := sort.Search(len(made), func(k int) bool { return m.build(backend, made[:k+1], differentiate) != nil })
	if k == len(made) {
		return fmt.Errorf("the model cannot be %s: %w", step, err)
	}
	node := m.Steps[k]
	return &NodeError{message.NodeName(node), node.Text("op_type"), step, m.build(backend, made[:k+1], differentiate)}
}

// samples is a batch size that is unlikely to be fixed in a file.
const samples = 7

// build builds the graph of tensors, with the gradient of their sum if
// requested.
func (m *converted) build(backend compute.Backend, made []string, differentiate bool) (err error) {
	defer recovered(&err)
	g := NewGraph(backend, "onnx")
	defer g.Finalize()
	x := m.batch(g, samples)
	outputs := m.call(m.store.RootScope(), x, made...)
	if err := modest(g); err != nil || !differentiate {
		return err
	}
	if len(made) == 1 && made[0] == m.output {
		m.work = work(g)
		if err := m.fits(m.output, outputs[0].Shape()); err != nil {
			return err
		}
	}
	sum := ReduceAllSum(x)
	for _, y := range outputs {
		if y.DType().IsFloat() {
			sum = Add(sum, ConvertDType(ReduceAllSum(y), x.DType()))
		}
	}
	vjp.Gradients(sum, x)
	return nil
}

func (m *converted) batch(g *Graph, size int) *Node {
	return Parameter(g, "x", shapes.Make(m.input.DType, append([]int{size}, m.input.Dimensions...)...))
}

// modest returns an error if a few samples alone would fill the memory.
func modest(g *Graph) error {
	for _, n := range g.Nodes() {
		if n.NumOutputs() != 1 {
			continue
		}
		if size, ok := message.Product(n.Shape().Dimensions); !ok || size > modelfile.MaxNumbers {
			return fmt.Errorf("it makes a tensor of shape %v for %d samples", n.Shape().Dimensions, samples)
		}
	}
	return nil
}

// errOutput is wrapped by errors about outputs that can be made but not used.
var errOutput = errors.New("the output")

// fits requires floats with the batch as the first axis.
func (m *converted) fits(output string, s shapes.Shape) error {
	if !s.DType.IsFloat() {
		return fmt.Errorf("%w %q is of type %s, which cannot be differentiated: choose another by Settings.Output", errOutput, output, s.DType)
	}
	if !m.asDeclared(output, s) {
		return fmt.Errorf("%w %q is %s for a batch of %d, which is not the shape that the file declares: "+
			"an operator before it is not converted as it should be; take a tensor before it with Settings.Output", errOutput, output, s, samples)
	}
	if s.Rank() == 0 || s.Dim(0) != samples {
		return fmt.Errorf("%w %q is %s for a batch of %d: its first axis must be the batch; the model was exported for one batch size, so "+
			howToExport, errOutput, output, s, samples, m.names[0])
	}
	return nil
}
