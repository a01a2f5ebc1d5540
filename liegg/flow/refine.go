package flow

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow/internal/fit"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// Refinement is the result of fitting generators to finite flows.
type Refinement struct {
	// Before is the span at the start, After the fitted one.
	Before, After lie.Algebra
	// DeltaBefore and DeltaAfter are the mean Δ over flows of the spans, up to Fit.Reach.
	// Neither these flows nor their half of the inputs took part in the fit.
	DeltaBefore, DeltaAfter Interval
	// Gain is DeltaAfter/DeltaBefore, compared sample by sample; see Better.
	Gain Interval
	// ClosureBefore and ClosureAfter are lie.ClosureResidual of the spans.
	ClosureBefore, ClosureAfter float64
	// Angle is the largest principal angle between Before and After, in radians. It and the
	// residuals are taken in the coordinates of the flows.
	Angle float64
	// Curves are the flows of the basis of After, each at the speed of lie.UnitSpeed, on the
	// half of the inputs that was not fitted.
	Curves []*Curve
	// Steps is the number of Gauss–Newton steps. Converged says that the last one was below
	// 5·10⁻⁴ radians, or that no step lowered the loss any more.
	Steps     int
	Converged bool
}

// Better reports whether the network respects After more than Before, with 95 % confidence:
// the upper bound of Gain is below 1. If it is not, the flows do not tell the two apart, and
// nothing speaks against keeping Before.
func (r *Refinement) Better() bool { return r.Gain.Upper < 1 }

// String says what changed and how far the invariance holds.
func (r *Refinement) String() string {
	var b strings.Builder
	end := "converged"
	if !r.Converged {
		end = "not converged"
	}
	fmt.Fprintf(&b, "refined %d of %d×%d by finite flows, %d steps, %s: turned by %.2g°\n", r.After.Dim(), r.After.Size(), r.After.Size(), r.Steps, end, r.Angle*180/math.Pi)
	fmt.Fprintf(&b, "held-out Δ over the flows: %v before, %v after, after/before %.3g (%.3g…%.3g) (95 %%)\n",
		r.DeltaBefore, r.DeltaAfter, r.Gain.Value, r.Gain.Lower, r.Gain.Upper)
	if len(r.Curves) > 0 && r.Curves[0].Bounded {
		fmt.Fprintln(&b, r.Curves[0].transform())
	}
	if !r.Better() {
		fmt.Fprintln(&b, "by flows that were not fitted this is no better than the start, which may be kept")
	}
	if r.After.Dim() > 1 {
		fmt.Fprintf(&b, "brackets leave the span by %.2g before, %.2g after\n", r.ClosureBefore, r.ClosureAfter)
	}
	for i, c := range r.Curves {
		fmt.Fprintf(&b, "generator %d: %s\n", i+1, c.Verdict())
	}
	return b.String()
}

// Refine fits generators to the finite transformations that the network respects. It starts
// with generators of the nullspace, such as spectrum.Algebra(1). Over the span of the
// generators A within the action's candidates, it minimises
//
//	E_x E_A E_t s²·log(1 + ‖f(exp(tA)·x) − f(x)‖²/2s²)
//
// by Gauss–Newton steps with Levenberg's damping on a fixed set of flows, with
// |t| ≤ Fit.Reach and within the range of the data. s² is the median of the change at the start, so
// that the few samples that change most do not dominate the fit. If few samples carry the
// variance of f, φ∘f takes its place (see Curve.Bounded).
//
// A has unit length in the metric of speeds E‖A·x‖², in units of the spread of the data,
// scaled to the harmonic mean of the initial generators' speeds at lie.UnitSpeed. A
// generator cannot gain by moving the data less. One half of the inputs is fitted, at most
// Fit.Samples of them. The other half judges, with newly drawn flows.
//
// The result describes the network, whose symmetries may differ from those of its data. For
// classifiers, use network.NormalisedLogits: the direction of the logits is the answer, and
// their length, which training constrains less, only says how firmly it is given. For the
// networks of notebook 02, generators refined with different heads differ by up to .3°: trust
// angles no further.
//
// Derivatives are central differences in the generators. They take 2(K − d) forward passes
// for any number of outputs. They include the interpolation of moved images exactly, while
// J(z)·T(z) at z = exp(tA)·x includes it only approximately.
//
// Refine returns the errors of Along, and an error if generators do not move the data. It
// panics if the start has no generators or generators that are not the action's, or if the
// action is not an action.Mover.
func Refine(n *network.Network, a action.Action, start lie.Algebra, inputs network.Inputs, s Settings) (*Refinement, error) {
	s = s.withDefaults()
	mustBeMover(a)
	if start.Dim() == 0 {
		panic("flow: start must hold at least one generator")
	}
	for _, h := range start.Basis() {
		mustBeGenerator(a, h) // panic before the long work, not after it
	}
	fitted, judge, err := halves(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	defer fitted.Finalize()
	defer judge.Finalize()
	rows := mat.NewDense(start.Dim(), a.Dim(), nil)
	for i, h := range start.Basis() {
		_, coefficients := mustBeGenerator(fitted.Action, h)
		rows.SetRow(i, coefficients)
	}
	f, err := fit.New(fitted.Outputs, rows, s.fitting())
	if err != nil {
		return nil, err
	}
	return refine(f, judge)
}

// refine fits and reports.
func refine(f *fit.Problem, judge *experiment) (*Refinement, error) {
	before := f.Span
	steps, converged, err := f.Descend()
	if err != nil {
		return nil, err
	}
	was, is := f.AlgebraOf("start", before, f.AboutCentre), f.AlgebraOf("refined", f.Span, f.AboutCentre)
	r := &Refinement{Steps: steps, Converged: converged}
	if r.Before, err = f.Carried(was); err != nil {
		return nil, err
	}
	if r.After, err = f.Carried(is); err != nil {
		return nil, err
	}
	if err := r.judge(f, judge, before); err != nil {
		return nil, err
	}
	was, is = f.AlgebraOf("start", before, f.On.Local), f.AlgebraOf("refined", f.Span, f.On.Local)
	r.ClosureBefore, r.ClosureAfter = lie.ClosureResidual(was), lie.ClosureResidual(is)
	r.Angle = lie.LargestAngle(was, is)
	for _, h := range r.After.Basis() {
		c, err := judge.curve(judge.UnitSpeed(h))
		if err != nil {
			return nil, err
		}
		r.Curves = append(r.Curves, c)
	}
	return r, nil
}

// judge compares the spans on the inputs of an experiment.
func (r *Refinement) judge(f *fit.Problem, e *experiment, before *mat.Dense) error {
	flows, err := f.Judging()
	if err != nil {
		return err
	}
	was, err := f.Changes(e.Outputs, before, flows)
	if err != nil {
		return err
	}
	is, err := f.Changes(e.Outputs, f.Span, flows)
	if err != nil {
		return err
	}
	deltas := e.ratios([][]float64{was, is}, e.Variance)
	r.DeltaBefore, r.DeltaAfter = deltas[0], deltas[1]
	r.Gain = e.ratios([][]float64{is}, was)[0]
	return nil
}
