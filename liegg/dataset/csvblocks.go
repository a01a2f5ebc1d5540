package dataset

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
)

// blocks stores a growing list of numbers without moving them when more are
// appended.
type blocks struct {
	full [][]float64
	last []float64
}

const blockSize = 1 << 16

func (b *blocks) append(v float64) {
	if len(b.last) == cap(b.last) {
		if len(b.last) > 0 {
			b.full = append(b.full, b.last)
		}
		b.last = make([]float64, 0, blockSize)
	}
	b.last = append(b.last, v)
}

func (b *blocks) len() int { return len(b.full)*blockSize + len(b.last) }

// tensor copies the numbers to rows of the given width.
func (b *blocks) tensor(width int) *tensors.Tensor {
	t := tensors.FromShape(shapes.Make(dtypes.Float64, b.len()/width, width))
	must(t.MutableFlatData(func(flat any) {
		to := flat.([]float64)
		for _, block := range append(b.full, b.last) {
			to = to[copy(to, block):]
		}
	}))
	return t
}
