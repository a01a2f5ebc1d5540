package action

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/lie"
)

// Restricted returns the action a with fewer candidates, those of a given
// algebra of its matrices: Restricted(Linear(3, 2), lie.Sum(lie.SO(3),
// lie.Scaling(3))). Coefficients are over the algebra's basis. Everything
// else is as in a, including its faster methods.
//
// It panics if the algebra has dimension 0, or holds matrices that are not
// generators of a.
func Restricted(a Action, algebra lie.Algebra) Action {
	return newRestriction(a, algebra, coefficients(a, algebra))
}

func newRestriction(a Action, algebra lie.Algebra, w *mat.Dense) Action {
	r := restriction{a, algebra, w}
	if s, ok := a.(Spanning); ok {
		return spanningRestriction{r, s}
	}
	return r
}

// coefficients returns W, one row for each matrix of the algebra's basis: its
// coefficients over the local generators of a.
func coefficients(a Action, algebra lie.Algebra) *mat.Dense {
	size := GeneratorSize(a)
	if algebra.Size() != size || algebra.Dim() == 0 {
		panic(fmt.Sprintf("action: Restricted: the algebra must hold %d×%d matrices, got %v", size, size, algebra))
	}
	w, off, err := coefficientsOver(localBasis(a), algebra.Basis())
	if err != nil {
		panic(fmt.Sprintf("action: Restricted: %v", err))
	}
	if floats.Norm(off, 2) > 1e-9 {
		panic(fmt.Sprintf("action: Restricted: %v holds matrices that are not generators of %T", algebra, a))
	}
	return mat.DenseCopyOf(w.T())
}

type restriction struct {
	Action
	algebra lie.Algebra // about the centre of Action, if that is Centred
	w       *mat.Dense  // K×K′: K candidates out of the K′ of Action
}

// Dim returns the dimension of the algebra.
func (r restriction) Dim() int { return r.algebra.Dim() }

// Generator returns the generator of the algebra, in the coordinates of the
// inputs.
func (r restriction) Generator(h []float64) *mat.Dense {
	local := r.algebra.Generator(h)
	q := r.Centring()
	if q == nil {
		return local
	}
	back, _ := lie.Inverse(q) // translations are always invertible
	return conjugated(back, local)
}

// Homogeneous reports whether the whole action is homogeneous.
func (r restriction) Homogeneous() bool { return IsHomogeneous(r.Action) }

// Tangents returns combinations of the whole action's tangents.
func (r restriction) Tangents(x *Node) *Node {
	t := Einsum("kl,blp->bkp", r.weights(x), flatTangents(r.Action, x))
	return Reshape(t, append([]int{x.Shape().Dim(0), r.Dim()}, x.Shape().Dimensions[1:]...)...)
}

// Contract combines the whole action's result.
func (r restriction) Contract(x, g *Node) *Node {
	return Einsum("kl,bl->bk", r.weights(x), Contract(r.Action, x, g))
}

// Metric returns W·M·Wᵀ with the M of the whole action.
func (r restriction) Metric(x, w *Node) *Node {
	m := Metric(r.Action, x, w)
	weights := r.weights(m)
	return Einsum("km,lm->kl", Einsum("kl,lm->km", weights, m), weights)
}

// turned returns W·M·Wᵀ for each M of m [blocks, …].
func (r restriction) turned(m *Node) *Node {
	weights := r.weights(m)
	return Einsum("bkm,lm->bkl", Einsum("kl,blm->bkm", weights, m), weights)
}

func (r restriction) weights(like *Node) *Node {
	rows, columns := r.w.Dims()
	return nodes.Constant(like, r.w.RawMatrix().Data, rows, columns)
}

// Inner returns the inner product of the whole action.
func (r restriction) Inner() *mat.SymDense { return innerOf(r.Action) }

// Norm returns the norm of the whole action.
func (r restriction) Norm(v *Node) *Node { return Norm(r.Action, v) }

// DualNorm returns the dual norm of the whole action.
func (r restriction) DualNorm(g *Node) *Node { return DualNorm(r.Action, g) }

// Moved applies the whole action's Moved.
func (r restriction) Moved(x, g *Node) *Node { return moverOf(r.Action).Moved(x, g) }

// Range returns the whole action's Range.
func (r restriction) Range(values []float64) func(g mat.Matrix) float64 {
	return rangeOf(r.Action, values)
}

func (r restriction) whitened(x *tensors.Tensor) (Action, error) {
	a, err := whiten(r.Action, x)
	return newRestriction(a, r.algebra, r.w), err
}

// spanningRestriction is a restriction of an action on vectors.
type spanningRestriction struct {
	restriction
	Spanning
}

// String returns, for example, "so(3) of (linear maps of R³ on 2 vectors, K =
// 9), K = 3".
func (r restriction) String() string {
	return fmt.Sprintf("%s of (%v), K = %d", r.algebra.Name(), r.Action, r.Dim())
}
