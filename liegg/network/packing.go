package network

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
)

// Field is one of several inputs of a network.
type Field struct {
	Name  string
	Shape shapes.Shape // type and shape for one sample
}

// Packing serves networks with several inputs for each sample, such as positions, species
// and a mask. It lays them out, by name, in one vector of floats, which the rest of the lab
// takes like any other input [batch, numbers].
//
//	packing, err := network.PackingOf(data)  // map[string]*tensors.Tensor
//	x, err := packing.Pack(data)
//	moves, err := packing.Moving(network.Move{Action: action.Affine(3, 5), Inputs: []string{"positions"}})
//	verdict, err := network.Judge(packing.Exact(f), moves, network.Tensor(x), network.Settings{})
//
// The network is given each input in its own type and shape, with exactly the values that were
// packed: floats, integers or bools. Integers of more than 16 bits (32 in a vector of float64)
// take several numbers. Inputs that no Move names stay as they are, in verdicts and along
// flows, and gradients by them do not count. Do not forget an input that should move with the
// others, such as the velocities or the cell with the positions: if it stays behind, the
// network does not have the symmetry.
//
// The vector has the type of the widest float among the inputs, or float32. Whether samples
// depend on each other is judged by the numbers that move. Flows compare changes with the spread
// of the outputs, which includes the effect of inputs that stay. They do not affect ρ.
type Packing struct {
	fields  []Field
	spans   []action.Span // of the vector
	dtype   dtypes.DType
	numbers int
}

// NewPacking lays fields out in the order given. It returns an error if there are none, if two
// have the same name, and for types other than floats, integers and bools.
func NewPacking(fields ...Field) (*Packing, error) {
	if len(fields) == 0 {
		return nil, fmt.Errorf("network: a packing needs at least one input")
	}
	p := &Packing{dtype: dtypes.Float32}
	for _, f := range fields {
		if slices.ContainsFunc(p.fields, func(g Field) bool { return g.Name == f.Name }) {
			return nil, fmt.Errorf("network: two inputs have the name %q", f.Name)
		}
		if t := f.Shape.DType; !t.IsFloat() && !t.IsInt() && t != dtypes.Bool {
			return nil, fmt.Errorf("network: the input %q is of type %s: inputs hold floats, integers or bools", f.Name, t)
		}
		if f.Shape.Size() < 1 {
			return nil, fmt.Errorf("network: the input %q has the shape %v for one sample, which holds nothing", f.Name, f.Shape.Dimensions)
		}
		if f.Shape.DType == dtypes.Float64 {
			p.dtype = dtypes.Float64
		}
		p.fields = append(p.fields, Field{f.Name, f.Shape.Clone()})
	}
	for _, f := range p.fields {
		from := p.numbers
		p.numbers += f.Shape.Size() * p.digits(f.Shape.DType)
		p.spans = append(p.spans, action.Span{From: from, To: p.numbers})
	}
	return p, nil
}

// PackingOf lays out the inputs of data, tensors of shape [N, …] by name, in the order of their
// names. It returns the errors of NewPacking, and one if they differ in the number N of samples.
func PackingOf(data map[string]*tensors.Tensor) (*Packing, error) {
	var fields []Field
	for _, name := range slices.Sorted(maps.Keys(data)) {
		x := data[name]
		if _, err := samplesOf(name, x); err != nil {
			return nil, err
		}
		fields = append(fields, Field{name, shapes.Make(x.DType(), x.Shape().Dimensions[1:]...)})
	}
	p, err := NewPacking(fields...)
	if err != nil {
		return nil, err
	}
	_, err = p.samples(data)
	return p, err
}

// Fields returns the inputs, in the order in which they are laid out.
func (p *Packing) Fields() []Field { return slices.Clone(p.fields) }

// Span returns the position of a field in a packed sample. It panics if there is no field of that
// name.
func (p *Packing) Span(name string) action.Span {
	at := p.index(name)
	if at < 0 {
		panic(fmt.Sprintf("network: Packing.Span: there is no input %q, of %q", name, p.names()))
	}
	return p.spans[at]
}

// Shape returns the type and shape of a packed sample, [numbers].
func (p *Packing) Shape() shapes.Shape { return shapes.Make(p.dtype, p.numbers) }

// names returns the names of the inputs.
func (p *Packing) names() (names []string) {
	for _, f := range p.fields {
		names = append(names, f.Name)
	}
	return names
}

// digitBits returns the number of bits of an integer that one number of the vector holds. It
// could hold more, but an integer must stay the same if the number changes by some units in
// its last place, as in checks of a network.
func (p *Packing) digitBits() int {
	if p.dtype == dtypes.Float64 {
		return 32
	}
	return 16
}

// digits returns how many numbers of the vector hold one number of a type.
func (p *Packing) digits(t dtypes.DType) int {
	if !t.IsInt() {
		return 1
	}
	return (8*t.Size() + p.digitBits() - 1) / p.digitBits()
}

// samplesOf returns the number N of a tensor [N, …].
func samplesOf(name string, x *tensors.Tensor) (int, error) {
	if x == nil || !x.Ok() {
		return 0, fmt.Errorf("network: the input %q is nil or was freed", name)
	}
	if x.Rank() == 0 {
		return 0, fmt.Errorf("network: the input %q is a single number: the first axis of every input numbers the samples", name)
	}
	return x.Shape().Dim(0), nil
}

// samples returns the number of samples, which must be the same for all inputs.
func (p *Packing) samples(data map[string]*tensors.Tensor) (n int, err error) {
	for i, f := range p.fields {
		x, ok := data[f.Name]
		if !ok {
			return 0, fmt.Errorf("network: there is no input %q; the data hold %q", f.Name, slices.Sorted(maps.Keys(data)))
		}
		count, err := samplesOf(f.Name, x)
		if err != nil {
			return 0, err
		}
		if i == 0 {
			n = count
		}
		if count != n {
			return 0, fmt.Errorf("network: the input %q has %d samples, and %q has %d: the first axis of every input numbers the samples", p.fields[0].Name, n, f.Name, count)
		}
		if !slices.Equal(x.Shape().Dimensions[1:], f.Shape.Dimensions) {
			return 0, fmt.Errorf("network: the input %q has the shape %v for one sample, not %v", f.Name, x.Shape().Dimensions[1:], f.Shape.Dimensions)
		}
	}
	return n, nil
}

// String lists the inputs: "x (Float32)[10], species (Int8)[5]: 15 numbers of Float32".
func (p *Packing) String() string {
	list := make([]string, len(p.fields))
	for i, f := range p.fields {
		list[i] = f.String()
	}
	return fmt.Sprintf("%s: %d numbers of %s", strings.Join(list, ", "), p.numbers, p.dtype)
}

// String returns the name, the type and the shape.
func (f Field) String() string { return fmt.Sprintf("%s %s", f.Name, f.Shape) }

// Network returns the network of packed samples that computes f, graph code of the inputs by
// name, with the variables of a store. It panics if store or f is nil.
func (p *Packing) Network(store *model.Store, f func(scope *model.Scope, inputs map[string]*Node) *Node) *Network {
	if store == nil || f == nil {
		panic("network: Packing.Network: store and f must not be nil")
	}
	return &Network{Store: store, packing: p, Forward: func(scope *model.Scope, x *Node) *Node { return f(scope, p.Unpack(x)) }}
}

// Exact returns the Network, without variables, of an exact function of the inputs, in graph
// code.
func (p *Packing) Exact(f func(inputs map[string]*Node) *Node) *Network {
	return p.Network(model.NewStore(), func(_ *model.Scope, inputs map[string]*Node) *Node { return f(inputs) })
}

// Packing returns how the inputs of a network with several of them are laid out; nil for a
// network with one input.
func (n *Network) Packing() *Packing { return n.packing }

// index returns the place of a field by its name; −1 if there is none.
func (p *Packing) index(name string) int {
	return slices.IndexFunc(p.fields, func(f Field) bool { return f.Name == name })
}
