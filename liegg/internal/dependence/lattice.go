package dependence

import (
	"math"
	"math/rand/v2"
)

// Coordinates whose values lie on a lattice, such as whole numbers, leave gaps between
// samples that have nothing to do with dependence. Each value is moved to a random place in
// its cell of the lattice.

// mostCells is the number of cells beyond which a lattice is too fine to matter.
const mostCells = 1000

// spacing returns the step of the lattice on which the sorted values lie, if they lie on one
// and repeat; otherwise 0.
func spacing(sorted []float64) float64 {
	step, distinct := math.Inf(1), 1
	for i := 1; i < len(sorted); i++ {
		if d := sorted[i] - sorted[i-1]; d > 0 {
			step = math.Min(step, d)
			distinct++
		}
	}
	extent := sorted[len(sorted)-1] - sorted[0]
	if distinct == 1 || 2*distinct > len(sorted) || extent > mostCells*step {
		return 0
	}
	for _, v := range sorted {
		cells := (v - sorted[0]) / step
		if math.Abs(cells-math.Round(cells)) > 1e-3 {
			return 0
		}
	}
	return step
}

// spread moves a value to a random place in its cell.
func spread(v, step float64, random *rand.Rand) float64 { return v + step*(random.Float64()-.5) }
