package network

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Unpack splits packed samples x [batch, numbers] into the inputs by name, each in its own type
// and shape, [batch, …]. Integers and bools have no gradients. It is graph code, and panics if x
// has another shape.
func (p *Packing) Unpack(x *Node) map[string]*Node {
	if x.Rank() != 2 || x.Shape().Dim(1) != p.numbers {
		panic(fmt.Errorf("network: samples of shape %v were not packed as %v", x.Shape().Dimensions[1:], p))
	}
	inputs := map[string]*Node{}
	for i, f := range p.fields {
		field := Slice(x, AxisRange(), AxisRange(p.spans[i].From, p.spans[i].To))
		switch t := f.Shape.DType; {
		case t == dtypes.Bool:
			field = NotEqual(Round(field), ZerosLike(field))
		case t.IsInt():
			field = StopGradient(p.integers(field, t))
		default:
			field = ConvertDType(field, t)
		}
		inputs[f.Name] = Reshape(field, append([]int{x.Shape().Dim(0)}, f.Shape.Dimensions...)...)
	}
	return inputs
}

// integers computes integers from their digits, [batch, size]. It tolerates changes of the digits
// by some units in the last place; see digitBits.
func (p *Packing) integers(digits *Node, t dtypes.DType) *Node {
	count := p.digits(t)
	size := digits.Shape().Dim(1) / count
	digits = Round(digits)
	var sum *Node
	for i := count - 1; i >= 0; i-- {
		digit := ConvertDType(Slice(digits, AxisRange(), AxisRange(i*size, (i+1)*size)), t)
		if sum == nil {
			sum = digit
		} else {
			sum = Add(MulScalar(sum, int64(1)<<p.digitBits()), digit)
		}
	}
	return sum
}

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
