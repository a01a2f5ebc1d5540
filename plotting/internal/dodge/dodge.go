// Package dodge places marks of several series side by side.
package dodge

import (
	"math"

	"gonum.org/v1/plot/vg"

	"github.com/liegg/lab/plotting/internal/look"
)

// Offset returns how far series i of n is shifted from the shared position, in
// units of the distance to the next position, so that equal values of several
// series appear side by side.
func Offset(i, n int) float64 {
	return min(0.12, 0.6/float64(n)) * (float64(i) - float64(n-1)/2)
}

// CapWidth returns the width of the whisker caps, narrow enough for series
// that are one step apart in a data area with this many positions.
func CapWidth(step, places float64) vg.Length {
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

// LogGap returns the smallest distance between two positions and their
// extent, both of logarithms. The distance is at least a twentieth of the
// extent, so that a few close positions do not dominate.
func LogGap(places []float64) (gap, extent float64) {
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
