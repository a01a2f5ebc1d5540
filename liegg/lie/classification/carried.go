package classification

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
)

// CarriedBack transforms an Identity of q·a·q⁻¹, found in the coordinates x ↦ q·x, to the coordinates x. Residual, Moved and the defects of the forms
// still refer to the coordinates in which they were found. Forms have unit norm
// in the coordinates x. CarriedBack panics if q and the algebra differ in size,
// and returns an error if q is singular.
//
// A name holds for all conjugates of an algebra, but angles depend on the
// coordinates: if one coordinate has units a hundred times smaller than the
// others, so(3) is within .01 of se(2). So identify an algebra in coordinates in
// which its error is equally large in all directions, and transform the Identity
// back.
func (id *Identity) CarriedBack(q *mat.Dense) (*Identity, error) {
	inverse, err := lie.Inverse(q)
	if err != nil {
		return nil, fmt.Errorf("lie: transforming %s back: %w: choose better conditioned coordinates", id.Name, err)
	}
	back := *id
	back.Ideals, back.Forms = slices.Clone(id.Ideals), slices.Clone(id.Forms)
	algebras := []*lie.Algebra{&back.Algebra, &back.Levi, &back.Radical}
	for i := range back.Ideals {
		algebras = append(algebras, &back.Ideals[i])
	}
	for _, a := range algebras {
		moved, err := a.Conjugate(inverse)
		if err != nil {
			return nil, err
		}
		*a = moved.Renamed(a.Name())
	}
	for i, f := range back.Forms {
		back.Forms[i] = f.pulledBack(q)
	}
	return &back, nil
}

// pulledBack returns the form (x,y) ↦ (q·x)ᵀQ(q·y), scaled to unit norm.
func (f Form) pulledBack(q *mat.Dense) Form {
	var back mat.Dense
	back.Product(q.T(), f.Q, q)
	scale := 1 / mat.Norm(&back, 2)
	if f.Symmetric && f.Signature.Plus == f.Signature.Minus && firstSign(&back) < 0 {
		scale = -scale
	}
	back.Scale(scale, &back)
	f.Q = &back
	return f
}
