package flow

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/flow/internal/doubt"
	"github.com/liegg/lab/liegg/flow/internal/fit"
	"github.com/liegg/lab/liegg/flow/internal/motion"
	"github.com/liegg/lab/liegg/flow/internal/moved"
	"github.com/liegg/lab/liegg/flow/internal/sampling"
	"github.com/liegg/lab/liegg/progress"
)

// longFit is the number of passes in a step of a refinement from which on the refinement is
// left out.
const longFit = 2000

// rung tests a candidate: one experiment refines it, the other judges it.
func (e *experiment) rung(fitted *experiment, c candidate, v *liegg.Verdict) (*Rung, error) {
	f, refined, err := fitted.span(c)
	if err != nil {
		return nil, err
	}
	own := c.rung(v)
	r := &own
	r.Refined = refined
	if r.Algebra, err = f.Carried(f.AlgebraOf("candidate", f.Span, f.AboutCentre)); err != nil {
		return nil, err
	}
	if r.Name = c.name; refined || c.name == "" || planeRotation(e.Action, r.Algebra) != "" {
		r.Name = nameOf(e.Action, r.Algebra, f.AlgebraOf("candidate", f.Span, e.Local))
	}
	along, err := e.follow(r, f, c)
	if err != nil {
		return nil, err
	}
	if r.find(e.s.Tolerance); r.Finding == Confirmed || r.firm {
		if r.jump, err = e.jumpsAlong(r, f, along); err != nil {
			return nil, err
		}
		if r.broken, err = e.brokenAlong(r, f, along); err != nil {
			return nil, err
		}
	}
	r.doubtOf(e)
	return r, nil
}

// rung returns a Rung with the verdict's knowledge of a candidate.
func (c candidate) rung(v *liegg.Verdict) Rung {
	r := Rung{Dim: c.start.Dim(), firm: c.firm}
	if r.Dim <= len(v.Defects) {
		r.Defect = v.Defects[r.Dim-1]
	}
	return r
}

// some returns every third or so of the points of a curve, the first and the last among them.
func (c *Curve) some() (points []int) {
	for p := 0; p < len(c.T); p += max(1, (len(c.T)-1)/3) {
		points = append(points, p)
	}
	return points
}

// someTo returns the parameters of these points, up to an end.
func (c *Curve) someTo(end float64) (ts []float64) {
	for _, p := range c.some() {
		if c.T[p] <= end {
			ts = append(ts, c.T[p])
		}
	}
	return ts
}

// brokenAlong returns the reason not to confirm a rung if some outputs or some samples lose their
// answers along the flows of a span. It looks at some of the points up to which all together hold; at
// samples, as far as all hold within the tolerance.
func (e *experiment) brokenAlong(r *Rung, f *fit.Problem, along [][]float64) (reason string, err error) {
	for i, c := range r.Along {
		h := f.GeneratorAt(along[i])
		if reason, err = e.brokenByOutput(r, h, c.someTo(r.Holds)); reason == "" && err == nil {
			reason, err = e.brokenBySamples(r, h, c.someTo(max(r.Holds, r.holdsTo(e.s.Tolerance))))
		}
		if reason != "" || err != nil {
			return reason, err
		}
	}
	return "", nil
}

// brokenByOutput returns the reason if Δ of an output, in units of its own variance, certainly reaches
// what is required of other flows at one of the given points.
func (e *experiment) brokenByOutput(r *Rung, h *mat.Dense, ts []float64) (string, error) {
	if r.Finding != Confirmed || e.Parts(len(e.Before)/e.Held.Len(), nil) == nil {
		return "", nil
	}
	lost := max(lostAt*e.s.Tolerance, timesAlong*r.Delta)
	for _, t := range ts {
		each, err := e.ChangesBothWays(h, t)
		if err != nil {
			return "", err
		}
		if some, δ := e.Broken(each, lost, nil); some != nil {
			return fmt.Sprintf("%v %s: at t = %.2g Δ = %v (95 %%) of its own variance, of all %d outputs together Δ ≤ %.2g", some, r.generators(), t, Interval(δ), len(each)/e.Held.Len(), r.Delta), nil
		}
	}
	return "", nil
}

// brokenBySamples returns the reason if a few samples lose their answers at one of the given points. It
// tells of the point at which most do.
func (e *experiment) brokenBySamples(r *Rung, h *mat.Dense, ts []float64) (string, error) {
	var most *doubt.Minority
	var at float64
	exact := r.firm && r.Defect.Upper <= e.Rounding
	for _, t := range ts {
		few, err := doubt.MinorityAt(e.Outputs, h, t, exact, lostAt*e.s.Tolerance)
		if err != nil {
			return "", err
		}
		if few != nil && (most == nil || few.Share > most.Share) {
			most, at = few, t
		}
	}
	if most == nil {
		return "", nil
	}
	return fmt.Sprintf("at t = %.2g %s", at, most.Breaks(r.generators(), e.Plan, r.level(at))), nil
}

// jumpsAlong looks for a jump along the flows of a span, at some of their points.
func (e *experiment) jumpsAlong(r *Rung, f *fit.Problem, along [][]float64) (doubt.Jump, error) {
	for i, c := range r.Along {
		var ts []float64
		var Δ []sampling.Estimate
		for _, p := range c.some() {
			ts, Δ = append(ts, c.T[p]), append(Δ, sampling.Estimate{Value: c.Delta[p], Lower: c.Lower[p], Upper: c.Upper[p]})
		}
		if j, err := doubt.JumpAlong(e.Outputs, f.GeneratorAt(along[i]), ts, Δ); err != nil || j.Found {
			return j, err
		}
	}
	return doubt.Jump{}, nil
}

// doubtOf leaves a rung undecided if flows of f say nothing, or no more than gradients.
func (r *Rung) doubtOf(e *experiment) {
	reasons := append(e.Blurriness(), e.Blindness()...)
	if r.jump.Found && r.Finding == Confirmed {
		reasons = append(reasons, r.jump.String())
	}
	if r.broken != "" {
		reasons = append(reasons, r.broken)
	}
	if len(reasons) > 0 {
		r.Finding, r.Reason = Undecided, reasons[0]
	}
}

// span returns the span of a candidate, fitted to finite flows unless the verdict is sure of
// it or the fit would take long.
func (e *experiment) span(c candidate) (f *fit.Problem, refined bool, err error) {
	d := c.start.Dim()
	rows := mat.NewDense(d, e.Action.Dim(), nil)
	for i, h := range c.start.Basis() {
		own, _ := motion.Coefficients(e.Action, h) // without the rounding of h
		rows.SetRow(i, own)
	}
	steps := e.s.fitting().FlowsOf(d) * (1 + 2*(e.Action.Dim()-d))
	if c.firm || e.Field != nil || steps > longFit {
		f, err = fit.WithoutFlows(e.Outputs, rows, e.s.fitting())
		return f, false, err
	}
	if f, err = fit.New(e.Outputs, rows, e.s.fitting()); err != nil {
		return nil, false, err
	}
	_, _, err = f.Descend()
	return f, true, err
}

// follow measures the flows of the span, along unit vectors in whitened coordinates, and others beside
// them. Random flows are only
// measured if the answers change along the runners-up, so that they matter.
func (e *experiment) follow(r *Rung, f *fit.Problem, c candidate) (along [][]float64, err error) {
	random := rand.New(rand.NewPCG(e.s.Seed, 0x72756e67)) // its own stream of random numbers
	if along, err = f.SpanVectors(random); err != nil {
		return nil, err
	}
	if r.Along, err = e.curves(f, along, "following "+r.flows()); err != nil {
		return nil, err
	}
	runners, taken := f.RunnersUp(c.others, c.trivial)
	r.Runners = len(runners)
	if r.Beside, err = e.others(f, runners, "following the runners-up"); err != nil {
		return nil, err
	}
	if r.find(e.s.Tolerance); r.Finding != Confirmed {
		return along, nil
	}
	others, err := e.others(f, fit.RandomOutside(taken, random, max(0, e.s.Random)), "following random flows")
	r.Beside = append(r.Beside, others...)
	return along, err
}

// curves measures the flows of unit vectors in whitened coordinates.
func (e *experiment) curves(f *fit.Problem, us [][]float64, name string) (cs []*Curve, err error) {
	return e.curvesBut(f, us, name, func(error) bool { return false })
}

// others measures curves to compare with. It leaves out flows that leave the domain of f at
// once, which say nothing.
func (e *experiment) others(f *fit.Problem, us [][]float64, name string) (cs []*Curve, err error) {
	return e.curvesBut(f, us, name, moved.LeftDomain)
}

// curvesBut measures flows, except for the ones with an error that may be skipped.
func (e *experiment) curvesBut(f *fit.Problem, us [][]float64, name string, skip func(error) bool) (cs []*Curve, err error) {
	bar := progress.Unless(e.s.Quiet, name, len(us))
	defer bar.Done()
	for i, u := range us {
		c, err := e.points(f.GeneratorAt(u), progress.Line{})
		if err != nil && !skip(err) {
			return nil, err
		}
		if err == nil {
			cs = append(cs, c)
		}
		bar.At(i+1, "")
	}
	return cs, nil
}
