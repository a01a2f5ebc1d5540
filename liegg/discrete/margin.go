package discrete

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/network"
)

// A network that was trained on a symmetric function has the symmetry up to its misfit: if it leaves
// a share u of the variance of its targets unexplained, and its errors at x and g·x are unrelated,
// √Δ(g) is about √u. So a fixed margin cuts through the elements of a learned group. By default the
// margin is narrow, and if nothing lies within it, or its end lies between changes of similar size, it
// moves into the widest gap of the changes.
const (
	narrow     = .02 // margin that declares an invariance
	screened   = .05 // margin of the screen while the margin is open
	wideGap    = 5   // ratio of changes √Δ across a gap
	mostWithin = .15 // largest change √Δ before a gap
)

// setMargin sets the margin by the changes of the candidates that remain, and drops those that are far
// beyond it.
func (h *search) setMargin() {
	if h.given > 0 {
		return
	}
	within := 0
	for within < len(h.rest) && h.rest[within].delta <= narrow*narrow {
		within++
	}
	if within == 0 || h.gap(within) < wideGap || h.change(within-1) > narrow/2 {
		widest := 0.
		for k := max(1, within); k <= len(h.rest); k++ {
			if gap := h.gap(k); gap >= wideGap && gap > widest {
				// all candidates may be symmetries: nothing lies beyond
				widest, h.margin = gap, math.Max(narrow, h.change(k-1)*math.Sqrt(math.Min(gap, wideGap*wideGap)))
			}
		}
	}
	far := len(h.rest)
	for far > 0 && h.change(far-1) > stages[len(stages)-1].limit*h.margin {
		far--
		h.dropped[h.rest[far].key()] = true
		h.near, h.least = []element{h.rest[far].element}, h.rest[far].delta
	}
	h.rest = h.rest[:far]
}

// change is √Δ of the k-th of the candidates that remain, by size.
func (h *search) change(k int) float64 { return math.Sqrt(h.rest[k].delta) }

// gap is the ratio of the changes after and before the first k of the candidates that remain.
func (h *search) gap(k int) float64 {
	after := math.Sqrt(h.least)
	if k < len(h.rest) {
		after = h.change(k)
	}
	return after / math.Max(h.change(k-1), narrow/wideGap)
}

// coincidence is the largest chance at which a gap is no doubt.
const coincidence = .01

// judgeGap doubts a group that does not hold to rounding if chance may have made the gap between
// its changes and others. If small changes are as likely as others, the smallest of several
// lies below r times the next with a chance of r, and each generator that the group needs must do so.
func (h *search) judgeGap() {
	g := h.found
	if g.Exact || g.Order == 1 || h.given > 0 {
		return
	}
	g.Largest = h.products
	for _, r := range g.Generators {
		g.Largest = math.Max(g.Largest, r.Change.Upper)
	}
	outside, what := 1., "unrelated inputs change"
	if g.Nearest != nil {
		outside, what = g.Nearest.Change.Lower, "the next candidate changes"
	}
	if chance := math.Pow(g.Largest/outside, float64(len(g.Generators))); chance > coincidence {
		g.Reasons = append(g.Reasons, fmt.Sprintf("%s holds within √Δ ≤ %.2g, and %s the outputs by %.2g: such a gap may be chance, with a probability of about %.1g; a network that fits better may tell, or a margin of yours", g.Name, g.Largest, what, outside, math.Min(1, chance)))
	}
}

// felt doubts generators that move inputs on which f hardly depends on these data: any motion of them
// would pass. The inputs that a generator moves are taken from another sample for that.
func (h *search) felt() error {
	const least = 5 // times the change
	if !h.found.Exact && h.given > 0 {
		return nil
	}
	for i, r := range h.found.Generators {
		unrelated, err := h.on.exchanged(h.found.group.gens[i])
		if err != nil {
			return err
		}
		if least*r.Change.Upper > math.Sqrt(unrelated) {
			h.found.Reasons = append(h.found.Reasons, fmt.Sprintf("%s changes the outputs by √Δ = %.2g, and any other values of these inputs by %.2g: they hardly matter", r.Name, r.Change.Value, math.Sqrt(unrelated)))
		}
	}
	return nil
}

// misfit is the share of the variance of targets that the network leaves unexplained; NaN if none are
// given as numbers.
func misfit(n *network.Network, s network.Settings) (float64, error) {
	v := s.Validation
	if v == nil || v.Y == nil || v.Y.DType() == dtypes.Int32 || s.Head.Given() {
		return math.NaN(), nil
	}
	return n.Unexplained(*v)
}

// firm is the answer for a group without doubts. A group beyond the narrow margin is approximate,
// unless the misfit explains its changes.
func (h *search) firm() liegg.Answer {
	if h.found.Largest > narrow && h.given == 0 && !(h.found.Largest <= math.Sqrt(2*h.found.Misfit)) {
		return liegg.Approximate
	}
	return liegg.Symmetric
}
