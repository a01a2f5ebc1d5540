package flow

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
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
	if r.Algebra, err = f.carried(f.algebraOf("candidate", f.span, f.aboutCentre)); err != nil {
		return nil, err
	}
	if r.Name = c.name; refined || c.name == "" || planeRotation(e.mover, r.Algebra) != "" {
		r.Name = nameOf(e.mover, r.Algebra, f.algebraOf("candidate", f.span, e.local))
	}
	if err := e.follow(r, f, c); err != nil {
		return nil, err
	}
	if r.find(e.s.Tolerance); r.Finding == Confirmed || r.firm {
		if r.jump, err = e.jumpsAlong(r, f); err != nil {
			return nil, err
		}
		if r.broken, err = e.brokenAlong(r, f); err != nil {
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
func (e *experiment) brokenAlong(r *Rung, f *fit) (reason string, err error) {
	for i, c := range r.Along {
		h := f.generatorAt(f.along[i])
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
	if r.Finding != Confirmed || e.parts(len(e.before)/e.held.Len(), nil) == nil {
		return "", nil
	}
	lost := max(lostAt*e.s.Tolerance, timesAlong*r.Delta)
	for _, t := range ts {
		each, err := e.changesBothWays(h, t)
		if err != nil {
			return "", err
		}
		if some, δ := e.brokenOutput(each, lost, nil); some != nil {
			return fmt.Sprintf("%v %s: at t = %.2g Δ = %v (95 %%) of its own variance, of all %d outputs together Δ ≤ %.2g", some, r.generators(), t, δ, len(each)/e.held.Len(), r.Delta), nil
		}
	}
	return "", nil
}

// brokenBySamples returns the reason if a few samples lose their answers at one of the given points. It
// tells of the point at which most do.
func (e *experiment) brokenBySamples(r *Rung, h *mat.Dense, ts []float64) (string, error) {
	var most *minority
	var at float64
	exact := r.firm && r.Defect.Upper <= e.rounding
	for _, t := range ts {
		few, err := e.minorityAt(h, t, exact)
		if err != nil {
			return "", err
		}
		if few != nil && (most == nil || few.share > most.share) {
			most, at = few, t
		}
	}
	if most == nil {
		return "", nil
	}
	return fmt.Sprintf("at t = %.2g %s", at, most.breaks(r.generators(), e.s.numbers, r.level(at))), nil
}

// jumpsAlong looks for a jump along the flows of a span, at some of their points.
func (e *experiment) jumpsAlong(r *Rung, f *fit) (jump, error) {
	for i, c := range r.Along {
		var ts []float64
		var Δ []Interval
		for _, p := range c.some() {
			ts, Δ = append(ts, c.T[p]), append(Δ, Interval{c.Delta[p], c.Lower[p], c.Upper[p]})
		}
		if j, err := e.jumps(f.generatorAt(f.along[i]), ts, Δ); err != nil || j.found {
			return j, err
		}
	}
	return jump{}, nil
}

// doubtOf leaves a rung undecided if flows of f say nothing, or no more than gradients.
func (r *Rung) doubtOf(e *experiment) {
	reasons := append(e.blurriness(), e.blindness()...)
	if r.jump.found && r.Finding == Confirmed {
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
func (e *experiment) span(c candidate) (f *fit, refined bool, err error) {
	d := c.start.Dim()
	rows := mat.NewDense(d, e.mover.Dim(), nil)
	for i, h := range c.start.Basis() {
		own, _ := coefficients(e.mover, h) // without the rounding of h
		rows.SetRow(i, own)
	}
	steps := e.s.flowsOf(d) * (1 + 2*(e.mover.Dim()-d))
	if c.firm || e.field != nil || steps > longFit {
		f, err = fitWithoutFlows(e, rows)
		return f, false, err
	}
	if f, err = newFit(e, rows); err != nil {
		return nil, false, err
	}
	_, _, err = f.descend()
	return f, true, err
}

// follow measures the flows of the span and others beside them. Random flows are only
// measured if the answers change along the runners-up, so that they matter.
func (e *experiment) follow(r *Rung, f *fit, c candidate) error {
	random := rand.New(rand.NewPCG(e.s.Seed, 0x72756e67)) // its own stream of random numbers
	along, err := f.spanVectors(random)
	if err != nil {
		return err
	}
	f.along = along
	if r.Along, err = e.curves(f, along, "following "+r.flows()); err != nil {
		return err
	}
	runners, taken := f.runnersUp(c)
	r.Runners = len(runners)
	if r.Beside, err = e.others(f, runners, "following the runners-up"); err != nil {
		return err
	}
	if r.find(e.s.Tolerance); r.Finding != Confirmed {
		return nil
	}
	others, err := e.others(f, randomOutside(taken, random, max(0, e.s.Random)), "following random flows")
	r.Beside = append(r.Beside, others...)
	return err
}

// curves measures the flows of unit vectors in whitened coordinates.
func (e *experiment) curves(f *fit, us [][]float64, name string) (cs []*Curve, err error) {
	return e.curvesBut(f, us, name, func(error) bool { return false })
}

// others measures curves to compare with. It leaves out flows that leave the domain of f at
// once, which say nothing.
func (e *experiment) others(f *fit, us [][]float64, name string) (cs []*Curve, err error) {
	return e.curvesBut(f, us, name, leftDomain)
}

// curvesBut measures flows, except for the ones with an error that may be skipped.
func (e *experiment) curvesBut(f *fit, us [][]float64, name string, skip func(error) bool) (cs []*Curve, err error) {
	bar := e.progress(name, len(us))
	defer bar.Done()
	for i, u := range us {
		c, err := e.points(f.generatorAt(u), progress.Line{})
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

// spanVectors returns unit vectors of the span, in whitened coordinates: a basis, and as many
// between them.
func (f *fit) spanVectors(random *rand.Rand) (us [][]float64, err error) {
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

// runnersUp returns the directions with the next smallest ρ outside the span, orthonormal. It
// leaves out trivial generators. taken holds trivial generators and the span.
func (f *fit) runnersUp(c candidate) (us [][]float64, taken *mat.Dense) {
	const most = 4
	taken = mat.DenseCopyOf(f.span)
	all := taken // including the runners-up
	for i, g := range c.others {
		if d, r := all.Dims(); len(us) == most || d == r {
			break
		}
		h, _ := coefficients(f.e.mover, g.H)
		u, left := f.orthogonalPart(h, all)
		if left < .1 { // mostly inside the span
			continue
		}
		all = appendRow(all, u)
		if i < c.trivial {
			taken = all
		} else {
			us = append(us, u)
		}
	}
	return us, taken
}

// appendRow returns a matrix with one more row.
func appendRow(m *mat.Dense, row []float64) *mat.Dense {
	var more mat.Dense
	more.Stack(m, mat.NewDense(1, len(row), row))
	return &more
}

// orthogonalPart returns the part of coefficients that is orthogonal to the orthonormal rows taken,
// in whitened coordinates and of unit length, and its share of the whole.
func (f *fit) orthogonalPart(h []float64, taken *mat.Dense) (u []float64, share float64) {
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

// randomOutside returns random unit vectors orthogonal to orthonormal rows, or none if these span
// the whole space.
func randomOutside(taken *mat.Dense, random *rand.Rand, count int) (us [][]float64) {
	d, width := taken.Dims()
	if d == width {
		return nil
	}
	for range count {
		u := make([]float64, width)
		for i := range u {
			u[i] = random.NormFloat64()
		}
		for i := range d {
			row := taken.RawRowView(i)
			floats.AddScaled(u, -floats.Dot(row, u), row)
		}
		floats.Scale(1/floats.Norm(u, 2), u)
		us = append(us, u)
	}
	return us
}

// mustFollow panics unless the action moves inputs by finite transformations.
func mustFollow(a action.Action) {
	mustAct(a)
	if _, ok := a.(action.Integrable); !ok {
		mustBeMover(a)
	}
}
