package discrete

import (
	"cmp"
	"math"
	"slices"
)

// stages are the numbers of samples on which candidates are looked at, and the change in units of
// the margin beyond which they are dropped. More samples allow a stricter limit.
var stages = []struct {
	samples int
	limit   float64
}{{8, 16}, {64, 8}, {mostScreened, 4}}

// mostInLast is the largest number of candidates that the last stage looks at: others are probably
// products of these.
const mostInLast = 2000

// drop keeps the candidates that may leave f invariant.
func (h *search) drop(all []element) error {
	margin := cmp.Or(h.given, screened)
	var dropped []scored
	for k, stage := range stages {
		if k == len(stages)-1 && len(all) > mostInLast {
			break
		}
		deltas, _, err := h.on.deltas(all, stage.samples)
		if err != nil {
			return err
		}
		limit := stage.limit * margin
		var kept []element
		h.rest = nil
		for i, e := range all {
			if deltas[i] > limit*limit {
				h.dropped[e.key()] = true
				dropped = append(dropped, scored{e, deltas[i]})
				continue
			}
			kept = append(kept, e)
			h.rest = append(h.rest, scored{e, deltas[i]})
		}
		all = kept
	}
	slices.SortStableFunc(h.rest, smaller)
	return h.nearest(dropped)
}

func smaller(a, b scored) int { return cmp.Compare(a.delta, b.delta) }

// nearest looks again at the dropped candidates that seemed to change f least.
func (h *search) nearest(dropped []scored) error {
	const again = 16
	h.least = math.Inf(1)
	slices.SortStableFunc(dropped, smaller)
	var some []element
	for _, c := range dropped[:min(again, len(dropped))] {
		some = append(some, c.element)
	}
	deltas, _, err := h.on.deltas(some, mostScreened)
	for i, δ := range deltas {
		if δ < h.least {
			h.least, h.near = δ, some[i:i+1]
		}
	}
	return err
}
