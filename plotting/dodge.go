package plotting

import (
	"math"
	"slices"

	"gonum.org/v1/plot/vg"

	"github.com/liegg/lab/plotting/internal/look"
)

// dodge returns how far series i of n is shifted from the shared position, in
// units of the distance to the next position, so that equal values of several
// series appear side by side.
func dodge(i, n int) float64 {
	return min(0.12, 0.6/float64(n)) * (float64(i) - float64(n-1)/2)
}

// dodged returns the series shifted side by side if their whiskers would
// cover each other. move shifts position x by a fraction of the distance to
// the next. step is that fraction between two series, 0 if nothing is
// shifted.
func dodged(series []Series, move func(x, part float64) float64) (moved []Series, step float64) {
	const near = 2. / 3 // marks joined by lines need less space than loose ones
	if !covered(series) {
		return series, 0
	}
	n := len(series)
	moved = slices.Clone(series)
	for i, s := range series {
		moved[i].X = make([]float64, len(s.Y))
		for j := range s.Y {
			moved[i].X[j] = move(s.x(j), near*dodge(i, n))
		}
	}
	return moved, near * (dodge(1, n) - dodge(0, n))
}

// covered reports whether the intervals of two series overlap at some
// position.
func covered(series []Series) bool {
	type interval struct{ low, high float64 }
	at := map[float64][]interval{}
	for _, s := range series {
		for i, low := range s.Lower {
			x, new := s.x(i), interval{low, s.Upper[i]}
			if slices.ContainsFunc(at[x], func(old interval) bool { return new.low <= old.high && old.low <= new.high }) {
				return true
			}
			at[x] = append(at[x], new)
		}
	}
	return false
}

// capWidth returns the width of the whisker caps, narrow enough for series
// that are one step apart in a data area with this many positions.
func capWidth(step, places float64) vg.Length {
	const (
		widest    = vg.Length(6)
		narrowest = vg.Length(1.5)
		dataWidth = 0.6 * look.ChartWidth // next to a key of usual width
	)
	if step == 0 {
		return widest
	}
	return max(narrowest, min(widest, 0.8*dataWidth*vg.Length(step/max(1, places))))
}

// logGap returns the smallest distance between two positions and their
// extent, both of logarithms. The distance is at least a twentieth of the
// extent, so that a few close positions do not dominate.
func logGap(places []float64) (gap, extent float64) {
	if len(places) < 2 {
		return 0.05, 0.05
	}
	extent = math.Log(places[len(places)-1]) - math.Log(places[0])
	gap = extent
	for i := range places[1:] {
		gap = min(gap, math.Log(places[i+1])-math.Log(places[i]))
	}
	return max(gap, extent/20), extent
}
