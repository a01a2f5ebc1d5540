package network

import (
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie/rep"
)

// Data in a plane say nothing of what lies beyond: generators that leave the plane are doubted, and
// those that turn the plane in itself are found. Gradients may lie in another plane.
func TestDataInAPlane(t *testing.T) {
	const n = 3000
	r, values := rand.New(rand.NewPCG(1, 0)), make([]float64, 0, 3*n)
	for range n {
		a, b := r.NormFloat64(), r.NormFloat64()
		values = append(values, a, b, a)
	}
	x := tensors.FromFlatDataAndDimensions(values, n, 3)
	at := func(x *Node, i int) *Node { return Slice(x, AxisRange(), AxisElem(i)) }
	space := action.Linear(3, 1)
	for name, c := range map[string]struct {
		f      func(x *Node) *Node
		a      action.Action
		answer liegg.Answer
		dim    int
	}{
		"invariant, gradients in the plane":     {squareNorm, space, liegg.Symmetric, 1},
		"invariant, gradients in another plane": {func(x *Node) *Node { return Add(MulScalar(Square(at(x, 0)), 2), Square(at(x, 1))) }, space, liegg.Symmetric, 1},
		"invariant, gradients across the plane": {func(x *Node) *Node { return Add(squareNorm(x), Sub(at(x, 0), at(x, 2))) }, space, liegg.Symmetric, 1},
		"equivariant, a force":                  {func(x *Node) *Node { return Div(x, squareNorm(x)) }, action.Equivariant(space, rep.Standard(3)), liegg.Undetermined, 3},
		"equivariant, with a jump":              {func(x *Node) *Node { return Mul(x, OnePlus(Sign(AddScalar(squareNorm(x), -2)))) }, action.Equivariant(space, rep.Standard(3)), liegg.Undetermined, 6},
		"equivariant, a force within the plane": {func(x *Node) *Node { return inPlane(Div(x, squareNorm(x))) }, action.Equivariant(space, rep.Standard(3)), liegg.Symmetric, 1},
	} {
		v := ok(Judge(Exact(c.f), c.a, Tensor(x), Settings{}))(t)
		if v.Answer != c.answer || v.Dim != c.dim {
			t.Errorf("%s: %v, %d generators:\n%v", name, v.Answer, v.Dim, v)
		}
		if doubted := strings.Contains(v.String(), "all data lie in a subspace of the inputs"); doubted != (c.answer == liegg.Undetermined) {
			t.Errorf("%s: a word of the plane is %v:\n%v", name, doubted, v)
		}
	}
}

// inPlane projects vectors to the plane of the data.
func inPlane(y *Node) *Node {
	at := func(i int) *Node { return Slice(y, AxisRange(), AxisElem(i)) }
	mean := MulScalar(Add(at(0), at(2)), .5)
	return Concatenate([]*Node{mean, at(1), mean}, -1)
}
