package network

import (
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
)

// In blocks of one sample, an estimated ‖J‖² is now and then below what the rows alone have. The
// defects of a function without symmetry are right all the same: those of the exact ‖J‖², on the
// mean over outputs that have nearly all of the gradient, each with probes of its own.
func TestEstimatedMetricOfSingleSamples(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const outputs = 12
	a, mean := action.Linear(3, 1), 0.
	for steep := range outputs {
		n := Exact(func(x *Node) *Node {
			var parts []*Node
			for i := range outputs {
				at := Slice(x, AxisRange(), AxisElem(i%3))
				if i == steep {
					parts = append(parts, MulScalar(at, 30))
				} else {
					parts = append(parts, Sin(MulScalar(at, float64(i))))
				}
			}
			return Concatenate(parts, -1)
		})
		x := gaussian(7, 200, 1, 1, 1)
		var largest [2]float64
		for i, mode := range []Differentiation{ReverseMode, TangentMode} {
			all := ok(Judge(n, a, Tensor(x), Settings{Mode: mode, BySize: true}))(t).Spectrum.ByDefect
			for _, g := range all[len(all)-3:] { // of maps to the coordinate that is steep
				largest[i] += g.Defect / 3
			}
		}
		mean += largest[1] / largest[0] / outputs
	}
	if math.Abs(mean-1) > .03 {
		t.Errorf("with an estimated metric, the largest three ρ are %.3g of what they are", mean)
	}
}
