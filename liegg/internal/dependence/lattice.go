package dependence

import (
	"math"
	"math/rand/v2"
)

// Values of a coordinate that lie on a lattice, as whole numbers do, leave gaps between
// samples that have nothing to do with dependence. Each is moved to anywhere in its cell.

// mostCells is the number of cells of a lattice from which on it is no coarser than what
// is looked for.
const mostCells = 1000

// spacing returns the step of the lattice on which the sorted values lie with repeats, 0
// where they do not.
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

// spread moves a value to anywhere in its cell.
func spread(v, step float64, random *rand.Rand) float64 { return v + step*(random.Float64()-.5) }
