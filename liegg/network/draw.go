package network

import (
	"errors"
	"fmt"
	"iter"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train"

	"github.com/liegg/lab/liegg/dataset"
)

// draw writes the next batch of a source to memory of its size.
type draw func(x, y []byte) error

// draws are those of all sources, without end.
func (f *feed) draws() (draws []draw, stop func()) {
	draws = make([]draw, len(f.sources))
	stops := make([]func(), len(f.sources))
	for i, s := range f.sources {
		switch s := s.(type) { // not what it can do: a source that is built on one of these may override its Epoch
		case *dataset.Batches:
			draws[i], stops[i] = writing(s.Draws)
		case rowNumbers:
			draws[i], stops[i] = writing(s.Draws)
		default:
			draws[i], stops[i] = f.copied(s)
		}
	}
	return draws, func() {
		for _, stop := range stops {
			stop()
		}
	}
}

// writing has a source write the batches of its epochs.
func writing(epoch func(n uint64) iter.Seq[func(x, y []byte)]) (d draw, stop func()) {
	next, stop := iter.Pull(func(yield func(func(x, y []byte)) bool) {
		for n := uint64(0); ; n++ {
			for write := range epoch(n) {
				if !yield(write) {
					return
				}
			}
		}
	})
	return func(x, y []byte) error {
		write, _ := next()
		write(x, y)
		return nil
	}, stop
}

var errNoBatches = errors.New("an epoch has no batches: there are fewer samples than a batch holds")

// copied copies batches, and frees them.
func (f *feed) copied(s Source) (d draw, stop func()) {
	next, stop := iter.Pull2(endless{s}.Iter())
	return func(x, y []byte) error {
		batch, err, _ := next()
		if err != nil {
			return err
		}
		defer finalize(append(batch.Inputs, batch.Labels...)...)
		if err := complete(batch); err != nil {
			return err
		}
		if err := copyAlike(x, f.x, batch.Inputs[0]); err != nil {
			return err
		}
		return copyAlike(y, f.y, batch.Labels[0])
	}, stop
}

func copyAlike(to []byte, shape shapes.Shape, from *tensors.Tensor) error {
	if err := sameShape(from.Shape(), shape); err != nil {
		return err
	}
	return from.ConstBytes(func(data []byte) { copy(to, data) })
}

func sameShape(shape, first shapes.Shape) error {
	if !shape.Equal(first) {
		return fmt.Errorf("batches must all be alike, got %s after %s", shape, first)
	}
	return nil
}

func complete(batch train.Batch) error {
	if len(batch.Inputs) == 0 || len(batch.Labels) == 0 {
		return errors.New("a batch has no inputs or no targets")
	}
	return nil
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
			return x, y, err
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
				yield(train.Batch{}, errNoBatches)
				return
			}
		}
	}
}
