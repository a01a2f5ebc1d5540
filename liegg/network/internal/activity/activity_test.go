package activity

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// The reservoir of a rarely active output holds a uniform subsample, and no more samples than
// it has room for.
func TestKeptSamples(t *testing.T) {
	const count = 2000
	var a Record
	a.Reset(2, 0x1p-47, 1, false)
	a.EndPilot(tensors.FromShape(shapes.Make(dtypes.Float64, 1, 1)))
	x := tensors.FromShape(shapes.Make(dtypes.Float64, count, 1))
	tensors.MustMutableFlatData(x, func(v []float64) {
		for i := range v {
			v[i] = float64(i)
		}
	})
	ones := slices.Repeat([]float64{1}, 2*count)
	a.Watch(stream.Chunk{X: x, Count: count}, ones, ones)
	kept := tensors.MustCopyFlatData[float64](expect.OK(a.Reservoirs[0].Tensor(x))(t))
	sum := 0.
	for _, v := range kept {
		sum += v / float64(len(kept))
	}
	if len(kept) != reservoirSize || sum < .4*count || sum > .6*count || a.Active[0] != count {
		t.Errorf("%d samples of %d, with the mean number %.0f", len(kept), count, sum)
	}
}

// A step has one error, which says what to do in place of what to do about a constant.
func TestStepsAreExplained(t *testing.T) {
	var a Record
	a.Reset(1, 0x1p-47, 1, false)
	a.Low[0], a.High[0] = 0, 3
	err := a.ExplainVanishing(fmt.Errorf("%w (100 samples)", liegg.ErrVanishingGradients))
	if !errors.Is(err, liegg.ErrVanishingGradients) || !strings.Contains(err.Error(), "layer before the step") || strings.Contains(err.Error(), "liegg:") {
		t.Errorf("got %q", err)
	}
}
