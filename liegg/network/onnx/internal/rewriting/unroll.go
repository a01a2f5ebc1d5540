package rewriting

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/liegg/lab/liegg/network/onnx/internal/folding"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
)

// MostUnrolled is the largest number of operators that a Scan or a Loop is written out as.
const MostUnrolled = 20_000

// Sized tells the sizes and numbers of a graph's tensors that are the same for batches of all
// sizes, as far as can be seen.
type Sized interface {
	// SizesOf returns the sizes of tensors, -1 where they depend on the batch.
	SizesOf(names []string) ([][]int, error)
	// NumberOf returns the only number of a tensor.
	NumberOf(name string) (number int, known bool)
}

// Unroll writes out the first Scan or Loop among a file's nodes, step by step. It reports whether
// there was one. The error, an *message.Unsupported, says why the number of steps is not known.
func Unroll(f *modelfile.File, nodes []message.Message, m Sized) (found bool, err error) {
	for i, node := range nodes {
		op := node.Text("op_type")
		if op != "Scan" && op != "Loop" {
			continue
		}
		r := newRepetition(node)
		if op == "Scan" {
			err = r.scanned(m)
		} else {
			err = r.looped(m)
		}
		if size := r.steps * max(1, len(r.body.Children("node"))); err == nil && size > MostUnrolled {
			err = fmt.Errorf("its %d steps are %d operators, and at most %d can be written out", r.steps, size, MostUnrolled)
		}
		if err != nil {
			return false, message.NewUnsupported(node, err)
		}
		f.SetNodes(slices.Concat(nodes[:i], r.written(), nodes[i+1:]))
		return true, nil
	}
	return false, nil
}

// repetition is a body that is repeated. The inputs of the body are own, which a step is given
// by the repetition itself, and states, which it takes from the step before. Its outputs are
// skipped ones, the states, and parts of the results of the whole.
type repetition struct {
	*Definition // of the node

	body     message.Message
	steps    int
	own      int // inputs of a step, beside the states
	ownFirst bool
	skipped  int
	states   []string                               // at first
	give     func(step int) []string                // the own inputs of a step
	along    func(result int) (axis int, back bool) // where parts are joined, and whether the last comes first
}

func newRepetition(node message.Message) *repetition {
	a, _ := node.Attribute("body")
	return &repetition{Definition: &Definition{node: node, file: fileFacts{constant: map[string]message.Message{}}}, body: a.Child("g")}
}

// scanned completes a Scan: in each step the body has a part of each scanned input.
func (r *repetition) scanned(m Sized) error {
	inputs := r.node.Texts("input")
	r.own = r.node.Integer("num_scan_inputs", 0)
	if r.own < 1 || r.own > len(inputs) {
		return fmt.Errorf("it scans %d of %d inputs", r.own, len(inputs))
	}
	var scans []string
	r.states, scans = inputs[:len(inputs)-r.own], inputs[len(inputs)-r.own:]
	shapes, err := m.SizesOf(scans)
	if err != nil {
		return err
	}
	axes, back := r.node.Integers("scan_input_axes"), r.node.Integers("scan_input_directions")
	for i, dims := range shapes {
		n := dims[folding.FromFirst(nth(axes, i), len(dims))]
		if n < 1 || i > 0 && n != r.steps {
			return fmt.Errorf("the number of its steps depends on the batch or is none: its input %q is %v along axis %d", scans[i], dims, nth(axes, i))
		}
		r.steps = n
	}
	r.give = func(step int) (parts []string) {
		for i, name := range scans {
			from := step
			if nth(back, i) != 0 {
				from = r.steps - 1 - step
			}
			axis := r.integers(nth(axes, i))
			parts = append(parts, r.op("Squeeze", r.op("Slice", name, r.integers(from), r.integers(from+1), axis), axis))
		}
		return parts
	}
	outAxes, outBack := r.node.Integers("scan_output_axes"), r.node.Integers("scan_output_directions")
	r.along = func(i int) (int, bool) { return nth(outAxes, i), nth(outBack, i) != 0 }
	return nil
}

// nth returns the i-th of some numbers, or 0 if they are not given.
func nth(values []int, i int) int {
	if i < len(values) {
		return values[i]
	}
	return 0
}

// looped completes a Loop whose number of steps is known and whose condition stays true.
func (r *repetition) looped(m Sized) error {
	inputs := r.node.Texts("input")
	if inputs[0] == "" {
		return errors.New("its number of steps is not given")
	}
	n, ok := m.NumberOf(inputs[0])
	if !ok || n < 1 {
		return errors.New("its number of steps is none, or follows neither from constants nor from shapes")
	}
	condition := inputs[1]
	if condition != "" {
		if truth, known := m.NumberOf(condition); !known || truth == 0 {
			return errors.New("whether it begins depends on what is computed")
		}
	}
	if !r.goesOn() {
		return errors.New("whether it goes on depends on what it computes")
	}
	r.steps, r.own, r.ownFirst, r.skipped, r.states = n, 2, true, 1, inputs[2:]
	always := r.tensor(message.BoolType, nil, []byte{1})
	r.give = func(step int) []string {
		return []string{r.tensor(message.Int64Type, nil, binary.LittleEndian.AppendUint64(nil, uint64(step))), always}
	}
	r.along = func(int) (int, bool) { return 0, false }
	return nil
}

// goesOn reports whether the condition that the body of a Loop gives is the one it has, or a
// constant that is true.
func (r *repetition) goesOn() bool {
	given, name := r.body.Children("input")[1].Text("name"), r.body.Children("output")[0].Text("name")
	constant := message.Constants(r.body)
	nodes := r.body.Children("node")
	for {
		if t, ok := constant[name]; ok {
			k := folding.Stored(t)
			return k != nil && len(k.Whole) == 1 && k.Whole[0] != 0
		}
		if name == given {
			return true
		}
		i := slices.IndexFunc(nodes, func(n message.Message) bool { return slices.Contains(n.Texts("output"), name) })
		if i < 0 {
			return false
		}
		switch inputs := nodes[i].Texts("input"); nodes[i].Text("op_type") {
		case "Reshape", "Cast", "Squeeze", "Unsqueeze": // keep the number
			name = inputs[0]
		default:
			return false
		}
	}
}

// written returns the nodes of all steps.
func (r *repetition) written() []message.Message {
	unique := func(where, name string) string { return fmt.Sprintf("%s of %s, %s", name, r.output(), where) }
	var inputs, outputs []string
	for _, v := range r.body.Children("input") {
		inputs = append(inputs, v.Text("name"))
	}
	for _, v := range r.body.Children("output") {
		outputs = append(outputs, v.Text("name"))
	}
	once := map[string]string{} // what all steps share
	for _, t := range r.body.Children("initializer") {
		once[t.Text("name")] = unique("constant", t.Text("name"))
	}
	for _, constant := range initialised(r.node, r.body) {
		message.Rename(constant, once)
		r.nodes = append(r.nodes, constant)
	}
	states, results := r.states, make([][]string, len(outputs)-r.skipped-len(r.states))
	for step := range r.steps {
		values := slices.Concat(states, r.give(step))
		if r.ownFirst {
			values = slices.Concat(values[len(states):], states)
		}
		rename := maps.Clone(once)
		for i, name := range inputs {
			rename[name] = values[i]
		}
		for _, inner := range r.body.Children("node") {
			for _, name := range inner.Texts("output") {
				rename[name] = unique(fmt.Sprintf("step %d", step+1), name)
			}
		}
		for _, inner := range r.body.Children("node") {
			inner = message.Of(proto.Clone(inner.Interface()).ProtoReflect())
			message.Rename(inner, rename)
			r.nodes = append(r.nodes, inner)
		}
		made := make([]string, len(outputs))
		for i, name := range outputs {
			if made[i] = name; rename[name] != "" {
				made[i] = rename[name]
			}
		}
		states = made[r.skipped:][:len(states)]
		for i, name := range made[r.skipped+len(states):] {
			results[i] = append(results[i], name)
		}
	}
	r.finish(states, results)
	return r.nodes
}

// finish makes the outputs of the whole.
func (r *repetition) finish(states []string, results [][]string) {
	outputs := r.node.Texts("output")
	made := message.NameSet()
	for _, node := range r.nodes {
		for _, name := range node.Texts("output") {
			made[name] = true
		}
	}
	last := map[string]string{} // outputs under their names in the last step
	for i, state := range states {
		if outputs[i] != "" && made[state] && last[state] == "" {
			last[state] = outputs[i]
		}
	}
	renamed := func(name string) string { return cmp.Or(last[name], name) }
	for _, node := range r.nodes {
		message.Rename(node, last)
	}
	for i, output := range outputs {
		switch k := i - len(states); {
		case output == "" || k < 0 && renamed(states[i]) == output:
		case k < 0:
			state := renamed(states[i])
			r.add("Reshape", output, []string{state, r.op("Shape", state)})
		default:
			axis, back := r.along(k)
			parts := make([]string, r.steps)
			for step, name := range results[k] {
				to := step
				if back {
					to = r.steps - 1 - step
				}
				parts[to] = r.op("Unsqueeze", renamed(name), r.integers(axis))
			}
			r.add("Concat", output, parts).SetInt("axis", axis)
		}
	}
}
