package classification

import (
	"fmt"
	"slices"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// Identity is the result of Identify for a space of matrices.
type Identity struct {
	// Name is the name of the algebra, such as "so(5)", "so(1,3)", "sl(2,R)",
	// "se(3)", "so(2) ⊕ scaling" or "sl(2,R) ⋉ R²", and "{0}" for dimension
	// 0. It is empty if the space is not a Lie algebra within the angle
	// error, or not a known one; Reason then says which.
	Name string

	// Reason says why there is no name.
	Reason string

	// Alternatives are names that the angle error does not exclude but that
	// claim more symmetry: a noisy se(3) does not exclude so(4).
	Alternatives []string

	// Algebra is the Lie algebra that was named, closed to rounding: the
	// nearest to the given space that was found. If there is none, it is the
	// given space.
	Algebra lie.Algebra

	// Residual is ClosureResidual of the given space. Moved is the largest
	// principal angle between it and Algebra, in radians.
	Residual, Moved float64

	// Fingerprint holds the dimensions of the abstract algebra. If the space
	// is not a Lie algebra, only Dim is set.
	Fingerprint Fingerprint

	// Levi is a maximal semisimple subalgebra and Radical the largest
	// solvable ideal. Their sum is Algebra.
	Levi, Radical lie.Algebra

	// Ideals are the simple ideals of Levi, the largest first. IdealNames are
	// their names, "" for unknown ones.
	Ideals     []lie.Algebra
	IdealNames []string

	// Forms are the invariant bilinear forms of the matrices, as
	// InvariantForms returns them.
	Forms []Form
}

// identifiable is the largest angle error, in radians, at which names are
// given. Beyond it, even the closure residuals of arbitrary spaces (at most
// √2) are within what the error explains.
const identifiable = .1

// Allowed is how far the named algebra may be from the given space, in units
// of the angle error: three because the error may be wrong by that factor,
// and one because the nearest algebra may lie on the other side of the space
// than the true one.
const Allowed = 4

// Identify names the Lie algebra that a is an estimate of. angle is the error
// of the estimate in radians: the largest principal angle by which it may
// differ from the true algebra, 0 for an exact one. It may be wrong by a
// factor of three, which the distance to closure corrects. All decisions
// between zero and non-zero scale with it. Among structures that it cannot
// distinguish, the one that claims less, with the larger radical, is named.
//
// A space that is not a Lie algebra is not an error. The Identity has a
// Reason instead of a Name if ClosureAngle exceeds the angle, if the nearest
// Lie algebra is more than 4·angle away, or if angle is above 0.1 rad.
// Neither the named algebra nor the Alternatives are ever farther away than
// that. Identify returns an error only if the linear algebra fails
// numerically. It panics if angle is negative, NaN or above π/2.
//
// Spaces that close by accident are named all the same: any single matrix
// spans an algebra. One-dimensional algebras are named by their spectrum:
// so(2), scaling, so(1,1), shear, translations(1), or R if none of these. A
// name that is a sum lists semisimple summands first, larger before smaller.
//
// Affine maps whose linear part is small beside their translation, as rotations about a far centre
// are, are identified in coordinates in which it is not small, to which Residual and Moved then
// refer. They have no name if the error is too large there.
//
// Names of isomorphic algebras follow the matrices: so(4) on R⁴ but so(3) ⊕
// so(3) on R³ ⊕ R³, su(2) on spinors, sl(2,R) on R² but so(2,1) on R³,
// so(1,3) on R⁴ but sl(2,C) on C². In so(p,q), su(p,q) and sp(p,q) the
// smaller count comes first, except in so(2,1). Undeclared matrices of 3×3 or
// more with zero last rows are read as affine maps. If only their last column
// is non-zero, they are translations.
//
// The steps are: NearestClosed; the radical R, as [g,g]^⊥ under the Killing
// form, and its series [g,R], [[g,R],[g,R]], …; the nearest algebra that has
// them exactly; a Levi subalgebra; its simple ideals, by the commutant of the
// adjoint, named by their Killing form and Casimir values; the centre, by its
// spectrum; and abelian ideals, by the algebra that acts on them.
func Identify(a lie.Algebra, angle float64) (id *Identity, err error) {
	defer unconverged("identifying "+a.Name(), &err)
	checkAngle("Identify", angle)
	if ε := farAway(a, angle); ε < 1 {
		return identifiedFromAfar(a, angle, ε)
	}
	return identifyNearby(a, angle)
}

// identifyNearby is Identify in coordinates in which the linear parts of affine maps are not small.
func identifyNearby(a lie.Algebra, angle float64) (id *Identity, err error) {
	id = &Identity{Algebra: a, Residual: lie.ClosureResidual(a), Levi: lie.Trivial(a.Size()), Radical: lie.Trivial(a.Size())}
	id.Fingerprint.Dim = a.Dim()
	switch {
	case a.Dim() == 0:
		id.Name = "{0}"
		id.Forms = InvariantForms(a, angle)
		return id, nil
	case angle > identifiable:
		id.Reason = fmt.Sprintf("the angle error of %.2g rad is too large to tell algebras apart: bring it below %g, with more data or a better fit", angle, identifiable)
		return id, nil
	case lie.ResidualAngle(id.Residual) > angle+1e-10:
		id.Reason = fmt.Sprintf("it is not closed under the bracket: residual %.2g takes an angle error of %.2g rad, not %.2g", id.Residual, lie.ResidualAngle(id.Residual), angle)
		return id, nil
	}
	reach := Allowed*angle + 1e-6
	near, left, known := nearest(a, angle, reach)
	if known != nil {
		known.Residual, known.Moved = id.Residual, lie.LargestAngle(a, known.Algebra)
		return known, nil
	}
	within := func(g lie.Algebra) bool { return lie.LargestAngle(a, g) <= reach }
	if moved := lie.LargestAngle(a, near); moved > reach {
		id.Moved = moved
		if left > nearlyClosed { // the search was abandoned
			id.Reason = fmt.Sprintf("no Lie algebra was found as near as an angle error of %.2g rad explains: residual %.2g is left %.2g rad away", angle, left, moved)
			return id, nil
		}
		id.Reason = fmt.Sprintf("the nearest Lie algebra found is %.2g rad away, more than an angle error of %.2g rad explains", moved, angle)
		return id, nil
	}
	if left > nearlyClosed {
		near, left = settledWithIdeals(a, near, left)
	}
	if left > nearlyClosed {
		id.Reason = fmt.Sprintf("no Lie algebra was found near: residual %.2g after projection", left)
		return id, nil
	}
	found := identified(near, informed(angle, lie.LargestAngle(a, near), a.Dim()), within)
	found.Residual = id.Residual
	found.Moved = lie.LargestAngle(a, found.Algebra)
	return found, nil
}

// nearest moves a to closure and returns the remaining residual. If that is a large
// classical algebra, which no other one is as near as the angle error, it is identified as
// well.
func nearest(a lie.Algebra, angle, reach float64) (near lie.Algebra, left float64, id *Identity) {
	if a.Dim() < 2 {
		return a, 0, nil
	}
	if a.Dim() >= large {
		if c, ok := classicalNear(a, angle); ok {
			if known := informed(angle, lie.LargestAngle(a, c.algebra), a.Dim()); c.isolated(known) {
				return c.algebra, 0, c.identity(known)
			}
		}
	}
	near, left = settled(a, reach)
	return near, left, nil
}

// informed returns the angle error suggested by the distance to closure,
// within a factor of three of the given one. A space of dimension d may be
// off in many directions, of which only about 1/d lead to other algebras; so
// from d = 3 on most of the error shows up as this distance.
func informed(angle, moved float64, d int) float64 {
	switch {
	case moved > angle:
		return min(moved, 3*angle)
	case d > 2:
		return min(angle, max(1.5*moved, angle/3))
	}
	return angle
}

// identified names a closed algebra, or the one within reach that it is an
// estimate of.
func identified(a lie.Algebra, angle float64, within func(lie.Algebra) bool) *Identity {
	best, others, ok := refine(a, angle, within)
	if !ok {
		return &Identity{
			Algebra: a, Levi: lie.Trivial(a.Size()), Radical: lie.Trivial(a.Size()), Fingerprint: Fingerprint{Dim: a.Dim()},
			Reason: "it is a Lie algebra, but the chain of its ideals is not resolved: some brackets are about as small as rounding",
		}
	}
	n := newNaming(best, angle)
	id := &Identity{
		Name:        n.name(),
		Algebra:     best.algebra,
		Fingerprint: best.fingerprint(angle),
		Levi:        n.leviPart,
		Radical:     best.radical(),
		Forms:       InvariantForms(best.algebra, angle),
	}
	for _, i := range n.ideals {
		id.Ideals = append(id.Ideals, i.algebra)
		id.IdealNames = append(id.IdealNames, i.name)
	}
	for _, o := range others {
		name := newNaming(o, angle).name()
		if name != "" && name != id.Name && !slices.Contains(id.Alternatives, name) {
			id.Alternatives = append(id.Alternatives, name)
		}
	}
	switch {
	case id.Name == "":
		id.Reason = "it is a Lie algebra, but none of those that are known by name"
	case n.degenerate():
		id.Reason = fmt.Sprintf("its brackets are those of %s, but the angle error of %.2g rad does not tell some of its generators from nilpotent ones, or a form that it leaves unchanged from a degenerate one", id.Name, angle)
		id.Name = ""
	default:
		id.Algebra = id.Algebra.Renamed(id.Name)
	}
	return id
}

// unconverged, called by defer, turns the panic of a failure into an error.
func unconverged(doing string, err *error) {
	switch f := recover().(type) {
	case nil:
	case dense.Failure:
		*err = fmt.Errorf("lie: %s: %w: rescale the matrices, or take fewer digits of a degenerate estimate", doing, f)
	default:
		panic(f)
	}
}
