package checks

import (
	"math"

	"github.com/liegg/lab/liegg/internal/participation"
)

// boundedOutput is the function φ(y) = u/√(1+u²), u = (y − centre)/scale, of an output. It has the
// same symmetries as y, and no sample dominates its variance. A scale of 0 means that the output is
// constant.
type boundedOutput struct{ centre, scale float64 }

// boundedFor returns φ for an output with the values y. Its centre is their median, and its scale
// three times their spread.
func boundedFor(y []float64) boundedOutput {
	centre, spread := participation.MedianAndSpread(y)
	return boundedOutput{centre, 3 * spread}
}

func (b boundedOutput) of(y float64) float64 {
	u := (y - b.centre) / b.scale
	if math.IsInf(u, 0) {
		return math.Copysign(1, u)
	}
	return u / math.Hypot(1, u)
}
