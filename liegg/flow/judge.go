package flow

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// Judge asks for the continuous symmetries of a network by gradients and by finite flows at
// once. It returns the verdict of network.Judge. For the generators that the verdict
// suggests, it also says whether the network keeps its answers along their flows and changes
// them along others. An infinitesimal defect decides nothing if a network jitters along every
// direction, as classifiers of images do. The finite flow does.
//
// The candidates are the rungs of the verdict. If the verdict finds no symmetry, they are the
// first one, two and three generators by ρ. Candidates that the verdict is not sure of are
// first refined on one half of the inputs (see Refine), unless that takes long. The other
// half judges: Judge follows the flows of a basis of the span and of as many generators
// between them. Beside them it follows others of equal speed, orthogonal to the span: the
// runners-up, which have the next smallest ρ, and random ones.
//
// A rung is
//
//   - Confirmed if there are a t and a level of at most three tolerances such that Δ certainly
//     stays within the level along the span from 0 to t, while along all others, within the
//     data and by t/2.5, Δ has certainly reached three times the level and five tolerances. (Δ
//     grows as t² at first, so three times the level 2.5 times sooner means speeds of change
//     that differ by a factor of 4.3.) If flows leave the data too soon for that, it is enough
//     that Δ along the others reaches, by t, 25 times the level (the square of the gap that
//     verdicts require of ρ) and the tolerance, or a tenth of it if the verdict is sure of the
//     rung. If the verdict is sure of the rung, and Δ is zero up to rounding along it, others may
//     leave the data before they change f. Also, ρ must be at most half of ρ along unrelated
//     directions.
//   - Refuted if Δ certainly exceeds the tolerance along the span, and there is no such t.
//   - Undecided otherwise: flows leave the data too early or cannot be followed; all motions
//     of that speed leave the answers unchanged; f changes along the span by more than its
//     gradients account for, as at a jump; inputs are too few, or come from few independent
//     places, unless Δ is zero up to rounding.
//
// Neither is a rung confirmed along which a single output loses its answers: if Δ of the output, in
// units of its own variance, certainly reaches five tolerances and three times the level. (An
// output that varies less than others does not show in the Δ of all together.) Nor is one along
// which a few samples lose their answers: if, at three samples or more, Δ among their nearest
// neighbours, in units of the variance of f there, reaches five tolerances and ten times what it is
// at most samples.
// (A cluster of 1 % of the samples does not show either.) Generators that hold to rounding by
// gradients may change f at no sample, but for rounding. Rung.Reason names the outputs or samples.
//
// If f jumps, gradients do not see it, and the verdict by gradients becomes undetermined, too. So
// does a verdict that is sure of a rung which is refuted, or broken by an output or by a few
// samples. If finite flows cannot be followed, that verdict stands, and Rung.Reason says why they
// could not.
//
// The level must hold everywhere from 0 to t: an answer that comes back after half a turn has
// not held. Nor may Δ grow steadily, as gradients foretell, until answers are lost, unless gradients are
// sure of the generators: that is only slower than along others. The other flows, random ones of the
// same speed among them, show that the motion matters. A function that hardly varies, or generators that hardly move the data, confirm
// nothing.
//
// Finite flows use Settings.Head. Settings.Verdict says how gradients are judged. The inputs
// are kept in memory. At most 4000 of them, evenly spread, are followed, each some hundreds
// to thousands of times; the answer says how often.
//
// Judge returns the errors of network.Judge and Along. It panics if the action is neither an
// action.Mover nor action.Integrable.
func Judge(n *network.Network, a action.Action, inputs network.Inputs, s Settings) (*Judgement, error) {
	s = s.withDefaults().reconciled()
	mustFollow(a)
	held, err := network.Buffer(inputs, s.Batch)
	if err != nil {
		return nil, err
	}
	defer held.Finalize()
	j := &Judgement{Samples: held.Len(), Frame: framing(a)}
	if j.Verdict, err = gradients(n, a, held, s); err != nil {
		return nil, err
	}
	candidates := candidatesOf(j.Verdict)
	if len(candidates) == 0 {
		return j, nil
	}
	if err := j.follow(n.Through(a), a, held, candidates, s); err != nil { // the verdict by gradients stands
		j.Rungs = nil
		for _, c := range candidates {
			j.Rungs = append(j.Rungs, c.untried(j.Verdict, err))
		}
	}
	return j, nil
}

// follow tests candidates by finite flows.
func (j *Judgement) follow(n *network.Network, a action.Action, held *network.Buffered, candidates []candidate, s Settings) error {
	p, err := s.plan().For(held)
	if err != nil {
		return err
	}
	doubts := j.Verdict.Dependence.Doubts()
	if p.Repeats() {
		if doubts, err = p.Dependence(held, a); err != nil {
			return err
		}
	}
	some, p, err := p.Even(held, followed)
	if err != nil {
		return err
	}
	defer some.Finalize()
	fitted, judge, err := halved(n, a, some, p, s)
	if err != nil {
		return err
	}
	defer fitted.Finalize()
	defer judge.Finalize()
	for _, c := range candidates {
		j.try(fitted, judge, c, doubts)
	}
	for _, reason := range judge.Blurriness() {
		j.Verdict.Doubt(reason)
	}
	for _, reason := range judge.Blindness() {
		j.Verdict.DoubtSymmetries(reason)
	}
	j.Followed = some.Len()
	j.Moved = fitted.Passes*fitted.Held.Len() + judge.Passes*judge.Held.Len()
	return nil
}

// try tests a candidate with one half of the samples after it was fitted to the other. Doubts are the
// reasons why dependent samples leave it open.
func (j *Judgement) try(fitted, judge *experiment, c candidate, doubts []string) {
	r, err := judge.rung(fitted, c, j.Verdict)
	if err != nil {
		j.Rungs = append(j.Rungs, c.untried(j.Verdict, err))
		return
	}
	r.doubtGradients(j.Verdict.Reference)
	r.doubtDependence(doubts)
	r.doubtFew(j.Verdict)
	j.Rungs = append(j.Rungs, *r)
	if r.jump.Found && j.Verdict.Answer == liegg.Symmetric {
		j.Verdict.Doubt("along finite flows " + r.jump.String())
	}
	r.doubtVerdict(j.Verdict)
}

// doubtVerdict leaves a verdict open that is sure of a rung which finite flows refute, or which
// they show to be broken by an output.
func (r *Rung) doubtVerdict(v *liegg.Verdict) {
	switch {
	case !r.firm || v.Answer != liegg.Symmetric:
	case r.Finding == Refuted:
		v.Doubt(fmt.Sprintf("finite flows refute %s: %s", r.generators(), r.Reason))
	case r.broken != "":
		v.Doubt("along finite flows " + r.broken)
	}
}

// untried returns a candidate whose flows could not be followed.
func (c candidate) untried(v *liegg.Verdict, err error) Rung {
	r := c.rung(v)
	r.Algebra, r.Name = c.start, c.name
	r.Reason = fmt.Sprintf("finite flows could not be followed, because %v", err)
	return r
}

// gradients returns the infinitesimal verdict on buffered inputs.
func gradients(n *network.Network, a action.Action, held *network.Buffered, s Settings) (*liegg.Verdict, error) {
	x, err := held.First(held.Len())
	if err != nil {
		return nil, err
	}
	defer x.MustFinalizeAll()
	return network.Judge(n, a, network.Tensor(x), s.Verdict)
}

// followed is the largest number of inputs from which finite flows are followed. With 400
// digits, intervals are a fiftieth of the differences to be detected.
const followed = 4000

// candidate is a number of generators to be tested.
type candidate struct {
	name    string
	start   lie.Algebra
	firm    bool              // the verdict is sure of them
	trivial int               // number of trivial generators, which have the smallest ρ and do not count
	others  []liegg.Generator // by ascending ρ, the trivial ones first
}

// triedWithout is the largest number of generators that are tested if a verdict has none.
const triedWithout = 3

// candidatesOf returns the rungs of a verdict or, if it finds no symmetry, the first one, two
// and three generators.
func candidatesOf(v *liegg.Verdict) (cs []candidate) {
	all := v.Spectrum.ByDefect
	trivial := min(max(0, v.Ignored-v.Spectrum.Unmoved), len(all))
	for _, r := range v.Rungs {
		if r.Dim < v.Considered {
			cs = append(cs, candidate{r.Name(), r.Algebra, v.Answer == liegg.Symmetric && r.Dim <= v.Dim, trivial, all})
		}
	}
	if v.Answer == liegg.Symmetric {
		return cs
	}
	for d := 1; d <= min(triedWithout, v.Considered-1, len(all)-trivial-1); d++ {
		if !slices.ContainsFunc(cs, func(c candidate) bool { return c.start.Dim() == d }) {
			start := spanOf(all[trivial:trivial+d], v.Spectrum.DefectAlgebra(0).Homogeneous())
			cs = append(cs, candidate{"", start, false, trivial, all})
		}
	}
	slices.SortFunc(cs, func(a, b candidate) int { return a.start.Dim() - b.start.Dim() })
	return cs
}

// spanOf returns the span of generators, which may be affine maps.
func spanOf(generators []liegg.Generator, affine bool) lie.Algebra {
	matrices := make([]*mat.Dense, len(generators))
	for i, g := range generators {
		matrices[i] = g.H
	}
	if affine {
		return lie.SpanAffine("candidate", matrices...)
	}
	return lie.Span("candidate", matrices...)
}
