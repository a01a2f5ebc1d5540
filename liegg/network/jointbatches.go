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

// jointBatch is one batch of all members, x [S, B, input…] and y [S, B, out].
type jointBatch struct {
	x, y *tensors.Tensor
	err  error
}

// prefetched are the batches of all members, prepared while the device works. After
// one with an error comes none.
func (f *jointFit) prefetched() (batches <-chan jointBatch, stop func()) {
	prepared, stopped := make(chan jointBatch, 2), make(chan struct{})
	var producer sync.WaitGroup
	producer.Go(func() {
		next, stop := f.batches()
		defer stop()
		for {
			b := next()
			select {
			case prepared <- b:
			case <-stopped:
				finalize(b.x, b.y)
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
		for len(prepared) > 0 {
			b := <-prepared
			finalize(b.x, b.y)
		}
	}
}

// batches take the members' batches one after the other, without end.
func (f *jointFit) batches() (next func() jointBatch, stop func()) {
	nexts := make([]func() (train.Batch, error, bool), len(f.members))
	stops := make([]func(), len(f.members))
	for i, m := range f.members {
		nexts[i], stops[i] = iter.Pull2(endless{m.Source}.Iter())
	}
	next = func() (b jointBatch) {
		defer func() { // beyond this goroutine nobody catches what a source of the caller's own may do
			if r := recover(); r != nil {
				b.err = fmt.Errorf("network: training on %q failed: panic: %v", f.members[0].Source.Name(), r)
			}
		}()
		xs, ys := make([]*tensors.Tensor, len(nexts)), make([]*tensors.Tensor, len(nexts))
		defer func() { finalize(append(xs, ys...)...) }()
		for i, n := range nexts {
			batch, err, _ := n()
			if err == nil && (len(batch.Inputs) == 0 || len(batch.Labels) == 0) {
				err = errors.New("a batch has no inputs or no targets")
			}
			if err != nil {
				return jointBatch{err: fmt.Errorf("network: training on %q failed: %w", f.members[i].Source.Name(), err)}
			}
			xs[i], ys[i] = batch.Inputs[0], batch.Labels[0]
		}
		if b.x, b.err = stack(xs); b.err == nil {
			b.y, b.err = stack(ys)
		}
		return b
	}
	return next, func() {
		for _, stop := range stops {
			stop()
		}
	}
}

// stack lays tensors of one shape along a new leading axis.
func stack(parts []*tensors.Tensor) (*tensors.Tensor, error) {
	shape := parts[0].Shape()
	whole := tensors.FromShape(shapes.Make(shape.DType, append([]int{len(parts)}, shape.Dimensions...)...))
	for i, p := range parts {
		if !p.Shape().Equal(shape) {
			return nil, fmt.Errorf("network: networks that are trained together need batches and weights alike, got %s beside %s", p.Shape(), shape)
		}
		err := p.ConstBytes(func(from []byte) {
			if e := whole.MutableBytes(func(to []byte) { copy(to[i*len(from):], from) }); e != nil {
				panic(e)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return whole, nil
}
