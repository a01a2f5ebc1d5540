package network

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/vjp"
)

// pushing is a way of pushing tangents through the layers.
type pushing struct {
	step   float64 // of central differences, relative to the size of inputs; 0 for exact derivatives
	double bool    // compute in float64, whatever the type of the model
}

// pushings are the ways in the order in which they are tried. GoMLX makes exact
// derivatives J·v as derivatives of Jᵀu, which strided convolutions, windows of a
// maximum and slices do not have. Differences in float64 are within about 1e-9: next
// to no unit has its kink between ends so near, and rounding, of size ε/step, is
// smaller still. Models that insist on float32, such as those with constants in it,
// get a step at which rounding hides defects below some 1e-3, and kinks still count
// for little: with ten times the step a network of maxima was off by 2 %.
var pushings = []pushing{{}, {step: 1e-6, double: true}, {step: 3e-4}}

// store returns the variables to compute with: the network's own, or copies of them
// in float64.
func (p pushing) store(n *Network) (*model.Store, error) {
	if !p.double {
		return n.Store, nil
	}
	s := model.NewStore()
	for v := range n.Store.IterVariables() {
		if v.DType() != dtypes.Float32 || !v.HasValue() {
			if _, err := v.CloneToStore(s); err != nil {
				return nil, fmt.Errorf("network: copying the variable %s: %w", v.Path(), err)
			}
			continue
		}
		value, err := v.Value()
		if err != nil {
			return nil, fmt.Errorf("network: reading the variable %s: %w", v.Path(), err)
		}
		values, err := dataset.Values(value)
		if err != nil {
			return nil, err
		}
		if _, err := s.CreateVariable(v.Path(), tensors.FromFlatDataAndDimensions(values, v.Shape().Dimensions...)); err != nil {
			return nil, fmt.Errorf("network: copying the variable %s: %w", v.Path(), err)
		}
	}
	return s, nil
}

// pushed returns J·(A_k·x) of each layer as [batch, m, K].
func (l *layerScan) pushed(scope *model.Scope, x *Node, layers []layer) []*Node {
	if l.push.step == 0 {
		return pushedThrough(x, layers, l.action)
	}
	columns := make([][]*Node, len(layers))
	for _, v := range velocities(l.action, x) {
		for i, moved := range l.differences(scope, x, v) {
			columns[i] = append(columns[i], moved)
		}
	}
	return stacked(columns)
}

// differences returns (h(x + εv) − h(x − εv)) / 2ε for each layer, with an ε that
// moves the inputs of the batch by the step on average.
func (l *layerScan) differences(scope *model.Scope, x, v *Node) []*Node {
	ε := MulScalar(safeRatio(ReduceAllSum(Square(x)), ReduceAllSum(Square(v))), l.push.step)
	shift := Mul(v, ε)
	ends := l.layers(scope, Concatenate([]*Node{Add(x, shift), Sub(x, shift)}, 0))
	batch := x.Shape().Dim(0)
	moved := make([]*Node, len(ends))
	for i, end := range ends {
		there, back := Slice(end.h, AxisRange(0, batch)), Slice(end.h, AxisRange(batch))
		moved[i] = Div(Sub(there, back), MulScalar(ConvertDType(ε, end.h.DType()), 2))
	}
	return moved
}

// safeRatio is √(a/b), and 1 where either is zero.
func safeRatio(a, b *Node) *Node {
	zero := ScalarZero(a.Graph(), a.DType())
	known := LogicalAnd(GreaterThan(a, zero), GreaterThan(b, zero))
	one := OnesLike(a)
	return Sqrt(Div(Where(known, a, one), Where(known, b, one)))
}

// velocities are the A_k·x, of the shape of x each.
func velocities(a action.Action, x *Node) []*Node {
	tangents := a.Tangents(x)
	vs := make([]*Node, a.Dim())
	for k := range vs {
		vs[k] = Reshape(Slice(tangents, AxisRange(), AxisElem(k)), x.Shape().Dimensions...)
	}
	return vs
}

// stacked makes one node [batch, m, K] of K columns [batch, m], for each layer.
func stacked(columns [][]*Node) []*Node {
	pushed := make([]*Node, len(columns))
	for i, c := range columns {
		pushed[i] = Stack(c, 2)
	}
	return pushed
}

// pushedThrough returns J·(A_k·x) of each layer as [batch, m, K]. One pass per
// generator serves all layers: Σ_l J_lᵀu_l is linear in all u_l, and its reverse
// derivative in them is J_l for each.
func pushedThrough(x *Node, layers []layer, a action.Action) []*Node {
	us := make([]*Node, len(layers))
	var paired *Node
	for i, layer := range layers {
		us[i] = ZerosLike(layer.h)
		paired = plus(paired, ConvertDType(ReduceAllSum(Mul(layer.h, us[i])), x.DType()))
	}
	pulled := vjp.Gradients(paired, x)[0]
	columns := make([][]*Node, len(layers))
	for _, v := range velocities(a, x) {
		for i, moved := range vjp.Gradients(ReduceAllSum(Mul(pulled, v)), us...) {
			columns[i] = append(columns[i], moved)
		}
	}
	return stacked(columns)
}
