package activity

import (
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

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
