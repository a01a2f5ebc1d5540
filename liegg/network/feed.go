package network

import (
	"errors"
	"fmt"
	"iter"
	"sync"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train"
)

// feed prepares batches for several steps at a time, while the device works.
type feed struct {
	sources []Source     // of one network each
	joint   bool         // batches have a leading axis for the networks
	x, y    shapes.Shape // of one batch of one network
	most    int          // steps in a block
}

// newFeed looks at the first batch of the first source.
func newFeed(sources []Source, joint bool) (f *feed, err error) {
	f = &feed{sources: sources, joint: joint}
	f.x, f.y, err = batchShapes(sources[0])
	return f, err
}

// input is the shape and type of one input.
func (f *feed) input() shapes.Shape { return shapes.Make(f.x.DType, f.x.Dimensions[1:]...) }

// block are the batches of count steps, x [most, batch…] and y [most, batch…], or of
// one, without that axis, where most is 1.
type block struct {
	x, y  *tensors.Tensor
	count int
	err   error
}

func (b block) finalize() { finalize(b.x, b.y) }

// blocks are those of the given numbers of steps. After one with an error comes none.
func (f *feed) blocks(counts iter.Seq[int]) (blocks <-chan block, stop func()) {
	prepared, stopped := make(chan block, 2), make(chan struct{})
	var producer sync.WaitGroup
	producer.Go(func() {
		defer close(prepared)
		next, stop := f.batches()
		defer stop()
		for count := range counts {
			b := f.block(count, next)
			select {
			case prepared <- b:
			case <-stopped:
				b.finalize()
				return
			}
			if b.err != nil {
				return
			}
		}
	})
	return prepared, func() {
		close(stopped)
		producer.Wait()
		for b := range prepared {
			b.finalize()
		}
	}
}

// batches take the batches of each source one after the other, without end.
func (f *feed) batches() (next []func() (train.Batch, error, bool), stop func()) {
	next = make([]func() (train.Batch, error, bool), len(f.sources))
	stops := make([]func(), len(f.sources))
	for i, s := range f.sources {
		next[i], stops[i] = iter.Pull2(endless{s}.Iter())
	}
	return next, func() {
		for _, stop := range stops {
			stop()
		}
	}
}

func (f *feed) block(count int, next []func() (train.Batch, error, bool)) (b block) {
	at := 0
	defer func() { // beyond this goroutine nobody catches what a source of the caller's own may do
		if r := recover(); r != nil {
			b.err = fmt.Errorf("panic: %v", r)
		}
		if b.err != nil {
			b.err = fmt.Errorf("network: training on %q failed: %w", f.sources[at].Name(), b.err)
		}
	}()
	if f.most == 1 && !f.joint {
		return f.one(next[0])
	}
	b = block{x: tensors.FromShape(f.several(f.x)), y: tensors.FromShape(f.several(f.y)), count: count}
	for i := range count {
		for at = range f.sources {
			batch, err, _ := next[at]()
			if err == nil {
				err = b.put(batch, i*len(f.sources)+at)
			}
			if err != nil {
				b.err = err
				return b
			}
		}
	}
	return b
}

// one is a batch itself.
func (f *feed) one(next func() (train.Batch, error, bool)) block {
	batch, err, _ := next()
	if err == nil {
		err = complete(batch)
	}
	if err != nil {
		return block{err: err}
	}
	finalize(append(batch.Inputs[1:], batch.Labels[1:]...)...)
	return block{x: batch.Inputs[0], y: batch.Labels[0], count: 1}
}

// several is the shape of a block of batches.
func (f *feed) several(batch shapes.Shape) shapes.Shape {
	var axes []int
	if f.most > 1 {
		axes = append(axes, f.most)
	}
	if f.joint {
		axes = append(axes, len(f.sources))
	}
	return shapes.Make(batch.DType, append(axes, batch.Dimensions...)...)
}

// put copies a batch to its place among the block's, and frees it.
func (b block) put(batch train.Batch, place int) error {
	defer finalize(append(batch.Inputs, batch.Labels...)...)
	if err := complete(batch); err != nil {
		return err
	}
	if err := copyTo(b.x, batch.Inputs[0], place); err != nil {
		return err
	}
	return copyTo(b.y, batch.Labels[0], place)
}

func complete(batch train.Batch) error {
	if len(batch.Inputs) == 0 || len(batch.Labels) == 0 {
		return errors.New("a batch has no inputs or no targets")
	}
	return nil
}

// copyTo copies a part to its place among parts alike.
func copyTo(whole, part *tensors.Tensor, place int) error {
	shape, rank := whole.Shape(), part.Rank()
	if rank > shape.Rank() || !part.Shape().Equal(shapes.Make(shape.DType, shape.Dimensions[shape.Rank()-rank:]...)) {
		return fmt.Errorf("batches and weights must all be alike, got %s for a place in %s", part.Shape(), shape)
	}
	return part.ConstBytes(func(from []byte) {
		if err := whole.MutableBytes(func(to []byte) { copy(to[place*len(from):], from) }); err != nil {
			panic(err)
		}
	})
}

// stack lays tensors of one shape along a new leading axis.
func stack(parts []*tensors.Tensor) (*tensors.Tensor, error) {
	shape := parts[0].Shape()
	whole := tensors.FromShape(shapes.Make(shape.DType, append([]int{len(parts)}, shape.Dimensions...)...))
	for i, p := range parts {
		if err := copyTo(whole, p, i); err != nil {
			return nil, fmt.Errorf("network: %w", err)
		}
	}
	return whole, nil
}

// batchShapes are the shapes of the first batch of a source.
func batchShapes(source Source) (x, y shapes.Shape, err error) {
	for batch, err := range (endless{source}).Iter() {
		if err == nil {
			err = complete(batch)
		}
		if err == nil {
			err = (&batcher{}).check(batch.Inputs[0])
		}
		if err != nil {
			return x, y, fmt.Errorf("network: training on %q failed: %w", source.Name(), err)
		}
		defer finalize(append(batch.Inputs, batch.Labels...)...)
		return batch.Inputs[0].Shape(), batch.Labels[0].Shape(), nil
	}
	panic("an endless data set has ended")
}

// endless is a source that goes on from epoch to epoch.
type endless struct{ Source }

// Iter ranges over the batches of epochs 0, 1, ….
func (e endless) Iter() iter.Seq2[train.Batch, error] {
	return func(yield func(train.Batch, error) bool) {
		for epoch := uint64(0); ; epoch++ {
			empty := true
			for batch, err := range e.Epoch(epoch) {
				empty = false
				if !yield(batch, err) || err != nil {
					return
				}
			}
			if empty {
				yield(train.Batch{}, fmt.Errorf("no batches in epoch %d: %q holds fewer samples than a batch", epoch, e.Name()))
				return
			}
		}
	}
}
