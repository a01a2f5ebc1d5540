package flow

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
)

// longFit is the number of passes of a step of a refinement from which on it is left
// out.
const longFit = 2000

// rung tries a candidate: it is refined on one experiment and judged on the other.
func (e *experiment) rung(fitted *experiment, c candidate, v *liegg.Verdict) (*Rung, error) {
	f, refined, err := fitted.span(c)
	if err != nil {
		return nil, err
	}
	r := &Rung{Dim: c.start.Dim(), Refined: refined}
	if r.Dim <= len(v.Defects) {
		r.Defect = v.Defects[r.Dim-1]
	}
	about := f.algebraOf("candidate", f.span)
	if r.Algebra, err = f.carried(about); err != nil {
		return nil, err
	}
	r.Name = nameOf(e.mover, r.Algebra, about)
	if err := e.follow(r, f, v); err != nil {
		return nil, err
	}
	r.find(e.s.Tolerance)
	return r, nil
}

// span is that of a candidate, fitted to finite flows unless it is firm or that would
// take long.
func (e *experiment) span(c candidate) (f *fit, refined bool, err error) {
	d := c.start.Dim()
	rows := mat.NewDense(d, e.mover.Dim(), nil)
	for i, h := range c.start.Basis() {
		_, coefficients := fitting(e.mover, h)
		rows.SetRow(i, coefficients)
	}
	steps := e.s.flowsOf(d) * (1 + 2*(e.mover.Dim()-d))
	if c.firm || e.field != nil || steps > longFit {
		f, err = spanned(e, rows)
		return f, false, err
	}
	if f, err = newFit(e, rows); err != nil {
		return nil, false, err
	}
	_, _, err = f.descend()
	return f, true, err
}

// follow measures the flows of the span and others beside them: random ones only where
// the runners-up are told apart, and would decide.
func (e *experiment) follow(r *Rung, f *fit, v *liegg.Verdict) error {
	random := rand.New(rand.NewPCG(e.s.Seed, 0x72756e67)) // a stream of its own
	along, err := f.within(random)
	if err != nil {
		return err
	}
	if r.Along, err = e.curves(f, along, "following "+r.flows()); err != nil {
		return err
	}
	r.measure(e.s.Tolerance)
	runners := f.runnersUp(v)
	r.Runners = len(runners)
	if r.Beside, err = e.curves(f, runners, "following the runners-up"); err != nil || r.standing(e.s.Tolerance) > 0 {
		return err
	}
	others, err := e.curves(f, f.without(random, max(0, e.s.Random)), "following random flows")
	r.Beside = append(r.Beside, others...)
	return err
}

// curves are the flows of unit vectors in whitened coordinates.
func (e *experiment) curves(f *fit, us [][]float64, name string) (cs []*Curve, err error) {
	bar := e.progress(name, len(us))
	defer bar.Done()
	for i, u := range us {
		c, err := e.quietCurve(f.at(u))
		if err != nil {
			return nil, err
		}
		cs = append(cs, c)
		bar.At(i+1, "")
	}
	return cs, nil
}

// quietCurve is curve without progress of its own.
func (e *experiment) quietCurve(h *mat.Dense) (*Curve, error) {
	quiet := e.s.Quiet
	e.s.Quiet = true
	defer func() { e.s.Quiet = quiet }()
	return e.curve(h)
}

// within are unit vectors of the span, in whitened coordinates: a basis, and as many
// between.
func (f *fit) within(random *rand.Rand) (us [][]float64, err error) {
	const most = 6
	d, width := f.span.Dims()
	rows := mat.DenseCopyOf(f.span)
	if d > 1 {
		frame, err := frameOf(random, d)
		if err != nil {
			return nil, err
		}
		var between mat.Dense
		between.Mul(frame, f.span)
		rows = mat.NewDense(2*d, width, nil)
		rows.Stack(f.span, &between)
	}
	count, _ := rows.Dims()
	step := max(1, float64(count)/most)
	for i := 0.; int(i) < count; i += step {
		us = append(us, mat.Row(nil, int(i), rows))
	}
	return us, nil
}

// runnersUp are the directions of next smallest ρ outside the span, orthonormal.
func (f *fit) runnersUp(v *liegg.Verdict) (us [][]float64) {
	const most = 4
	taken := mat.DenseCopyOf(f.span)
	for _, g := range v.Spectrum.ByDefect {
		if d, r := taken.Dims(); len(us) == most || d == r {
			break
		}
		_, h := fitting(f.e.mover, g.H)
		u, left := f.outside(h, taken)
		if left < .1 { // mostly within
			continue
		}
		us = append(us, u)
		var more mat.Dense
		more.Stack(taken, mat.NewDense(1, len(u), u))
		taken = &more
	}
	return us
}

// outside is the part of coefficients, in whitened coordinates and of unit length,
// that is orthogonal to the orthonormal rows taken, and its share of the whole.
func (f *fit) outside(h []float64, taken *mat.Dense) (u []float64, share float64) {
	var w, inside, back mat.VecDense
	w.MulVec(f.unwhiten, mat.NewVecDense(len(h), h))
	whole := mat.Norm(&w, 2)
	inside.MulVec(taken, &w)
	back.MulVec(taken.T(), &inside)
	w.SubVec(&w, &back)
	left := mat.Norm(&w, 2)
	if whole == 0 || left == 0 {
		return nil, 0
	}
	w.ScaleVec(1/left, &w)
	return w.RawVector().Data, left / whole
}

// without are random unit vectors orthogonal to the span.
func (f *fit) without(random *rand.Rand, count int) (us [][]float64) {
	complement := f.complement()
	free, width := complement.Dims()
	for range count {
		u := make([]float64, width)
		for k := range free {
			floats.AddScaled(u, random.NormFloat64(), complement.RawRowView(k))
		}
		floats.Scale(1/floats.Norm(u, 2), u)
		us = append(us, u)
	}
	return us
}

// Of the others Δ must come to clearly times the tolerance, or to gapOfDelta times the
// Δ along the span.
const (
	clearly    = 5
	gapOfDelta = enoughGap * enoughGap
)

// enoughVaried is the number of samples that Var f must rest on.
const enoughVaried = 50

// measure says how far the span holds.
func (r *Rung) measure(tolerance float64) {
	r.Holds, r.left = math.Inf(1), math.Inf(1)
	for _, c := range r.Along {
		r.Holds, r.left = min(r.Holds, c.Holds), min(r.left, c.beyond(tolerance))
	}
	r.Delta = r.upTo(r.Holds)
}

// standing is the number of others that have not clearly lost the answers while they
// hold along the span.
func (r *Rung) standing(tolerance float64) (count int) {
	for _, c := range r.Beside {
		if !r.apart(c, tolerance) {
			count++
		}
	}
	return count
}

// find decides.
func (r *Rung) find(tolerance float64) {
	for _, c := range r.Beside {
		r.Others = max(r.Others, c.Holds)
	}
	standing, effective := r.standing(tolerance), r.Along[0].Effective
	switch {
	case effective < enoughVaried:
		r.Reason = fmt.Sprintf("the variance of f rests on about %.2g samples, %d are wanted", effective, enoughVaried)
	case len(r.Beside) == 0:
		r.Reason = "there are no other flows to compare with"
	case standing == 0:
		r.Finding = Confirmed
	case !math.IsInf(r.left, 1):
		r.Finding = Refuted
		r.Reason = fmt.Sprintf("along %s answers are lost from t = %.2g on, and not clearly sooner along %d of %d others", r.flows(), r.left, standing, len(r.Beside))
	case r.Others >= r.Holds:
		r.Reason = fmt.Sprintf("along %s answers hold to t = %.2g, but also along others as fast", r.flows(), r.Holds)
	default:
		r.Reason = fmt.Sprintf("along %s answers hold to t = %.2g, where they are not clearly lost along %d of %d others: flows leave the data, or inputs are too few", r.flows(), r.Holds, standing, len(r.Beside))
	}
}

func (r *Rung) flows() string {
	if r.Dim == 1 {
		return "its flow"
	}
	return "their flows"
}

// upTo is the largest upper bound of Δ along the span from 0 to the first point at or
// beyond t.
func (r *Rung) upTo(t float64) float64 {
	largest := 0.0
	for _, c := range r.Along {
		for i, upper := range c.Upper {
			if i > 0 && c.T[i-1] >= t || c.T[i] > r.Holds {
				break
			}
			largest = max(largest, upper)
		}
	}
	return largest
}

// beyond is the first t at which Δ is certain to be above the tolerance, +Inf if there
// is none.
func (c *Curve) beyond(tolerance float64) float64 {
	for i, lower := range c.Lower {
		if lower > tolerance {
			return c.T[i]
		}
	}
	return math.Inf(1)
}

// apart says whether another flow has clearly lost the answers while they hold along
// the span.
func (r *Rung) apart(other *Curve, tolerance float64) bool {
	for i, t := range other.T {
		if t > r.Holds {
			return false
		}
		lower := other.Lower[i]
		if lower >= clearly*tolerance || lower > tolerance && lower >= gapOfDelta*r.upTo(t) {
			return true
		}
	}
	return false
}

// mustFollow panics unless the action moves inputs by finite transformations.
func mustFollow(a action.Action) {
	mustAct(a)
	if _, ok := a.(action.Integrable); !ok {
		mustMove(a)
	}
}
