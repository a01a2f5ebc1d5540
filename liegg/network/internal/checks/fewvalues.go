package checks

import (
	"fmt"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
)

// fewValues is the number of values up to which the numbers of inputs count as points of a
// lattice, and manySamples the number of samples that are needed to say so.
const (
	fewValues   = 32
	manySamples = 8 * fewValues
)

// doubtLattice leaves a verdict open that rests on given gradients at the points of a lattice: if
// most of the numbers that move take few values, nothing is known of what lies between them.
// Images on grids are moved between the pixels, not between their values.
func doubtLattice(v *liegg.Verdict, a action.Action, o Samples) error {
	samples := min(stepSamples, o.X.Shape().Dim(0))
	if action.Resamples(action.InputsOf(a)) || samples < manySamples {
		return nil
	}
	values, err := o.values(samples)
	if err != nil {
		return err
	}
	moves := action.Moves(a)
	moving, few, most := 0, 0, 0
	width := len(values) / samples
	for j := range width {
		if moves != nil && !moves[j] {
			continue
		}
		distinct := map[float64]bool{}
		for i := 0; i < samples && len(distinct) <= fewValues; i++ {
			distinct[values[i*width+j]] = true
		}
		switch n := len(distinct); {
		case n > fewValues:
			moving++
		case n > 1:
			moving++
			few++
			most = max(most, n)
		}
	}
	if 2*few > moving {
		v.Doubt(fmt.Sprintf("%d of the %d numbers that move take no more than %d values each, and gradients at these say nothing of what f does between them: give gradients at inputs between these values, or judge the network itself", few, moving, most))
	}
	return nil
}
