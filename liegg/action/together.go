package action

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"
)

// Together is several actions on the same inputs: the candidates of all of them,
// side by side. It is how values join places: on grey images
//
//	Together(ImageAffine(28, 28), Affine(1, 28*28))
//
// has contrast, I ↦ (1+t)·I, and brightness, I ↦ I + t, beside the six
// generators of the plane; on [28, 28, 3] Affine(3, 28*28) has all 3×3 matrices
// of colours and shifts of them.
//
// The actions are to commute, as those of places and of values do: brackets of
// block-diagonal generators know of no others. Velocities are measured by the
// Euclidean inner product, and finite transformations are applied in the order of
// the parts. Together panics without parts.
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

// Tangents are those of the parts one after the other.
func (t together) Tangents(x *Node) *Node {
	velocities := make([]*Node, len(t.blocks))
	for i, a := range t.blocks {
		velocities[i] = a.Tangents(x)
	}
	return Concatenate(velocities, 1)
}

// Contract is that of the parts one after the other.
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

// Range gives the largest share that any of the parts carries outside.
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
