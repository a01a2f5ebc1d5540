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

// Judge asks for the continuous symmetries of a network by gradients and by finite
// flows at once: the verdict of network.Judge, and for the generators that it suggests
// whether the network keeps its answers along their flows, and loses them along
// others. An infinitesimal defect decides nothing where a network jitters along every
// direction, as classifiers of images do; the finite flow does.
//
// The candidates are the rungs of the verdict, and where it finds no symmetry the first
// one, two and three generators by ρ. Those that the verdict is not sure of are first
// refined, on the first half of the inputs (see Refine), where that is no long work.
// The other half judges. There, flows of the span are followed, of a basis and of as
// many generators between, and beside them others at equal speed that are orthogonal to
// the span: the runners-up, which have the next smallest ρ, and random ones.
//
// A rung is
//
//   - Confirmed if there are a t and a level, at most three tolerances, which Δ is certain
//     not to pass along the span from 0 to t, while along all others Δ is certain to have
//     come, within the data and by t/2.5, to three times the level and five tolerances. (Δ
//     grows as t² at first: three times the level 2.5 times as soon tell apart speeds of
//     change by a factor of 4.3.) Where flows leave the data too soon for that, it is enough
//     that others have come by t to 25 times the level, the square of the gap that verdicts
//     ask of ρ, and above the tolerance, or above a tenth of it where the verdict is sure of
//     the rung. By gradients, too, ρ must be at most half of that of unrelated directions.
//   - Refuted if Δ is certain to pass the tolerance along the span, and there is no such
//     t.
//   - Undecided otherwise: flows leave the data before they tell, or cannot be followed at
//     all; all motions as fast leave the answers alone; f changes along the span by more than
//     its gradients account for, as where it jumps; inputs are too few, or come from few
//     independent places, unless Δ is zero to rounding.
//
// Where f jumps, gradients do not see it, and their verdict is undetermined, too. Where finite
// flows cannot be followed it stands, and Rung.Reason says why they could not.
//
// From 0 to t the level holds without a gap: what comes back after half a turn has not
// held. That others are lost, random ones as fast among them, shows that the motion
// matters: a function that hardly varies, or generators that hardly move the data, confirm
// nothing.
//
// Settings.Head is asked for finite flows, Settings.Verdict says how gradients are
// judged. The inputs are kept in memory. At most 4000 of them, taken evenly from all, are
// followed, each some hundreds to thousands of times; the answer tells how often. It returns the errors of network.Judge and Along.
// Judge panics where the action is neither an action.Mover nor action.Integrable.
func Judge(n *network.Network, a action.Action, inputs network.Inputs, s Settings) (*Judgement, error) {
	s = s.withDefaults().together()
	mustFollow(a)
	n = throughWindow(n, a)
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
	if err := j.follow(n, a, held, candidates, s); err != nil { // the verdict stands all the same
		j.Rungs = nil
		for _, c := range candidates {
			j.Rungs = append(j.Rungs, c.untried(j.Verdict, err))
		}
	}
	return j, nil
}

// follow tries candidates by finite flows.
func (j *Judgement) follow(n *network.Network, a action.Action, held *network.Buffered, candidates []candidate, s Settings) error {
	s, err := s.within(held)
	if err != nil {
		return err
	}
	doubts := j.Verdict.Dependence.Doubts()
	if s.repeats > 0 {
		if doubts, err = s.dependence(held); err != nil {
			return err
		}
	}
	some, s, err := s.some(held, followed)
	if err != nil {
		return err
	}
	defer some.Finalize()
	fitted, judge, err := halved(n, a, some, s)
	if err != nil {
		return err
	}
	defer fitted.finalize()
	defer judge.finalize()
	for _, c := range candidates {
		r, err := judge.rung(fitted, c, j.Verdict)
		if err != nil {
			j.Rungs = append(j.Rungs, c.untried(j.Verdict, err))
			continue
		}
		r.contradict(j.Verdict.Reference)
		r.depend(doubts)
		j.Rungs = append(j.Rungs, *r)
		if r.jump.found && j.Verdict.Answer == liegg.Symmetric {
			j.Verdict.Doubt("along finite flows " + r.jump.String())
		}
	}
	for _, reason := range append(judge.blurriness(), judge.blindness()...) {
		j.Verdict.Doubt(reason)
	}
	j.Followed = some.Len()
	j.Moved = fitted.passes*fitted.held.Len() + judge.passes*judge.held.Len()
	return nil
}

// untried is a candidate whose flows could not be followed.
func (c candidate) untried(v *liegg.Verdict, err error) Rung {
	r := c.rung(v)
	r.Algebra, r.Name = c.start, c.name
	r.Reason = fmt.Sprintf("finite flows could not be tried, because %v", err)
	return r
}

// gradients is the infinitesimal verdict on held inputs.
func gradients(n *network.Network, a action.Action, held *network.Buffered, s Settings) (*liegg.Verdict, error) {
	x, err := held.First(held.Len())
	if err != nil {
		return nil, err
	}
	defer x.MustFinalizeAll()
	return network.Judge(n, a, network.Tensor(x), s.Verdict)
}

// followed is the largest number of inputs that finite flows are followed from. Of
// 400 digits intervals are a fiftieth of what is to be told apart.
const followed = 4000

// candidate is a number of generators to be tried.
type candidate struct {
	name    string
	start   lie.Algebra
	firm    bool              // by the verdict
	trivial int               // generators of smallest ρ that are none to be found
	others  []liegg.Generator // by ascending ρ, trivial ones first
}

// triedWithout is the number of generators that are tried at most where a verdict has
// none.
const triedWithout = 3

// candidatesOf are the rungs of a verdict and, where it has no symmetry, the first one,
// two and three generators.
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

// spanOf is the span of generators, which are affine maps or not.
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
