package operators

import (
	"fmt"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

func init() {
	own["RNN"] = func(o *operation) []*Node { return o.recurrent(1, simpleCell) }
	own["GRU"] = func(o *operation) []*Node { return o.recurrent(3, gatedCell) }
	own["LSTM"] = func(o *operation) []*Node { return o.recurrent(4, longShortCell) }
}

// recurrence is one direction of a recurrent network, with weights of all
// gates side by side: [features, gates·hidden], [hidden, gates·hidden] and
// [gates·hidden].
type recurrence struct {
	hidden                  int
	state, bias, biasState  *Node // bias may be nil
	peepholes               *Node // [3·hidden], or nil
	activations             []func(x *Node) *Node
	afterProduct, inputGate bool // linear_before_reset, and input_forget
}

// cell returns the next hidden state and cell state, given those before and
// the inputs' part of the gates, x·W [batch, gates·hidden].
type cell func(r recurrence, x, h, c *Node) (nextHidden, nextCell *Node)

// recurrent runs cells along the first axis of X [steps, batch, features], or
// along the second if the layout says so.
func (o *operation) recurrent(gates int, next cell) []*Node {
	x := o.input(0)
	batchFirst := o.node.Integer("layout", 0) != 0
	if batchFirst {
		x = TransposeAllAxes(x, 1, 0, 2)
	}
	if clip := o.node.Float("clip", 0); clip != 0 {
		panic(fmt.Errorf("its clip = %g is not supported", clip))
	}
	steps, batch := x.Shape().Dim(0), x.Shape().Dim(1)
	o.wholeLengths(steps)
	weights := o.input(1)
	directions, hidden := weights.Shape().Dim(0), weights.Shape().Dim(1)/gates
	word := o.node.Word("direction", "forward")
	if want := map[string]int{"forward": 1, "reverse": 1, "bidirectional": 2}[word]; want != directions {
		panic(fmt.Errorf("its direction is %q, and its weights are for %d directions", word, directions))
	}
	var outputs, states, cells []*Node
	for d := range directions {
		r := o.direction(d, gates, hidden)
		h, c := o.initial(5, d, batch, hidden, batchFirst), o.initial(6, d, batch, hidden, batchFirst)
		w := part(weights, d)
		products := DotGeneral(x, []int{2}, nil, w, []int{1}, nil) // [steps, batch, gates·hidden]
		if r.bias != nil {
			products = Add(products, ExpandLeftToRank(r.bias, 3))
		}
		made := make([]*Node, steps)
		for i := range steps {
			t := i
			if word == "reverse" || d == 1 {
				t = steps - 1 - i
			}
			h, c = next(r, part(products, t), h, c)
			made[t] = h
		}
		outputs, states, cells = append(outputs, Stack(made, 0)), append(states, h), append(cells, c)
	}
	y, h := Stack(outputs, 1), Stack(states, 0)
	c := Stack(cells, 0)
	if batchFirst {
		y, h, c = TransposeAllAxes(y, 2, 0, 1, 3), TransposeAllAxes(h, 1, 0, 2), TransposeAllAxes(c, 1, 0, 2)
	}
	return []*Node{y, h, c}
}

// part returns the i-th part of x along its first axis, without this axis.
func part(x *Node, i int) *Node {
	return Reshape(SliceAxis(x, 0, AxisElem(i)), x.Shape().Dimensions[1:]...)
}

// wholeLengths requires that all sequences have as many steps as the input.
func (o *operation) wholeLengths(steps int) {
	if !o.has(4) {
		return
	}
	for _, n := range o.integers(4) {
		if n != steps {
			panic(fmt.Errorf("it has a sequence of length %d among those of length %d, which is not supported", n, steps))
		}
	}
}

// initial returns an initial state [batch, hidden], zero if it is not given.
func (o *operation) initial(i, direction, batch, hidden int, batchFirst bool) *Node {
	if !o.has(i) {
		return Zeros(o.graph, shapes.Make(o.input(0).DType(), batch, hidden))
	}
	x := o.input(i)
	if batchFirst {
		x = TransposeAllAxes(x, 1, 0, 2)
	}
	return part(x, direction)
}

// direction returns the weights of one direction.
func (o *operation) direction(d, gates, hidden int) recurrence {
	r := recurrence{
		hidden: hidden, state: part(o.input(2), d),
		afterProduct: o.node.Integer("linear_before_reset", 0) != 0, inputGate: o.node.Integer("input_forget", 0) != 0,
		activations: o.activations(d, gates),
	}
	if o.has(3) {
		b := part(o.input(3), d)
		r.bias, r.biasState = Slice(b, AxisRange(0, gates*hidden)), Slice(b, AxisRange(gates*hidden))
		if gates != 3 || !r.afterProduct {
			r.bias, r.biasState = Add(r.bias, r.biasState), nil
		}
	}
	if gates == 4 && o.has(7) {
		r.peepholes = part(o.input(7), d)
	}
	return r
}

// activations returns the functions of one direction: of the gates first.
func (o *operation) activations(d, gates int) []func(x *Node) *Node {
	standard := map[int][]string{1: {"Tanh"}, 3: {"Sigmoid", "Tanh"}, 4: {"Sigmoid", "Tanh", "Tanh"}}[gates]
	names := standard
	if a, ok := o.node.Attribute("activations"); ok {
		list := a.Field("strings").List()
		if list.Len() < (d+1)*len(standard) {
			panic(fmt.Errorf("it has %d activations, and needs %d", list.Len(), (d+1)*len(standard)))
		}
		names = nil
		for i := range standard {
			names = append(names, string(list.Get(d*len(standard)+i).Bytes()))
		}
	}
	functions := make([]func(x *Node) *Node, len(names))
	for i, name := range names {
		f, ok := cellActivations[name]
		if !ok {
			panic(fmt.Errorf("its activation %q is not supported", name))
		}
		functions[i] = f
	}
	return functions
}

var cellActivations = map[string]func(x *Node) *Node{
	"Tanh": Tanh, "Sigmoid": Sigmoid, "Relu": func(x *Node) *Node { return Max(x, ScalarZero(x.Graph(), x.DType())) },
	"Softsign": func(x *Node) *Node { return Div(x, AddScalar(Abs(x), 1)) },
}

// gate returns the i-th of the gates side by side.
func (r recurrence) gate(x *Node, i int) *Node {
	return SliceAxis(x, -1, AxisRange(i*r.hidden, (i+1)*r.hidden))
}

// weightsOf returns the rows of the state's weights for gates from i to j.
func (r recurrence) weightsOf(i, j int) *Node {
	return SliceAxis(r.state, 0, AxisRange(i*r.hidden, j*r.hidden))
}

// times returns h·Wᵀ.
func times(h, w *Node) *Node { return DotGeneral(h, []int{1}, nil, w, []int{1}, nil) }

// simpleCell is h' = f(x·Wᵀ + h·Rᵀ + b).
func simpleCell(r recurrence, x, h, c *Node) (*Node, *Node) {
	return r.activations[0](Add(x, times(h, r.state))), c
}

// gatedCell is h' = (1 − z)∘n + z∘h, with gates in the order z, r, n.
func gatedCell(r recurrence, x, h, c *Node) (*Node, *Node) {
	f, g := r.activations[0], r.activations[1]
	products := Add(SliceAxis(x, -1, AxisRange(0, 2*r.hidden)), times(h, r.weightsOf(0, 2)))
	if r.biasState != nil {
		products = Add(products, ExpandLeftToRank(Slice(r.biasState, AxisRange(0, 2*r.hidden)), 2))
	}
	z, reset := f(r.gate(products, 0)), f(r.gate(products, 1))
	var n *Node
	if r.afterProduct {
		n = times(h, r.weightsOf(2, 3))
		if r.biasState != nil {
			n = Add(n, ExpandLeftToRank(Slice(r.biasState, AxisRange(2*r.hidden)), 2))
		}
		n = Mul(reset, n)
	} else {
		n = times(Mul(reset, h), r.weightsOf(2, 3))
	}
	n = g(Add(r.gate(x, 2), n))
	return Add(Sub(n, Mul(z, n)), Mul(z, h)), c
}

// longShortCell is c' = f∘c + i∘g and h' = o∘tanh(c'), with gates in the order
// i, o, f, g. Peepholes let the gates i, o, f see the cell.
func longShortCell(r recurrence, x, h, c *Node) (*Node, *Node) {
	products := Add(x, times(h, r.state))
	seen := func(i int, c *Node) *Node {
		y := r.gate(products, i)
		if r.peepholes == nil {
			return y
		}
		return Add(y, Mul(c, ExpandLeftToRank(Slice(r.peepholes, AxisRange(i*r.hidden, (i+1)*r.hidden)), 2)))
	}
	sigmoid := r.activations[0]
	in, forget := sigmoid(seen(0, c)), sigmoid(seen(2, c))
	if r.inputGate {
		forget = Sub(OnesLike(in), in)
	}
	next := Add(Mul(forget, c), Mul(in, r.activations[1](r.gate(products, 3))))
	return Mul(sigmoid(seen(1, next)), r.activations[2](next)), next
}
