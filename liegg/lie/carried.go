package lie

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// IdentifyIn is Identify in the coordinates x ↦ q·x: it identifies q·a·q⁻¹ and
// carries what it finds back to the coordinates of a. angle is the error of
// q·a·q⁻¹ in radians, and so are Residual, Moved and the defects of the forms
// in the Identity; forms have unit norm in the coordinates of a.
//
// A name is that of all conjugates of an algebra, but an angle is not the same
// in all coordinates: where one of them counts in units a hundred times as small
// as the others, so(3) is within .01 of se(2). Choose q so that the error is of
// one size in all directions. A nil q is the identity. IdentifyIn panics if q has
// another size than a, and its error tells of a singular q.
func IdentifyIn(q *mat.Dense, a Algebra, angle float64) (*Identity, error) {
	if q == nil {
		return Identify(a, angle)
	}
	moved, err := a.Conjugate(q)
	if err != nil {
		return nil, err
	}
	id, err := Identify(moved.Renamed(a.name), angle)
	if err != nil {
		return nil, err
	}
	return id.CarriedBack(q)
}

// CarriedBack is what was found in the coordinates x ↦ q·x, written in those of x.
// Residual and Moved stay as they are. It panics if q has another size than the
// algebra, and returns an error if q is singular.
func (id *Identity) CarriedBack(q *mat.Dense) (*Identity, error) {
	inverse, err := Inverse(q)
	if err != nil {
		return nil, fmt.Errorf("lie: carrying %s back: %w: take a frame that is well conditioned", id.Name, err)
	}
	back := *id
	back.Ideals, back.Forms = slices.Clone(id.Ideals), slices.Clone(id.Forms)
	algebras := []*Algebra{&back.Algebra, &back.Levi, &back.Radical}
	for i := range back.Ideals {
		algebras = append(algebras, &back.Ideals[i])
	}
	for _, a := range algebras {
		moved, err := a.Conjugate(inverse)
		if err != nil {
			return nil, err
		}
		*a = moved.Renamed(a.name)
	}
	for i, f := range back.Forms {
		back.Forms[i] = f.pulledBack(q)
	}
	return &back, nil
}

// pulledBack is the form (x,y) ↦ (q·x)ᵀQ(q·y), of unit norm.
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
