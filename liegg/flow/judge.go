package flow

import (
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
// The candidates are the generators of the verdict, if it has an answer, and else the
// first one, two and three by ρ. Those that the verdict is not sure of are first
// refined, on the first half of the inputs (see Refine), where that is no long work.
// The other half judges. There, flows of the span are followed, of a basis and of as
// many generators between, and beside them others at equal speed that are orthogonal to
// the span: the runners-up, which have the next smallest ρ, and random ones.
//
// Let t be how far Δ ≤ Settings.Tolerance is certain along all flows of the span, from
// 0 on without a gap: what comes back after half a turn has not held. A rung is
//
//   - Confirmed if up to t, as far as they stay within the data, all other flows have
//     been certain to break it: the lower bound of their Δ has come to five times the
//     tolerance, or to 25 times the upper bound along the span at the same t, which is
//     the gap of five that verdicts ask of ρ, and above the tolerance.
//   - Refuted if Δ is certain to be above the tolerance beyond t, and others were not
//     broken before.
//   - Undecided otherwise: flows leave the data before they tell; all motions as fast
//     leave the answers alone; or inputs are too few.
//
// Settings.Head is asked for finite flows, Settings.Verdict says how gradients are
// judged. The inputs are kept in memory. Their number times that of the flows' points,
// some hundreds, is the cost; it is told. Errors are those of network.Judge and Along.
// Judge panics where the action is neither an action.Mover nor action.Integrable.
func Judge(n *network.Network, a action.Action, inputs network.Inputs, s Settings) (*Judgement, error) {
	s = s.withDefaults()
	mustFollow(a)
	held, err := network.Hold(inputs, s.Batch)
	if err != nil {
		return nil, err
	}
	defer held.Finalize()
	j := &Judgement{Samples: held.Len()}
	if j.Verdict, err = gradients(n, a, held, s); err != nil {
		return nil, err
	}
	candidates := candidatesOf(j.Verdict)
	if len(candidates) == 0 {
		return j, nil
	}
	fitted, judge, err := halved(n, a, held, s)
	if err != nil {
		return nil, err
	}
	defer fitted.finalize()
	defer judge.finalize()
	for _, c := range candidates {
		r, err := judge.rung(fitted, c, j.Verdict)
		if err != nil {
			return nil, err
		}
		j.Rungs = append(j.Rungs, *r)
	}
	j.Moved = fitted.passes*fitted.held.Len() + judge.passes*judge.held.Len()
	return j, nil
}

// gradients is the infinitesimal verdict on held inputs.
func gradients(n *network.Network, a action.Action, held *network.Held, s Settings) (*liegg.Verdict, error) {
	settings := s.Verdict
	if settings.Head == nil {
		settings.Head = s.Head
	}
	x, err := held.First(held.Len())
	if err != nil {
		return nil, err
	}
	defer x.MustFinalizeAll()
	return network.Judge(n, a, network.Tensor(x), settings)
}

// candidate is a number of generators to be tried, and those that come next.
type candidate struct {
	start lie.Algebra
	firm  bool // by the verdict
}

// triedWithout is the number of generators that are tried at most where a verdict has
// none.
const triedWithout = 3

// candidatesOf are the generators that a verdict suggests. Trivial ones are none.
func candidatesOf(v *liegg.Verdict) []candidate {
	if v.Answer == liegg.Symmetric || v.Ignored > 0 {
		if v.Dim == 0 || v.Dim == v.Considered {
			return nil
		}
		return []candidate{{v.Algebra, v.Answer == liegg.Symmetric}}
	}
	var cs []candidate
	for d := 1; d <= min(max(triedWithout, v.Dim), v.Considered-1, len(v.Spectrum.ByDefect)-1); d++ {
		cs = append(cs, candidate{start: v.Spectrum.DefectAlgebra(d)})
	}
	return cs
}
