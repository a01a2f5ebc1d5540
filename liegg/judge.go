package liegg

import (
	"cmp"
	"math"
	"slices"

	"github.com/liegg/lab/liegg/internal/candidates"
	"github.com/liegg/lab/liegg/internal/defects"
	"github.com/liegg/lab/liegg/internal/spaces"
	"github.com/liegg/lab/liegg/internal/sums"
)

// Judge decides how many generators the evidence shows. Generators are fitted to every other
// block of samples and tested on the rest, and vice versa. The answer is Symmetric with d
// generators only if
//
//  1. ρ̃_j ≤ τ for the d directions and their upper bounds,
//  2. ρ_{d+1}/ρ_d ≥ Rule.Gap, if there is a direction d+1,
//  3. the lower bound of ρ̃_{d+1} exceeds τ,
//  4. the fitted and the held-out defects agree.
//
// The answer is None if the lower bound of ρ̃₁ exceeds τ, fitted and held out, and there is
// no rung above. It is Approximate if there is such a rung, or if the threshold cuts through
// a rung and there is none below: see Rung. If there is a rung below the one that is cut,
// the answer is Symmetric with the generators of the lower rung.
//
// In all other cases the answer is Undetermined, with the conditions that failed. It is also
// Undetermined if there are fewer than 100 blocks, or if most samples repeat others.
//
// Symmetries that hold to rounding need twice as many equations (rows of independent
// samples) as there are candidates. Everything else, None included, needs intervals. These
// take 100 blocks of independent samples that count as 100 of one size
// (Influence.Effective): some 130 samples if all gradients have one size, and about 250 if
// they vary as for normal inputs.
//
// Judge returns the errors of Polarization.Spectrum, for all samples or for a half of them, and
// the errors of classification.Identify. It panics if a field of the rule is out of its range.
func (e *Evidence) Judge(c Candidates, rule Rule) (*Verdict, error) {
	sum := e.blocks.Halves()
	v, err := e.begin(c, rule, sum.All)
	if err != nil {
		return nil, err
	}
	t, err := v.solve(e, c, sum)
	if err != nil {
		return nil, err
	}
	if err := v.count(t); err != nil {
		return nil, err
	}
	if err := v.steep(t); err != nil {
		return nil, err
	}
	f, err := candidates.FrameOf(c, sum.All.Moments, v.Subspace.Data == v.Subspace.Size)
	if err != nil {
		return nil, err
	}
	if err := v.climb(t, f); err != nil {
		return nil, err
	}
	if err := v.conclude(e, t, f.Own, sum); err != nil {
		return nil, err
	}
	v.h = t.All.First(v.nearest())
	return v, v.describe(t, f, sum.All.Moments)
}

// begin returns a verdict that knows what the samples are like, but has neither a spectrum nor an
// answer.
func (e *Evidence) begin(c Candidates, rule Rule, all *sums.Sum) (*Verdict, error) {
	v := &Verdict{Rule: rule.withDefaults()}
	for _, p := range []*sums.Sum{e.shown(all), all} { // the latter is not shown itself if samples have weights
		if err := suits(p, c); err != nil {
			return nil, err
		}
	}
	v.Scales, v.Repeats, v.Influence, v.variation = e.scales, e.repeats, e.influence, e.variation
	v.Dependence, v.away, v.missing = e.dependence, e.away, e.missing
	_, v.covariant = c.(interface{ Outputs() int })
	v.Reference = all.Moments.Reference()
	return v, nil
}

// solve fits generators to all samples and to both halves of them, without trivial candidates, and
// computes the spectrum meanwhile.
func (v *Verdict) solve(e *Evidence, c Candidates, sum sums.Halves) (t *defects.Trial, err error) {
	own := candidates.LocalOf(c)
	s, ofNontrivial := defects.FindNontrivial(sum.All, own, v.Rule.Threshold*v.Reference, v.Rule.Gap, defects.Finest(sum.All, v.away))
	var ofTrial error
	done := make(chan struct{})
	go func() { // gonum takes each decomposition on one core
		defer close(done)
		if ofNontrivial == nil {
			t, ofTrial = defects.NewTrial(sum, (*defects.Variation)(e.variation), s.W)
		}
	}()
	var ofSpectrum error
	v.Spectrum, ofSpectrum = spectrumOf(e.shown(sum.All), c, Listed+s.Trivial())
	<-done
	if err := cmp.Or(ofSpectrum, ofNontrivial, ofTrial); err != nil {
		return nil, err
	}
	v.Considered = t.Directions()
	v.Ignored, v.Unfelt, v.Threshold = v.Spectrum.K-v.Considered, s.Unfelt, s.Threshold
	if v.Scales != nil {
		if v.BySize, err = defects.Within(e.plain, s.W, v.Threshold); err != nil {
			return nil, err
		}
	}
	return t, v.leaveOut(sum.All, own, t)
}

// leaveOut records which candidates count as trivial, and the subspaces of the inputs from which that
// follows.
func (v *Verdict) leaveOut(all *sums.Sum, own candidates.Space, t *defects.Trial) (err error) {
	if v.Ignored > v.Spectrum.Unmoved {
		if v.trivial, err = defects.SomeTrivial(all, own, v.Threshold); err != nil {
			return err
		}
	}
	dimensions, err := all.Moments.Measure(v.Threshold)
	if err != nil {
		return err
	}
	v.Subspace = Subspace(dimensions)
	return v.setWeak(all, t.All)
}

// conclude decides, and doubts what it decided if few samples or directions without samples speak
// against it.
func (v *Verdict) conclude(e *Evidence, t *defects.Trial, own candidates.Space, sum sums.Halves) error {
	edges := v.edges(v.Threshold)
	if v.open != "" {
		edges = append(edges, v.open)
	}
	v.decide(v.doubts(len(sum.Blocks), v.Threshold), edges)
	if err := v.setByFew(t, e.plain); err != nil {
		return err
	}
	if err := v.doubtUnseen(t.All.Span(own, v.Dim), sum.All.Moments); err != nil {
		return err
	}
	if few := v.BrokenByFew(v.Dim); few != "" && (v.Answer == Symmetric || v.Answer == Approximate) {
		v.Doubt(few)
	}
	return nil
}

// decide picks the answer. Doubts are the conditions on the data that failed, edges those on
// the defects near the threshold.
//
// If all of Judge's conditions hold, the answer is Symmetric, or None if no rung lies above.
// If the threshold cuts through a rung, the rung below it is called a symmetry, provided
// there is one with the whole gap. Otherwise the answer is Approximate: the rung that is
// cut, or the first one above the threshold with nothing below it.
func (v *Verdict) decide(doubts, edges []string) {
	v.Dim = v.below
	cut := slices.IndexFunc(v.Rungs, func(r Rung) bool { return r.Standing == AtThreshold })
	switch {
	case len(doubts) > 0:
		v.Answer, v.Reasons = Undetermined, append(doubts, edges...)
	case len(edges) == 0 && v.Dim > 0:
		v.Answer = Symmetric
	case cut > 0 && v.Rungs[cut-1].Standing == Within && v.gap(v.Rungs[cut-1].Dim) >= v.Rule.Gap:
		v.Answer, v.Dim = Symmetric, v.Rungs[cut-1].Dim
	case cut >= 0:
		v.Answer, v.Dim = Approximate, v.Rungs[cut].Dim
	case len(edges) == 0 && len(v.Rungs) > 0:
		v.Answer, v.Dim = Approximate, v.Rungs[0].Dim
	case len(edges) == 0:
		v.Answer = None
	default:
		v.Answer, v.Reasons = Undetermined, edges
	}
}

// describe fills in the description of the Dim generators.
func (v *Verdict) describe(t *defects.Trial, f candidates.Frame, m *spaces.Moments) error {
	about := t.All.Span(f.Own, v.Dim)
	v.Algebra, v.Description = about, described(f.Given, about)
	if v.Dim == 0 {
		return nil
	}
	r := v.rungOf(v.Dim)
	if r == nil {
		guess, err := v.rung(t, f, 0, v.Dim)
		if err != nil {
			return err
		}
		r = &guess
	}
	v.Algebra, v.AngleError = r.Algebra, r.AngleError
	if candidates.AreHomogeneous(f.Given) {
		v.locate(about, f.Centring, m)
	}
	v.legible = v.read(t.All, f, m)
	if v.Answer == Symmetric || v.Answer == Approximate {
		v.Identity = r.Identity
	}
	return nil
}

// nearest returns the number of directions that are symmetries, or come near to it.
func (v *Verdict) nearest() int {
	if len(v.Rungs) > 0 {
		return max(v.Dim, v.Rungs[len(v.Rungs)-1].Dim)
	}
	if v.Dim > 0 {
		return v.Dim
	}
	widest, best := 0., 1
	for d := 1; d < len(v.Defects); d++ {
		if gap := v.Defects[d].Value / math.Max(v.Defects[d-1].Value, v.Spectrum.Resolution()); gap > widest {
			widest, best = gap, d
		}
	}
	return best
}
