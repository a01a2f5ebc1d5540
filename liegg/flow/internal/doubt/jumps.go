// Package doubt looks for what makes a verdict doubtful: jumps of the network, a few samples that lose
// their answers, and inputs far from the origin.
package doubt

import (
	"fmt"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/flow/internal/moved"
	"github.com/liegg/lab/liegg/flow/internal/sampling"
)

// If f jumps, as a step, a rounded number or an argmax does, its gradients do not see all of
// its change. They may vanish along a generator along which f changes. The change that they
// account for has a bound: if f is the integral of its derivative, then by Minkowski's
// inequality
//
//	√E‖f(g_t x) − f(x)‖² ≤ ∫₀ᵗ √E‖J(g_s x)·A·g_s x‖² ds,  g_s = exp(sA),
//
// where E is the mean over the samples. For pairs (A, B), f(g_t x) − exp(tB)·f(x) has the same
// bound with J·A·g_s x − B·f(g_s x) and the factor ‖exp((t − s)B)‖. Images and other inputs on
// grids are interpolated as they move, so their velocities differ slightly from the motion
// itself, and the bound does not hold closely enough.

// unaccounted is the ratio of the change to its bound at which f counts as jumping. The
// integral is a sum over few points.
const unaccounted = 2

// Jump is a change of f along a flow that its gradients do not account for.
type Jump struct {
	Found bool

	t, Δ, accounted float64
}

// String says where f jumps.
func (j Jump) String() string {
	return fmt.Sprintf("at t = %.2g f has changed by Δ = %.2g, of which its gradients account for at most %.2g: it jumps, and gradients do not see jumps", j.t, j.Δ, j.accounted)
}

// JumpAlong looks for a jump at ascending ts along a flow, given the measured Δ.
func JumpAlong(o *moved.Outputs, h *mat.Dense, ts []float64, Δ []sampling.Estimate) (Jump, error) {
	if !o.FollowsVelocities() || o.Blurred() {
		return Jump{}, nil
	}
	slope, err := o.Slope(h, 0)
	if err != nil {
		return Jump{}, err
	}
	whole, variance := 0.0, floats.Sum(o.Variance)
	floor := max(400*o.Noise, 100*o.Rounding*o.Rounding)
	for i, at, before := 0, 0.0, slope; i < len(ts); i, at, before = i+1, ts[i], slope {
		if slope, err = o.Slope(h, ts[i]); err != nil {
			return Jump{}, err
		}
		whole += (ts[i] - at) * (before + slope) / 2
		longer := o.Lengthening(h, ts[i])
		accounted := longer * longer * whole * whole / 2 / variance
		if Δ[i].Lower > unaccounted*unaccounted*accounted+longer*longer*floor {
			return Jump{true, ts[i], Δ[i].Value, accounted}, nil
		}
	}
	return Jump{}, nil
}
