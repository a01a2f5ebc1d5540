package training

import (
	"errors"
	"fmt"
	"iter"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// position is a position in a source: the number of the epoch, and how many of its batches
// were drawn.
type position struct {
	Epoch uint64
	Batch int
}

// draw writes the next batch of a source to memory of its size. after is the position behind
// it.
type draw func(x, y []byte) (after position, err error)

// draws returns a draw for every source, each endless, from the position where the feed
// begins.
func (f *feed) draws() (draws []draw, stop func()) {
	draws = make([]draw, len(f.sources))
	stops := make([]func(), len(f.sources))
	for i, s := range f.sources {
		switch s := s.(type) { // the type itself, not an interface: a source built on one of these may override its Epoch
		case *dataset.Batches:
			draws[i], stops[i] = writing(s.Draws, f.begin)
		case rowNumbers:
			draws[i], stops[i] = writing(s.Draws, f.begin)
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

// writing lets a source write the batches of its epochs.
func writing(epoch func(n uint64) iter.Seq[func(x, y []byte)], begin position) (d draw, stop func()) {
	next, stop := iter.Pull2(func(yield func(position, func(x, y []byte)) bool) {
		for n := begin.Epoch; ; n++ {
			drawn := 0
			for write := range epoch(n) {
				drawn++
				if after := (position{n, drawn}); begin.before(after) && !yield(after, write) {
					return
				}
			}
		}
	})
	return func(x, y []byte) (position, error) {
		after, write, _ := next()
		write(x, y)
		return after, nil
	}, stop
}

// before reports whether a source reaches p before q.
func (p position) before(q position) bool {
	return p.Epoch < q.Epoch || p.Epoch == q.Epoch && p.Batch < q.Batch
}

var errNoBatches = errors.New("an epoch has no batches: there are fewer samples than a batch holds")

// copied copies batches, and frees them.
func (f *feed) copied(s Source) (d draw, stop func()) {
	next, stop := iter.Pull2(endless{s, f.begin}.batches())
	drawn := 0
	return func(x, y []byte) (position, error) {
		batch, err, _ := next()
		if err != nil {
			return position{}, err
		}
		defer batch.finalize()
		if err := complete(batch.Batch); err != nil {
			return position{}, err
		}
		if err := f.wanted.Check(batch.Inputs[0], batch.Labels[0]); err != nil {
			return position{}, fmt.Errorf("batch %d: %w", drawn, err)
		}
		drawn++
		if err := copyAlike(x, f.x, batch.Inputs[0]); err != nil {
			return position{}, err
		}
		return batch.after, copyAlike(y, f.y, batch.Labels[0])
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
		return fmt.Errorf("all batches must have one shape and type, got %s after %s", shape, first)
	}
	return nil
}

func complete(batch train.Batch) error {
	if len(batch.Inputs) == 0 || len(batch.Labels) == 0 {
		return errors.New("a batch has no inputs or no targets")
	}
	return nil
}

// batchShapes returns the shapes of the first batch of a source.
func batchShapes(source Source) (x, y shapes.Shape, err error) {
	for batch, err := range (endless{Source: source}).batches() {
		if err == nil {
			err = complete(batch.Batch)
		}
		if err == nil {
			err = tensor.CheckInputs(batch.Inputs[0])
		}
		if err != nil {
			return x, y, err
		}
		defer batch.finalize()
		return batch.Inputs[0].Shape(), batch.Labels[0].Shape(), nil
	}
	panic("an endless data set has ended")
}

// endless is a source that continues from epoch to epoch, from a given position.
type endless struct {
	Source
	begin position
}

// placed is a batch with the position behind it.
type placed struct {
	train.Batch
	after position
}

func (b placed) finalize() { tensor.Finalize(append(b.Inputs, b.Labels...)...) }

// batches yields the batches of all epochs. It also draws the batches before the position,
// and frees them.
func (e endless) batches() iter.Seq2[placed, error] {
	return func(yield func(placed, error) bool) {
		for epoch := e.begin.Epoch; ; epoch++ {
			drawn := 0
			for batch, err := range e.Epoch(epoch) {
				drawn++
				b := placed{batch, position{epoch, drawn}}
				if err == nil && !e.begin.before(b.after) {
					b.finalize()
					continue
				}
				if !yield(b, err) || err != nil {
					return
				}
			}
			if drawn == 0 {
				yield(placed{}, errNoBatches)
				return
			}
		}
	}
}
