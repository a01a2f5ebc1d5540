package classification

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/dense"
	"github.com/liegg/lab/liegg/lie/internal/flags"
)

// ErrNotClosed is wrapped by the error of NearestClosed if no subspace near
// the given one is closed under the bracket.
var ErrNotClosed = errors.New("lie: no Lie algebra found near the subspace")

// NearestClosed returns the Lie algebra nearest to the space a, of the same
// dimension, and the largest principal angle between the two in radians. If a
// is homogeneous (all last rows zero), the result is too.
//
// It solves [U_i,U_j] ⊂ U on the Grassmannian by damped Gauss–Newton with the
// shortest steps, then moves among the algebras towards a as long as that
// reduces the angle. The method is local: from a space at a small angle from
// an algebra it finds the nearest one. From an arbitrary space it returns
// some algebra, or ErrNotClosed with the remaining residual.
func NearestClosed(a lie.Algebra) (lie.Algebra, float64, error) {
	if a.Dim() < 2 {
		return a, 0, nil
	}
	near, left := settled(a, math.Inf(1))
	if left > flags.Closed {
		near, left = settledWithIdeals(a, near, left)
	}
	moved := lie.LargestAngle(a, near)
	if left > flags.Closed {
		return lie.Algebra{}, moved, fmt.Errorf("%w: %s of dimension %d in %d×%d matrices has closure residual %.2g, and %.2g after projection, %.2g rad away: try fewer or more generators",
			ErrNotClosed, a.Name(), a.Dim(), a.Size(), a.Size(), lie.ClosureResidual(a), left, moved)
	}
	return near, moved, nil
}

// rounding is the closure residual of an algebra whose basis is known to
// rounding. Such a residual is left alone: if the equations nearly vanish in
// some direction, gaining one more digit may take a long step.
const rounding = 1e-12

// settled moves a towards closure and returns the remaining residual. It
// gives up well beyond reach, an angle in radians.
func settled(a lie.Algebra, reach float64) (lie.Algebra, float64) {
	if left := lie.ClosureResidual(a); left <= rounding {
		return a, left
	}
	if a.Dim() >= large {
		near, left := settledBy(a, reach, probesOf(ambientOf(a)))
		if left > flags.Closed { // far from closed, or lost, for any set of required brackets
			return near, left
		}
		if left = lie.ClosureResidual(near); left <= flags.Closed {
			return near, left
		}
	}
	return settledBy(a, reach, nil)
}

// settledBy is settled, asking for the brackets with the given probes alone, or for all of
// them if these are nil.
func settledBy(a lie.Algebra, reach float64, probes []*mat.Dense) (lie.Algebra, float64) {
	w := ambientOf(a)
	f := &flags.Flag{Ambient: w, Basis: dense.Completed(w.coordinates(a)), Sizes: []int{a.Dim()}, Target: [][]int{{0}}, Probes: probes}
	_, left := f.Settle(reach)
	return w.algebra(a, f.Basis), left
}

// settledWithIdeals continues from where closure alone got stuck, towards a
// subspace that also has its chain of ideals. Closure gets stuck near some
// nilpotent algebras, where its equations vanish to second order.
func settledWithIdeals(a, near lie.Algebra, left float64) (lie.Algebra, float64) {
	angle := lie.LargestAngle(a, near)
	s := lie.Structure(near)
	for c := range chains(s, angle) {
		if g, _, l := c.exact(near, 3*angle); l < left && lie.LargestAngle(a, g.algebra) < 2*angle {
			near, left = g.algebra, l
		}
		if left <= flags.Closed {
			break
		}
	}
	return near, left
}

// homogeneous reports whether the matrices count as affine maps: those
// declared to be, and any of 3×3 or more whose last rows are all zero, since
// Span does not declare them. Undeclared 2×2 matrices are linear.
func homogeneous(a lie.Algebra) bool {
	if a.Homogeneous() {
		return true
	}
	if a.Size() < 3 {
		return false
	}
	for _, e := range a.Basis() {
		for _, v := range e.RawRowView(a.Size() - 1) {
			if v != 0 {
				return false
			}
		}
	}
	return a.Dim() > 0
}
