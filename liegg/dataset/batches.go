package dataset

import (
	"fmt"
	"iter"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train"
)

// Batches delivers samples in training batches. Each epoch passes once over
// all samples in a new random order, in batches of one size. An incomplete
// batch at the end of an epoch is left out.
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

// Name returns the name of the samples.
func (b *Batches) Name() string { return b.samples.Name }

// Fingerprint changes with the samples, the size of batches and the seed.
func (b *Batches) Fingerprint() string {
	return fmt.Sprintf("%s in batches of %d by seed %d", b.samples.Fingerprint(), b.size, b.seed)
}

// Epoch returns the batches of the n-th epoch, X [size, in…] and Y [size,
// out]. It is the same every time.
func (b *Batches) Epoch(n uint64) iter.Seq2[train.Batch, error] {
	return func(yield func(train.Batch, error) bool) {
		for rows := range b.Rows(n) {
			x := filled(b.samples.X, b.size, func(to []byte) { gather(to, b.samples.X, rows) })
			y := filled(b.samples.Y, b.size, func(to []byte) { gather(to, b.samples.Y, rows) })
			if !yield(train.Batch{Inputs: []*tensors.Tensor{x}, Labels: []*tensors.Tensor{y}}, nil) {
				return
			}
		}
	}
}

// Draws returns the batches of Epoch(n) as functions that write X and Y,
// sample after sample, to memory of the right size.
func (b *Batches) Draws(n uint64) iter.Seq[func(x, y []byte)] {
	return func(yield func(func(x, y []byte)) bool) {
		for rows := range b.Rows(n) {
			if !yield(func(x, y []byte) { gather(x, b.samples.X, rows); gather(y, b.samples.Y, rows) }) {
				return
			}
		}
	}
}

// Rows returns the indices of the samples in each batch of Epoch(n).
func (b *Batches) Rows(n uint64) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		order := rand.New(rand.NewPCG(b.seed, n)).Perm(b.samples.Len())
		for ; len(order) >= b.size; order = order[b.size:] {
			if !yield(order[:b.size]) {
				return
			}
		}
	}
}

// Samples returns the samples that the batches are drawn from.
func (b *Batches) Samples() Samples { return b.samples }
