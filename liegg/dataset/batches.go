package dataset

import (
	"fmt"
	"iter"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train"
)

// Batches are samples in training batches: each epoch passes over all samples once
// in a new random order, in batches of one size; those left over at the end are
// left out of that epoch.
type Batches struct {
	samples Samples
	size    int
	seed    uint64
}

// Batches returns the samples in batches of the given size. It panics unless
// 0 < size ≤ Len.
func (s Samples) Batches(size int, seed uint64) *Batches {
	if size < 1 || size > s.Len() {
		panic(fmt.Sprintf("dataset: size of a batch must lie in 1…%d for samples %q, got %d", s.Len(), s.Name, size))
	}
	return &Batches{samples: s, size: size, seed: seed}
}

// Name is the name of the samples.
func (b *Batches) Name() string { return b.samples.Name }

// Fingerprint changes with the samples, the size of batches and the seed.
func (b *Batches) Fingerprint() string {
	return fmt.Sprintf("%s in batches of %d by seed %d", b.samples.Fingerprint(), b.size, b.seed)
}

// Epoch is the n-th epoch, X [size, in…] and Y [size, out]; the same each time.
func (b *Batches) Epoch(n uint64) iter.Seq2[train.Batch, error] {
	return func(yield func(train.Batch, error) bool) {
		order := rand.New(rand.NewPCG(b.seed, n)).Perm(b.samples.Len())
		for ; len(order) >= b.size; order = order[b.size:] {
			batch := train.Batch{
				Inputs: []*tensors.Tensor{gather(b.samples.X, order[:b.size])},
				Labels: []*tensors.Tensor{gather(b.samples.Y, order[:b.size])},
			}
			if !yield(batch, nil) {
				return
			}
		}
	}
}

// gather copies the rows of t's first axis in the given order.
func gather(t *tensors.Tensor, order []int) *tensors.Tensor {
	return withRows(t, len(order), func(part, all []byte, stride int) {
		for i, row := range order {
			copy(part[i*stride:(i+1)*stride], all[row*stride:])
		}
	})
}
