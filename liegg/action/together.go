package action

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"
)

// Together combines several actions on the same inputs: the candidates of all
// of them, side by side. This is how actions on values join actions on
// positions. On grey images
//
//	Together(ImageAffine(28, 28), Affine(1, 28*28))
//
// has contrast, I ↦ (1+t)·I, and brightness, I ↦ I + t, besides the six
// generators of the plane. On [28, 28, 3] Affine(3, 28*28) has all 3×3
// matrices of colours and shifts of them.
//
// The actions must commute, as actions on positions and on values do, because
// brackets of block-diagonal generators include no mixed terms. Velocities
// are measured by the Euclidean inner product, and finite transformations are
// applied in the order of the parts. Together panics without parts.
func Together(parts ...Action) Blocks {
	if len(parts) == 0 {
		panic("action: Together: no parts")
	}
	for i, a := range parts {
		if a == nil {
			panic(fmt.Sprintf("action: Together: part %d is nil", i))
		}
	}
	return together{append(blocks{}, parts...)}
}

type together struct{ blocks }

// Check returns the first error of a part.
func (t together) Check(input []int) error {
	for _, a := range t.blocks {
		if err := a.Check(input); err != nil {
			return err
		}
	}
	return nil
}

// Tangents returns the tangents of the parts one after the other.
func (t together) Tangents(x *Node) *Node {
	velocities := make([]*Node, len(t.blocks))
	for i, a := range t.blocks {
		velocities[i] = a.Tangents(x)
	}
	return Concatenate(velocities, 1)
}

// Contract returns the results of the parts one after the other.
func (t together) Contract(x, g *Node) *Node {
	paired := make([]*Node, len(t.blocks))
	for i, a := range t.blocks {
		paired[i] = Contract(a, x, g)
	}
	return Concatenate(paired, 1)
}

// Moved applies the parts one after the other, each with its block of g.
func (t together) Moved(x, g *Node) *Node {
	for i, a := range t.blocks {
		x = moverOf(a).Moved(x, t.node(g, i))
	}
	return x
}

// Range returns the largest share that any of the parts moves outside.
func (t together) Range(values []float64) func(g mat.Matrix) float64 {
	outside := make([]func(g mat.Matrix) float64, len(t.blocks))
	for i, a := range t.blocks {
		outside[i] = rangeOf(a, values)
	}
	return func(g mat.Matrix) float64 {
		share, whole := 0.0, mat.DenseCopyOf(g)
		for i := range outside {
			share = max(share, outside[i](t.Block(whole, i)))
		}
		return share
	}
}

// String lists the parts.
func (t together) String() string {
	return fmt.Sprintf("on the same inputs: %s; K = %d in all", t.list(), t.Dim())
}
