package jax

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/vjp"
)

// A call is differentiated by calls. The derivative of x ↦ f(x) is u ↦ Jᵀ·u. Both u ↦ Jᵀ·u
// and v ↦ J·v are linear, so each is the derivative of the other with respect to its vector.
// With respect to x they have no derivative: the file has no second derivatives.
func init() {
	VJPRegistration[NodeTypeCall] = func(node *Node, vs []*Node, _ shapes.Shape) []*Node {
		return callOf(node).cotangents(vs[0])
	}
	vjp.Once[NodeTypeCall] = func(node *Node) []*Node {
		if c := callOf(node); c.vector != nil {
			return []*Node{c.x}
		}
		return nil
	}
}

func callOf(node *Node) call {
	c, ok := callsOf(node.Graph()).nodes[node.Id()]
	if !ok {
		panic(fmt.Errorf("no gradient is defined for %s", node))
	}
	return c
}

// cotangents returns the cotangents of the call's inputs. Weights and inputs that stay have none.
func (c call) cotangents(v *Node) []*Node {
	cotangents := make([]*Node, len(c.weights)+len(c.still), len(c.weights)+len(c.still)+2)
	d := c
	d.vector = v
	if c.role == reverseMode {
		d.role = forwardMode
	} else {
		d.role = reverseMode
	}
	if c.role != value { // a caller that Gradients did not refuse must notice
		unknown := tensors.FromScalarAndDimensions(math.NaN(), slices.Repeat([]int{1}, c.x.Rank())...)
		nan := ConvertDType(Const(c.x.Graph(), unknown), c.x.DType())
		cotangents = append(cotangents, BroadcastToShape(nan, c.x.Shape()))
	}
	return append(cotangents, d.node())
}
