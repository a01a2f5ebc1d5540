package flags

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// Closed is the closure residual below which a subspace counts as a Lie
// algebra. Most are closed to 1e-14. At some nilpotent algebras the equations
// vanish to higher order, and the last digits would take too many steps.
const Closed = 1e-8

// detour is the multiple of reach beyond which a flag is abandoned. Steps are
// the shortest possible, so a flag that far away hardly ever comes back.
const detour = 2

// worthMoving is the share of the distance that a move among the flags must
// save for another one to follow.
const worthMoving = .001

// leastDamping keeps rounding errors out of the directions in which the flag
// moves among algebras. Their singular values are zero up to the residual.
const leastDamping = 1e-6

// Settle moves the flag to the nearest one with the required brackets. It
// returns the largest principal angle that F_0 moved, and the remaining
// residual. Flags that moved by more than reach are useless to the caller, so
// settle stops at a multiple of it and returns the residual at that point.
func (f *Flag) Settle(reach float64) (moved, left float64) {
	f.start, f.reach = mat.DenseCopyOf(f.Space()), detour*reach
	if left = f.Close(); left > Closed {
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
		now, then := next.Close(), next.moved()
		if now > Closed || then >= moved {
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

// Space returns F_0, as columns.
func (f *Flag) Space() mat.Matrix {
	m, _ := f.Basis.Dims()
	return f.Basis.Slice(0, m, 0, f.Sizes[0])
}

// moved returns the largest principal angle between F_0 and where settle
// started.
func (f *Flag) moved() float64 {
	if m, d := f.start.Dims(); m == d {
		return 0
	}
	return dense.AngleBetween(f.start, f.Space())
}

// lost reports whether the flag is too far away to be of use to settle.
func (f *Flag) lost() bool { return f.start != nil && f.moved() > f.reach }

// towards returns the displacement that brings the flag as near to the one
// spanned by start as the required brackets allow to first order: the part of
// the straight way in the null space of the Jacobian.
func (f *Flag) towards(start *mat.Dense) *mat.Dense {
	c, x := f.equations(), f.back(start)
	b := c.Zeros()
	c.Jacobian(b, x)
	m, d := x.Dims()
	x.Sub(x, dense.Solve(c, b, leastDamping, 1e-3, m, d))
	return bounded(x, .5)
}

// Close takes short steps until the brackets are as required, and returns the
// largest norm of a remaining residual. The steps are damped as by Levenberg
// and Marquardt, with λ no smaller than the residual. The equations are
// degenerate at se(2) and at all nilpotent algebras: singular values that
// vanish at the algebra are of the residual's size next to it, and undamped
// steps along them lead astray.
//
// It stops once a step fails to halve a residual that counts as closed, and
// if the flag is lost. Large spaces, which are probed, stop well below closed: each further
// digit takes as many iterations as those before.
func (f *Flag) Close() float64 {
	c := f.equations()
	rest := c.residual()
	m, _ := f.Basis.Dims()
	now := math.Sqrt(dense.FamilyProduct(rest))
	reach := 2*now + 1e-3
	for λ, step := now, 0; step < 40 && now > 1e-14; step++ {
		if step > 15 && now > 1e-3 {
			break // nothing to close to
		}
		damping := max(λ, now, leastDamping)
		x := dense.Solve(c, rest, damping, max(1e-12, min(now, 1e-3)), m, f.Sizes[0])
		x.Scale(-1, x)
		next := *f
		next.move(bounded(x, reach))
		nc := next.equations()
		nrest := nc.residual()
		then := math.Sqrt(dense.FamilyProduct(nrest))
		done := now < Closed && then > now/2
		if then < now {
			*f, c, rest, now, λ = next, nc, nrest, then, λ/4
		} else if λ = 4 * damping; λ > 1e3 {
			break
		}
		if done || f.lost() || f.Probes != nil && now < Closed/10 {
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
