package profile

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/network/internal/derivative"
)

// Motion says how the activations of a layer move along a generator: their velocity B·h, linear
// in h. The zero value is Still.
type Motion struct {
	name     string
	velocity func(h *Node) *Node // of h [batch, …], in the same shape; nil if h stays
}

// Still returns the motion of activations that should not change.
func Still() Motion { return Motion{} }

// By returns the motion by a matrix b: activations, flattened, are vectors of b's size, one
// after the other, and b moves each of them. It panics unless b is square.
func By(b *mat.Dense) Motion {
	n, columns := b.Dims()
	if n != columns {
		panic(fmt.Sprintf("profile: By: b must be square, got %d×%d", n, columns))
	}
	return Motion{fmt.Sprintf("vectors of %d", n), func(h *Node) *Node {
		if width := h.Shape().Size() / h.Shape().Dim(0); width%n != 0 {
			panic(fmt.Errorf("a layer of %d activations does not consist of vectors of %d", width, n))
		}
		vectors := Reshape(h, -1, n)
		v := Einsum("vj,ij->vi", vectors, constantLike(h, b))
		return Reshape(v, h.Shape().Dimensions...)
	}}
}

// As returns the motion of activations that an action moves by its generator: feature maps by an
// action.Image, for instance. It panics if h is not a generator of a.
func As(a action.Action, h *mat.Dense) Motion {
	c := mustBeGenerator(a, h)
	return Motion{fmt.Sprintf("%T", a), func(x *Node) *Node { return along(a, c, x) }}
}

// String says what moves.
func (m Motion) String() string {
	if m.velocity == nil {
		return "still"
	}
	return m.name
}

// of returns the velocity of h, nil if it is 0.
func (m Motion) of(h *Node) *Node {
	if m.velocity == nil {
		return nil
	}
	return m.velocity(h)
}

// along returns Σ_k c_k A_k·x.
func along(a action.Action, c []float64, x *Node) (sum *Node) {
	if err := a.Check(x.Shape().Dimensions[1:]); err != nil {
		panic(err)
	}
	for k, v := range derivative.Velocities(a, x) {
		if c[k] != 0 {
			sum = nodes.Plus(sum, MulScalar(v, c[k]))
		}
	}
	if sum == nil {
		return ZerosLike(x)
	}
	return sum
}

// mustBeGenerator returns the coefficients of h. It panics if h is not a generator of a.
func mustBeGenerator(a action.Action, h *mat.Dense) []float64 {
	if h == nil {
		panic("profile: the generator h is nil")
	}
	n := action.GeneratorSize(a)
	if rows, columns := h.Dims(); rows != n || columns != n {
		panic(fmt.Sprintf("profile: the generator h must be a %d×%d matrix, got %d×%d", n, n, rows, columns))
	}
	c, off, err := action.Coefficients(a, h)
	if err != nil {
		panic(fmt.Sprintf("profile: %v", err))
	}
	if off[0] > 1e-9*mat.Norm(h, 2) {
		panic(fmt.Sprintf("profile: h must be a generator of the action, it is off by %.2g", off[0]))
	}
	return c.RawMatrix().Data
}

// constantLike embeds a matrix in the type of a node.
func constantLike(like *Node, m *mat.Dense) *Node {
	rows, columns := m.Dims()
	values := make([][]float64, rows)
	for i := range values {
		values[i] = m.RawRowView(i)[:columns]
	}
	return ConvertDType(Const(like.Graph(), values), like.DType())
}
