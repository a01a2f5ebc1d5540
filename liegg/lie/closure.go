package lie

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// ErrNotClosed is wrapped by the error of NearestClosed if no subspace near
// the given one is closed under the bracket.
var ErrNotClosed = errors.New("lie: no Lie algebra found near the subspace")

// closed is the closure residual below which a subspace counts as a Lie
// algebra. Most are closed to 1e-14. At some nilpotent algebras the equations
// vanish to higher order, and the last digits would take too many steps.
const closed = 1e-8

// NearestClosed returns the Lie algebra nearest to the space a, of the same
// dimension, and the largest principal angle between the two in radians. If a
// is homogeneous (all last rows zero), the result is too.
//
// It solves [U_i,U_j] ⊂ U on the Grassmannian by damped Gauss–Newton with the
// shortest steps, then moves among the algebras towards a as long as that
// reduces the angle. The method is local: from a space at a small angle from
// an algebra it finds the nearest one. From an arbitrary space it returns
// some algebra, or ErrNotClosed with the remaining residual.
func NearestClosed(a Algebra) (Algebra, float64, error) {
	if a.Dim() < 2 {
		return a, 0, nil
	}
	near, left := settled(a, math.Inf(1))
	if left > closed {
		near, left = settledWithIdeals(a, near, left)
	}
	moved := LargestAngle(a, near)
	if left > closed {
		return Algebra{}, moved, fmt.Errorf("%w: %s of dimension %d in %d×%d matrices has closure residual %.2g, and %.2g after projection, %.2g rad away: try fewer or more generators",
			ErrNotClosed, a.name, a.Dim(), a.n, a.n, ClosureResidual(a), left, moved)
	}
	return near, moved, nil
}

// rounding is the closure residual of an algebra whose basis is known to
// rounding. Such a residual is left alone: if the equations nearly vanish in
// some direction, gaining one more digit may take a long step.
const rounding = 1e-12

// settled moves a towards closure and returns the remaining residual. It
// gives up well beyond reach, an angle in radians.
func settled(a Algebra, reach float64) (Algebra, float64) {
	if left := ClosureResidual(a); left <= rounding {
		return a, left
	}
	if a.Dim() >= large {
		near, left := settledBy(a, reach, probesOf(ambientOf(a)))
		if left > closed { // far from closed, or lost, for any set of required brackets
			return near, left
		}
		if left = ClosureResidual(near); left <= closed {
			return near, left
		}
	}
	return settledBy(a, reach, nil)
}

// settledBy is settled, asking for the brackets with the given probes alone, or for all of
// them if these are nil.
func settledBy(a Algebra, reach float64, probes []*mat.Dense) (Algebra, float64) {
	w := ambientOf(a)
	f := &flag{ambient: w, basis: completed(w.coordinates(a)), sizes: []int{a.Dim()}, target: [][]int{{0}}, probes: probes}
	_, left := f.settle(reach)
	near := w.algebra(a.name, f.basis, a.Dim())
	near.affine = a.affine
	return near, left
}

// settledWithIdeals continues from where closure alone got stuck, towards a
// subspace that also has its chain of ideals. Closure gets stuck near some
// nilpotent algebras, where its equations vanish to second order.
func settledWithIdeals(a, near Algebra, left float64) (Algebra, float64) {
	angle := LargestAngle(a, near)
	s := Structure(near)
	for c := range chains(s, angle) {
		if g, _, l := c.exact(near, 3*angle); l < left && LargestAngle(a, g.algebra) < 2*angle {
			near, left = g.algebra, l
		}
		if left <= closed {
			break
		}
	}
	return near, left
}

// detour is the multiple of reach beyond which a flag is abandoned. Steps are
// the shortest possible, so a flag that far away hardly ever comes back.
const detour = 2

// settle moves the flag to the nearest one with the required brackets. It
// returns the largest principal angle that F_0 moved, and the remaining
// residual. Flags that moved by more than reach are useless to the caller, so
// settle stops at a multiple of it and returns the residual at that point.
func (f *flag) settle(reach float64) (moved, left float64) {
	f.start, f.reach = mat.DenseCopyOf(f.space()), detour*reach
	if left = f.close(); left > closed {
		return f.moved(), left
	}
	moved = f.moved()
	for range 6 {
		if moved < 1e-9 {
			break
		}
		next := *f
		x := next.towards(f.start)
		if mat.Norm(x, 2) < .02*moved {
			break
		}
		next.move(x)
		now, then := next.close(), next.moved()
		if now > closed || then >= moved {
			break
		}
		gained := moved - then
		*f, left, moved = next, now, then
		if gained < worthMoving*moved {
			break
		}
	}
	return moved, left
}

// worthMoving is the share of the distance that a move among the flags must
// save for another one to follow.
const worthMoving = .001

// space returns F_0, as columns.
func (f *flag) space() mat.Matrix {
	m, _ := f.basis.Dims()
	return f.basis.Slice(0, m, 0, f.sizes[0])
}

// moved returns the largest principal angle between F_0 and where settle
// started.
func (f *flag) moved() float64 {
	if m, d := f.start.Dims(); m == d {
		return 0
	}
	return angleBetween(f.start, f.space())
}

// lost reports whether the flag is too far away to be of use to settle.
func (f *flag) lost() bool { return f.start != nil && f.moved() > f.reach }

// leastDamping keeps rounding errors out of the directions in which the flag
// moves among algebras. Their singular values are zero up to the residual.
const leastDamping = 1e-6

// towards returns the displacement that brings the flag as near to the one
// spanned by start as the required brackets allow to first order: the part of
// the straight way in the null space of the Jacobian.
func (f *flag) towards(start *mat.Dense) *mat.Dense {
	c, x := f.equations(), f.back(start)
	b := c.zeros()
	c.jacobian(b, x)
	m, d := x.Dims()
	x.Sub(x, solve(c, b, leastDamping, 1e-3, m, d))
	return bounded(x, .5)
}

// close takes short steps until the brackets are as required, and returns the
// largest norm of a remaining residual. The steps are damped as by Levenberg
// and Marquardt, with λ no smaller than the residual. The equations are
// degenerate at se(2) and at all nilpotent algebras: singular values that
// vanish at the algebra are of the residual's size next to it, and undamped
// steps along them lead astray.
//
// It stops once a step fails to halve a residual that counts as closed, and
// if the flag is lost. Large spaces, which are probed, stop well below closed: each further
// digit takes as many iterations as those before.
func (f *flag) close() float64 {
	c := f.equations()
	rest := c.residual()
	m, _ := f.basis.Dims()
	now := math.Sqrt(familyProduct(rest))
	reach := 2*now + 1e-3
	for λ, step := now, 0; step < 40 && now > 1e-14; step++ {
		if step > 15 && now > 1e-3 {
			break // nothing to close to
		}
		damping := max(λ, now, leastDamping)
		x := solve(c, rest, damping, max(1e-12, min(now, 1e-3)), m, f.sizes[0])
		x.Scale(-1, x)
		next := *f
		next.move(bounded(x, reach))
		nc := next.equations()
		nrest := nc.residual()
		then := math.Sqrt(familyProduct(nrest))
		done := now < closed && then > now/2
		if then < now {
			*f, c, rest, now, λ = next, nc, nrest, then, λ/4
		} else if λ = 4 * damping; λ > 1e3 {
			break
		}
		if done || f.lost() || f.probes != nil && now < closed/10 {
			break
		}
	}
	return c.largest(rest)
}

// bounded shortens displacements beyond the reach of the linear model.
func bounded(x *mat.Dense, reach float64) *mat.Dense {
	if n := mat.Norm(x, 2); n > reach {
		x.Scale(reach/n, x)
	}
	return x
}

// homogeneous reports whether the matrices count as affine maps: those
// declared to be, and any of 3×3 or more whose last rows are all zero, since
// Span does not declare them. Undeclared 2×2 matrices are linear.
func (a Algebra) homogeneous() bool {
	if a.affine {
		return true
	}
	if a.n < 3 {
		return false
	}
	for _, e := range a.basis {
		for _, v := range e.RawRowView(a.n - 1) {
			if v != 0 {
				return false
			}
		}
	}
	return len(a.basis) > 0
}
