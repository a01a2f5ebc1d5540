package profile

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/function"
)

// pushing is a way of pushing tangents through the layers.
type pushing struct {
	step   float64 // of central differences, relative to the size of inputs; 0 for exact derivatives
	double bool    // compute in float64, whatever the type of the model
}

// pushings are the ways in the order in which they are tried. GoMLX computes exact
// derivatives J·v as derivatives of Jᵀu, which strided convolutions, max pooling and slices
// do not support. Differences in float64 are accurate to about 1e-9: hardly any unit has its
// kink between points so close together, and rounding errors, of size ε/step, are smaller
// still. Models that insist on float32, for instance because of constants, need a larger
// step. Rounding then hides defects below about 1e-3, and kinks still matter little: with ten
// times the step, a network of maxima was off by 2 %.
var pushings = []pushing{{}, {step: 1e-6, double: true}, {step: 3e-4}}

// store returns the variables for the computation: the network's own, or copies in float64.
func (p pushing) store(n function.Batched) (*model.Store, error) {
	if !p.double {
		return n.Store, nil
	}
	s := model.NewStore()
	for v := range n.Store.IterVariables() {
		if v.DType() != dtypes.Float32 || !v.HasValue() {
			if _, err := v.CloneToStore(s); err != nil {
				return nil, fmt.Errorf("profile: copying the variable %s: %w", v.Path(), err)
			}
			continue
		}
		value, err := v.Value()
		if err != nil {
			return nil, fmt.Errorf("profile: reading the variable %s: %w", v.Path(), err)
		}
		values, err := dataset.Values(value)
		if err != nil {
			return nil, err
		}
		if _, err := s.CreateVariable(v.Path(), tensors.FromFlatDataAndDimensions(values, v.Shape().Dimensions...)); err != nil {
			return nil, fmt.Errorf("profile: copying the variable %s: %w", v.Path(), err)
		}
	}
	return s, nil
}

// pushed returns J·v of each layer for each of vs, as [batch, m, len(vs)].
func (l *layerScan) pushed(scope *model.Scope, x *Node, layers []function.Layer, vs []*Node) []*Node {
	if l.push.step == 0 {
		return derivative.Push(x, vs, activations(layers)...)
	}
	columns := make([][]*Node, len(layers))
	for _, v := range vs {
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
		there, back := Slice(end.H, AxisRange(0, batch)), Slice(end.H, AxisRange(batch))
		moved[i] = Div(Sub(there, back), MulScalar(ConvertDType(ε, end.H.DType()), 2))
	}
	return moved
}

// safeRatio returns √(a/b), or 1 if either is zero.
func safeRatio(a, b *Node) *Node {
	zero := ScalarZero(a.Graph(), a.DType())
	known := LogicalAnd(GreaterThan(a, zero), GreaterThan(b, zero))
	one := OnesLike(a)
	return Sqrt(Div(Where(known, a, one), Where(known, b, one)))
}

// stacked joins columns [batch, m] into one node [batch, m, columns], for each layer.
func stacked(columns [][]*Node) []*Node {
	pushed := make([]*Node, len(columns))
	for i, c := range columns {
		pushed[i] = Stack(c, 2)
	}
	return pushed
}

func activations(layers []function.Layer) []*Node {
	hs := make([]*Node, len(layers))
	for i, layer := range layers {
		hs[i] = layer.H
	}
	return hs
}
