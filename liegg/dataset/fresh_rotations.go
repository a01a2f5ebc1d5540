package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train"
)

// prefetched is the number of batches that wait for the consumer, enough to
// even out its speed.
const prefetched = 4

// FreshRotations is a [train.Dataset] that rotates every digit by a new
// random angle, and shuffles the digits, in every epoch. It yields batches of
// X [batch, Height, Width] float32 and Y [batch, 1] int32; an incomplete
// batch at the end of an epoch is dropped. The batches of an epoch are
// prepared in the background while the consumer works. This ends when the
// consumer leaves the iteration.
//
// Prepare the digits once. Blurring commutes with rotation up to
// interpolation, and normalisation commutes exactly, because the background
// is normalised too:
//
//	fresh := dataset.NewFreshRotations(train.Blur(1.5).Normalised(dataset.MNISTMean, dataset.MNISTStd), 512, seed)
//
// The epochs of a new FreshRotations depend only on its digits, batch size
// and seed, not on the number of cores.
type FreshRotations struct {
	digits      Digits
	most        float64 // radians
	batch       int
	seed        uint64
	epoch       atomic.Uint64 // the next one
	fingerprint func() string
}

var _ train.Dataset = (*FreshRotations)(nil)

// NewFreshRotations returns the data set of digits rotated anew, in batches
// of the given size. The digits must not be changed afterwards. It panics
// unless 1 ≤ batch ≤ the number of digits.
func NewFreshRotations(digits Digits, batch int, seed uint64) *FreshRotations {
	return NewFreshRotationsWithin(digits, math.Pi, batch, seed)
}

// NewFreshRotationsWithin is NewFreshRotations with angles uniform in ±most radians;
// most = π allows all angles. It also panics unless 0 < most ≤ π.
func NewFreshRotationsWithin(digits Digits, most float64, batch int, seed uint64) *FreshRotations {
	if n := digits.Len(); batch < 1 || batch > n {
		panic(fmt.Sprintf("dataset: NewFreshRotations: batch of %d from %d digits", batch, n))
	}
	if !(most > 0 && most <= math.Pi) {
		panic(fmt.Sprintf("dataset: NewFreshRotationsWithin: most must lie in (0, π] radians, got %g", most))
	}
	f := &FreshRotations{digits: digits, most: most, batch: batch, seed: seed}
	f.fingerprint = sync.OnceValue(f.hash)
	return f
}

// Name implements [train.Dataset].
func (f *FreshRotations) Name() string { return "digits rotated anew" }

// BatchesPerEpoch returns the number of batches that one iteration yields.
func (f *FreshRotations) BatchesPerEpoch() int { return f.digits.Len() / f.batch }

// Iter implements [train.Dataset]. Each iteration takes the next epoch when
// it starts.
func (f *FreshRotations) Iter() iter.Seq2[train.Batch, error] {
	return func(yield func(train.Batch, error) bool) {
		f.Epoch(f.epoch.Add(1) - 1)(yield)
	}
}

// Epoch iterates over one epoch, counted from 0, without affecting Iter. The
// same epoch has the same bits every time. The error is always nil.
func (f *FreshRotations) Epoch(epoch uint64) iter.Seq2[train.Batch, error] {
	return func(yield func(train.Batch, error) bool) {
		batches, stop := make(chan train.Batch, prefetched), make(chan struct{})
		var producer sync.WaitGroup
		producer.Go(func() {
			defer close(batches)
			f.produce(epoch, batches, stop)
		})
		defer producer.Wait()
		defer close(stop)
		for batch := range batches {
			if !yield(batch, nil) {
				return
			}
		}
	}
}

// Fingerprint returns a SHA-256, in hexadecimal, of everything that the
// epochs depend on: digits (with their blur and normalisation), batch and
// seed.
func (f *FreshRotations) Fingerprint() string { return f.fingerprint() }

func (f *FreshRotations) hash() string {
	text := fmt.Appendf(nil, "fresh rotations of %s, batch %d, seed %d", f.digits.Fingerprint(), f.batch, f.seed)
	if f.most < math.Pi {
		text = fmt.Appendf(text, ", at most %g", f.most)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// produce sends the batches of an epoch until all are sent or stop is closed.
func (f *FreshRotations) produce(epoch uint64, batches chan<- train.Batch, stop <-chan struct{}) {
	rng := rand.New(rand.NewPCG(f.seed, epoch))
	order := rng.Perm(f.digits.Len())
	angles := randomAngles(rng, len(order))
	if f.most < math.Pi {
		for i, full := range angles {
			angles[i] = (full/math.Pi - 1) * f.most
		}
	}
	for b := range f.BatchesPerEpoch() {
		from, to := b*f.batch, (b+1)*f.batch
		select {
		case batches <- f.render(order[from:to], angles[from:to]):
		case <-stop:
			return
		}
	}
}

// render makes the batch of digits in the given order, each rotated by its
// angle.
func (f *FreshRotations) render(order []int, angles []float64) train.Batch {
	x := tensors.FromScalarAndDimensions(float32(0), f.batch, f.digits.Height, f.digits.Width)
	tensors.MustMutableFlatData(x, func(pixels []float32) { f.digits.rotate(pixels, order, angles) })
	labels := make([]int32, f.batch)
	for i, j := range order {
		labels[i] = int32(f.digits.Labels[j])
	}
	y := tensors.FromFlatDataAndDimensions(labels, f.batch, 1)
	return train.Batch{Inputs: []*tensors.Tensor{x}, Labels: []*tensors.Tensor{y}}
}
