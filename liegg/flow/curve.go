package flow

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow/internal/moved"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/progress"
)

// Curve is the change of a network's outputs along a flow.
type Curve struct {
	// T are the parameters, ascending and positive. They end where the flow leaves the range
	// of the data or the domain of f, or at Settings.Reach.
	T []float64
	// Delta is Δ(t) = E‖f(exp(±tH)x) − f(x)‖² / (2·Var f), averaged over both directions; for
	// pairs (A, B) it is E‖f(exp(±tA)x) − exp(±tB)f(x)‖² / (2·Var f). It is 0 if nothing
	// changes and 1 if the outputs are unrelated. Lower and Upper are its 95 % confidence
	// interval, by a bootstrap over samples.
	Delta, Lower, Upper []float64
	// Random is the mean of Δ(t) along random generators that move the data at the same
	// speed, the root mean square of ‖H·x‖ in units of the spread of the data. Outputs with
	// free factors move as fast as along H. RandomLow and
	// RandomHigh are the smallest and the largest Δ(t). Only the random flows that are still
	// within the range of the data at T[i] count, Inside[i] of them. The values are NaN if
	// none is. All four are nil without random generators.
	Random, RandomLow, RandomHigh []float64
	Inside                        []int
	// Bounded says that few samples carry Var f: their participation ratio is below N/20.
	// Then Δ is that of φ∘f, where φ maps every output to u/√(1+u²) with
	// u = (f − median)/spread. φ is increasing, so φ∘f has the symmetries of f and no others.
	Bounded bool
	// Effective is the number of samples that carry the variance, (Σv)²/Σv² with
	// v = ‖f(x) − E f‖², for φ∘f if Bounded. Plain is the same number for f itself.
	Effective, Plain float64
	// Limit is the t at which the flow leaves the range of the data, or by which it has left
	// the domain of f. It is +Inf if neither happens within Settings.Reach.
	Limit float64
	// Tolerance is Settings.Tolerance.
	Tolerance float64
	// Holds is the largest t up to which the upper bound stays within the tolerance,
	// interpolated. It is at most the last of T.
	Holds float64
	// Frame says what fills the parts of moved inputs that come from outside their frame,
	// such as "continued by reflection". It is "" for the default, a background. See
	// action.Frame.
	Frame string

	drawn int // number of random flows
}

// Along follows the flow exp(th) of a generator h of the action. It takes h as given: pass
// lie.UnitSpeed(h) for a parameter that is an angle or a rate. The inputs, which are kept in
// memory, should be ones that the network was not fitted to.
//
// If the action is not an action.Mover but is action.Integrable, such as action.Polynomial,
// inputs follow the orbits of the vector field of h. An orbit stops at the edge of the range
// of the data. The curve ends where a share Settings.Outside of the orbits has stopped.
//
// Along returns an error if the action does not fit the inputs, or if the model panics or
// fails; liegg.ErrNoSamples; ErrConstant; or a *liegg.NotFiniteError. It panics if h is not a
// generator of the action, or if the action is neither a Mover nor Integrable.
func Along(n *network.Network, a action.Action, h *mat.Dense, inputs network.Inputs, s Settings) (*Curve, error) {
	s = s.withDefaults()
	h, _ = mustBeGenerator(a, h)
	e, err := buffered(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	defer e.Finalize()
	_, coefficients := mustBeGenerator(e.Action, h)
	return e.along(h, coefficients)
}

// along measures a curve, with random ones beside it.
func (e *experiment) along(h *mat.Dense, coefficients []float64) (*Curve, error) {
	c, err := e.curve(h)
	if err != nil || e.s.Random < 0 {
		return c, err
	}
	p, err := e.paceOf(coefficients)
	if err != nil {
		return nil, err
	}
	if p.ofInputs == 0 {
		return nil, moved.ErrUnmoved
	}
	return c, e.besides(c, p)
}

// curve measures Δ along one generator and shows its progress.
func (e *experiment) curve(h *mat.Dense) (*Curve, error) {
	bar := progress.Unless(e.s.Quiet, "following a flow", e.s.Points)
	defer bar.Done()
	return e.points(h, bar)
}

// points measures the points of a curve. The zero bar shows no progress.
func (e *experiment) points(h *mat.Dense, bar progress.Line) (*Curve, error) {
	c := &Curve{Limit: e.Limit(h, e.s.Reach), Tolerance: e.s.Tolerance, Frame: framing(e.Action),
		Bounded: e.Bounded(), Effective: participation.Ratio(e.Variance), Plain: e.Plain}
	reach := min(e.s.Reach, c.Limit)
	var changes [][]float64
	for i, t := range times(reach, e.s.Points) {
		change, err := e.ChangeBothWays(h, t)
		if i > 0 && moved.LeftDomain(err) {
			c.Limit = t
			break
		}
		if err != nil {
			return nil, err
		}
		c.T, changes = append(c.T, t), append(changes, change)
		bar.At(i+1, "")
	}
	for _, estimate := range e.ratios(changes, e.Variance) {
		c.Delta = append(c.Delta, estimate.Value)
		c.Lower = append(c.Lower, estimate.Lower)
		c.Upper = append(c.Upper, estimate.Upper)
	}
	c.Holds = c.holdsTo(c.Tolerance)
	return c, nil
}

// times returns n parameters up to reach, at uneven distances. A function that returns to its
// value after a fraction of reach, such as a square wave of the angle, must not be measured
// only at its returns.
func times(reach float64, n int) []float64 {
	random := rand.New(rand.NewPCG(16, 0)) // the same for all curves, so that they can be compared
	ts := make([]float64, n)
	for i := range ts {
		ts[i] = reach * (float64(i+1) - random.Float64()/2) / float64(n)
	}
	ts[n-1] = reach
	return ts
}

// holdsTo finds where the upper bound crosses a level, such as the tolerance.
func (c *Curve) holdsTo(level float64) float64 {
	t, upper := 0.0, 0.0
	for i, next := range c.Upper {
		if !(next <= level) {
			return t + (c.T[i]-t)*max(0, level-upper)/(next-upper)
		}
		t, upper = c.T[i], next
	}
	return t
}

// Change returns T, Delta, Lower and Upper for plotting.FlowOf.
func (c *Curve) Change() (t, delta, lower, upper []float64) {
	return c.T, c.Delta, c.Lower, c.Upper
}

// RandomChange returns T, Random, RandomLow, RandomHigh and Inside for plotting.RandomOf.
func (c *Curve) RandomChange() (t, mean, smallest, largest []float64, count []int) {
	return c.T, c.Random, c.RandomLow, c.RandomHigh, c.Inside
}

// String says how far the invariance holds and lists eight points of the curve.
func (c *Curve) String() string {
	var b strings.Builder
	fmt.Fprintln(&b, c.Verdict())
	if c.Bounded {
		fmt.Fprintln(&b, c.transform())
	}
	fmt.Fprintf(&b, "%8s  %9s  %21s  %9s\n", "t", "Δ(t)", "95 %", "random")
	step := max(1, len(c.T)/8)
	for i := step - 1; i < len(c.T); i += step {
		fmt.Fprintf(&b, "%8.3g  %9s  %9s … %9s  %9s\n", c.T[i], figure(c.Delta[i]), figure(c.Lower[i]), figure(c.Upper[i]), c.random(i))
	}
	return b.String()
}

// transform says that outputs were transformed, and why.
func (c *Curve) transform() string {
	return fmt.Sprintf("about %.2g samples carry the variance of f, so Δ is measured for f/√(1+f²) in robust units, which has the same symmetries and a variance carried by %.3g samples", c.Plain, c.Effective)
}

// random returns the i-th mean over random flows, with the number of flows that are still
// within the data if some are not.
func (c *Curve) random(i int) string {
	switch {
	case c.Random == nil || math.IsNaN(c.Random[i]):
		return "–"
	case c.Inside != nil && c.Inside[i] < c.drawn:
		return fmt.Sprintf("%s (of %d)", figure(c.Random[i]), c.Inside[i])
	}
	return figure(c.Random[i])
}

// figure prints three digits, or ≈0 if Δ is zero up to rounding in float64.
func figure(δ float64) string {
	if δ < 1e-20 {
		return "≈0"
	}
	return fmt.Sprintf("%.2e", δ)
}

// Verdict says how far the invariance holds, and why it was followed no further. It also says
// so if random flows of the same speed change no more.
func (c *Curve) Verdict() string {
	text := c.reach()
	if n := len(c.Random); n > 0 && c.Holds >= c.T[n-1] && mostOf(c.Random) <= c.Tolerance {
		text += "; but so it does along random flows as fast as this one: follow it at a higher speed"
	}
	return text + inWords(c.Frame)
}

// mostOf returns the largest number that is not NaN, or +Inf if there is none.
func mostOf(v []float64) float64 {
	v = slices.DeleteFunc(slices.Clone(v), math.IsNaN)
	if len(v) == 0 {
		return math.Inf(1)
	}
	return slices.Max(v)
}

// reach says how far the invariance holds.
func (c *Curve) reach() string {
	last := c.T[len(c.T)-1]
	switch {
	case c.Holds < last && floats.Max(c.Delta) <= c.Tolerance:
		return fmt.Sprintf("Δ ≤ %.2g is sure up to t = %.2g; further on Δ stays within it up to t = %.2g, but not its interval: more inputs would tell", c.Tolerance, c.Holds, last)
	case c.Holds < last && len(c.Lower) > 0 && floats.Max(c.Lower) <= c.Tolerance:
		return fmt.Sprintf("Δ ≤ %.2g is sure up to t = %.2g; further on Δ may pass it: more inputs would tell", c.Tolerance, c.Holds)
	case c.Holds < last:
		return fmt.Sprintf("Δ ≤ %.2g holds up to t = %.2g only", c.Tolerance, c.Holds)
	case c.Limit <= last:
		return fmt.Sprintf("Δ ≤ %.2g holds up to t = %.2g, where the flow leaves the data", c.Tolerance, last)
	}
	return fmt.Sprintf("Δ ≤ %.2g holds up to t = %.2g, as far as it was followed", c.Tolerance, last)
}
