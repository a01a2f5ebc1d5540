package lie

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// IdentifyIn is Identify in the coordinates x ↦ q·x: it identifies q·a·q⁻¹
// and transforms the result back to the coordinates of a. angle is the error
// of q·a·q⁻¹ in radians; Residual, Moved and the defects of the forms in the
// Identity refer to these coordinates too. Forms have unit norm in the
// coordinates of a.
//
// A name holds for all conjugates of an algebra, but angles depend on the
// coordinates: if one coordinate has units a hundred times smaller than the
// others, so(3) is within .01 of se(2). Choose q so that the error is equally
// large in all directions. A nil q is the identity. IdentifyIn panics if q
// and a differ in size, and returns an error if q is singular.
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

// CarriedBack transforms an Identity found in the coordinates x ↦ q·x to the
// coordinates x. Residual and Moved are left as they are. It panics if q and
// the algebra differ in size, and returns an error if q is singular.
func (id *Identity) CarriedBack(q *mat.Dense) (*Identity, error) {
	inverse, err := Inverse(q)
	if err != nil {
		return nil, fmt.Errorf("lie: transforming %s back: %w: choose better conditioned coordinates", id.Name, err)
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
