package moved

import (
	"fmt"
	"math"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network"
)

// size scales outputs to one size, as network.Judge does: each is divided by the size of its
// gradients, and constants are left out.
func (o *Outputs) size() error {
	if like := o.s.like; like != nil {
		o.factors, o.sized, o.blind = like.factors, like.sized, like.blind
		return nil
	}
	sizes, err := network.OutputScales(o.network, o.Action, o.Held, network.Settings{Head: o.s.Head, BySize: o.s.BySize})
	if err != nil {
		return err
	}
	if sizes == nil {
		return o.divide()
	}
	if len(sizes.Constant) > 0 {
		if err := o.findBlind(sizes.Constant); err != nil {
			return err
		}
	}
	o.sized = len(sizes.Gradients) - len(sizes.Constant)
	o.factors = sizes.Factors(len(sizes.Gradients))
	return nil
}

// findBlind finds outputs that vary although their gradients vanish.
func (o *Outputs) findBlind(constant []int) error {
	outputs, err := o.plainOutputs()
	if err != nil {
		return err
	}
	m := len(outputs) / o.Held.Len()
	for _, k := range constant {
		own := tensor.Column(outputs, k, m)
		if slices.Max(own)-slices.Min(own) > 100*o.Epsilon*floats.Norm(own, math.Inf(1)) {
			o.blind = append(o.blind, k)
		}
	}
	return nil
}

// Blindness returns the reasons to give no answer if outputs vary but have no gradient.
func (o *Outputs) Blindness() []string {
	if len(o.blind) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("output %d varies, but its gradient is zero: it jumps, which gradients do not see, or it is saturated", o.blind[0]+1)}
}

// divide measures each output in units of its size if the factors leave each one a unit of its
// own, as network.Judge does.
func (o *Outputs) divide() error {
	pair, ok := o.Pair()
	if !ok || o.s.BySize || !pair.FreeUnits() {
		return nil
	}
	values, err := o.plainOutputs()
	if err != nil {
		return err
	}
	m := pair.Outputs()
	sizes, inverse := make([]float64, m), make([]float64, m)
	for k := range sizes {
		squares := tensor.Column(values, k, m)
		floats.Mul(squares, squares)
		if sizes[k] = math.Sqrt(participation.Typical(squares)); sizes[k] == 0 {
			sizes[k] = 1
		}
		inverse[k] = 1 / sizes[k]
	}
	o.Action = pair.InUnits(sizes)
	o.factors = inverse
	return nil
}

var plainCode = network.NewCode(func(_ action.Action, f func(x *Node) *Node, x *Node, _ []*Node) []*Node { return []*Node{f(x)} })

// plainOutputs returns the head's values at the unmoved inputs.
func (o *Outputs) plainOutputs() ([]float64, error) {
	p, err := o.network.Kept(plainCode, o.s.Head, nil, o.Held)
	if err != nil {
		return nil, err
	}
	defer p.Finalize()
	outputs, err := p.Run(o.Held)
	if err != nil {
		return nil, err
	}
	return outputs[0], nil
}

// Sized returns the number of outputs that were scaled to one size, or 0 if none were.
func (o *Outputs) Sized() int { return o.sized }
