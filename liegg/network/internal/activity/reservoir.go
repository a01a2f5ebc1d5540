package activity

import (
	"math/rand/v2"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// ReservoirBytes is the memory for the samples of all reservoirs.
const ReservoirBytes = 64 << 20

// Reservoir holds a random subsample of the samples that were offered.
type Reservoir struct {
	offered int // number of samples
	most    int // number of samples that the reservoir can hold
	samples [][]byte
	Numbers []int // index of each sample in the stream
}

// offer puts sample i of a chunk into the reservoir, such that all samples offered have the
// same probability to be in it (reservoir sampling).
func (r *Reservoir) offer(c stream.Chunk, i int, random *rand.Rand) {
	if r == nil || r.most == 0 {
		return
	}
	at := len(r.samples)
	if r.offered++; at == r.most {
		if at = random.IntN(r.offered); at >= r.most {
			return
		}
	}
	err := c.X.ConstBytes(func(data []byte) {
		sample := slices.Clone(tensor.Nth(data, i, c.X.Shape().Dim(0)))
		if at == len(r.samples) {
			r.samples, r.Numbers = append(r.samples, sample), append(r.Numbers, c.Number(i))
		} else {
			r.samples[at], r.Numbers[at] = sample, c.Number(i)
		}
	})
	if err != nil {
		panic(err)
	}
}

// Tensor returns the samples of the reservoir, in the shape and type of like's samples.
func (r *Reservoir) Tensor(like *tensors.Tensor) (*tensors.Tensor, error) {
	return stacked(r.samples, like)
}

// stacked returns samples, given by their bytes, in the shape and type of like's samples.
func stacked(samples [][]byte, like *tensors.Tensor) (*tensors.Tensor, error) {
	shape := like.Shape().Clone()
	shape.Dimensions[0] = len(samples)
	t := tensors.FromShape(shape)
	return t, t.MutableBytes(func(to []byte) {
		for _, s := range samples {
			to = to[copy(to, s):]
		}
	})
}
