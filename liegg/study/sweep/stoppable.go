package sweep

import (
	"context"
	"iter"

	"github.com/gomlx/gomlx/ml/train"

	"github.com/liegg/lab/liegg/network"
)

// stoppable is a source that ends training when a context ends.
type stoppable struct {
	network.Source
	ctx context.Context
}

// stoppableBy makes a source stoppable, and leaves it direct if it is.
func stoppableBy(ctx context.Context, s network.Source) network.Source {
	if direct, ok := s.(network.DirectSource); ok {
		return stoppableDirect{stoppable{s, ctx}, direct}
	}
	return stoppable{s, ctx}
}

func (s stoppable) Epoch(n uint64) iter.Seq2[train.Batch, error] {
	return func(yield func(train.Batch, error) bool) {
		for batch, err := range s.Source.Epoch(n) {
			if s.ctx.Err() != nil {
				batch, err = train.Batch{}, context.Cause(s.ctx)
			}
			if !yield(batch, err) || err != nil {
				return
			}
		}
	}
}

type stoppableDirect struct {
	stoppable
	direct network.DirectSource
}

func (s stoppableDirect) Draws(n uint64) iter.Seq[func(x, y []byte) error] {
	return func(yield func(func(x, y []byte) error) bool) {
		for draw := range s.direct.Draws(n) {
			if s.ctx.Err() != nil {
				draw = func(_, _ []byte) error { return context.Cause(s.ctx) }
			}
			if !yield(draw) {
				return
			}
		}
	}
}
