package flow

import (
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
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

// jump is a change of f along a flow that its gradients do not account for.
type jump struct {
	t, Δ, accounted float64
	found           bool
}

// String says where f jumps.
func (j jump) String() string {
	return fmt.Sprintf("at t = %.2g f has changed by Δ = %.2g, of which its gradients account for at most %.2g: it jumps, and gradients do not see jumps", j.t, j.Δ, j.accounted)
}

// followsGradients reports whether inputs move exactly with the velocities of the action.
// Images and other inputs on grids do not.
func (e *experiment) followsGradients() bool {
	if action.Resamples(e.inputs()) {
		return false
	}
	m, ok := e.mover.(action.Measured)
	return !ok || m.Inner() != nil
}

// jumps looks for a jump at ascending ts, given the measured Δ.
func (e *experiment) jumps(h *mat.Dense, ts []float64, Δ []Interval) (jump, error) {
	if !e.followsGradients() || e.blurred() {
		return jump{}, nil
	}
	slope, err := e.slope(h, 0)
	if err != nil {
		return jump{}, err
	}
	whole, variance := 0.0, floats.Sum(e.variance)
	floor := max(400*e.noise, 100*e.rounding*e.rounding)
	for i, at, before := 0, 0.0, slope; i < len(ts); i, at, before = i+1, ts[i], slope {
		if slope, err = e.slope(h, ts[i]); err != nil {
			return jump{}, err
		}
		whole += (ts[i] - at) * (before + slope) / 2
		longer := e.lengthening(h, ts[i])
		accounted := longer * longer * whole * whole / 2 / variance
		if Δ[i].Lower > unaccounted*unaccounted*accounted+longer*longer*floor {
			return jump{ts[i], Δ[i].Value, accounted, true}, nil
		}
	}
	return jump{}, nil
}

// slope returns √Σ‖d/ds f(exp(sH)x)‖², averaged over s = t and s = −t.
func (e *experiment) slope(h *mat.Dense, t float64) (float64, error) {
	_, coefficients := mustBeGenerator(e.mover, h)
	p, err := e.rates()
	if err != nil {
		return 0, err
	}
	squares := 0.0
	err = e.bothWays(h, t, func(held *network.Buffered, m motion) error {
		arguments := []mat.Matrix{mat.NewDense(1, len(coefficients), coefficients)}
		if e.field == nil {
			arguments = append(arguments, m.g)
		}
		outputs, err := p.Run(held, arguments...)
		if err != nil {
			return err
		}
		e.passes++
		if _, ok := e.pair(); ok && e.bounded != nil {
			e.bounded.steepest(outputs[0])
		} else if e.bounded != nil {
			e.bounded.slopes(outputs[0], outputs[3])
		}
		squares += floats.Sum(outputs[0]) / 2
		return nil
	})
	return math.Sqrt(squares), err
}

// rates returns the program of f along a generator at moved inputs. It takes (x, h, g) to the
// square of the derivative of each output at g·x, ‖J‖²‖A·x‖² and ‖J‖² there, f(g·x), and
// ‖A·x‖². There is no g if a field moves inputs.
func (e *experiment) rates() (*network.Program, error) {
	if e.rate != nil {
		return e.rate, nil
	}
	var err error
	e.rate, err = e.network.NewProgram(e.s.Head, e.held, func(f func(*Node) *Node, x *Node, arguments []*Node) []*Node {
		if e.field == nil {
			x = e.inputs().(action.Mover).Moved(x, arguments[1])
		}
		one := oneGenerator{e.mover, velocityOf(e.mover, x, arguments[0])}
		y := f(x)
		rows, energy := network.Rows(one, x, y)
		motion := action.Norm(one, inFloat64(one.velocity))
		energy = inFloat64(energy)
		bound := Mul(energy, motion)
		rows, outputs := e.turned(rows, y, arguments[0])
		if outputs != nil {
			bound = MulScalar(Add(bound, outputs), 2)
		}
		return []*Node{Square(inFloat64(Squeeze(rows, -1))), bound, energy, y, motion}
	})
	return e.rate, err
}
