package training

import (
	"cmp"
	"fmt"
	"iter"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/targets"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// feed prepares the batches of several steps at a time, while the device works.
type feed struct {
	sources []Source       // one for each network
	joint   bool           // batches have a leading axis for the networks
	x, y    shapes.Shape   // of a batch of one network
	wanted  targets.Wanted // properties of targets
	most    int            // largest number of steps in a block
	begin   position       // the same position in every source

	backend compute.Backend // its memory receives the batches
	spare   chan block      // used blocks
}

// newFeed checks the first batch of each source, and all samples of sources that have them in
// memory.
func newFeed(backend compute.Backend, sources []Source, joint bool, wanted targets.Wanted) (*feed, error) {
	f := &feed{sources: sources, joint: joint, wanted: wanted, backend: backend, spare: make(chan block, waitingBlocks+2)}
	seen := map[dataset.Samples]bool{}
	for i, s := range sources {
		x, y, err := batchShapes(s)
		if err == nil {
			err = cmp.Or(wanted.CheckShape(x, y), checkSource(s, wanted, seen))
		}
		if err == nil && i > 0 {
			err = cmp.Or(sameShape(x, f.x), sameShape(y, f.y))
		}
		if err != nil {
			return nil, fmt.Errorf("training: training on %q failed: %w", s.Name(), err)
		}
		f.x, f.y = x, y
	}
	return f, nil
}

// part returns a feed of some of the networks, on another backend.
func (f *feed) part(backend compute.Backend, from, to int) *feed {
	part := *f
	part.backend, part.sources, part.spare = backend, f.sources[from:to], make(chan block, cap(f.spare))
	return &part
}

// waitingBlocks is the number of blocks that may wait for the device.
const waitingBlocks = 2

// input returns the shape and type of one input.
func (f *feed) input() shapes.Shape { return shapes.Make(f.x.DType, f.x.Dimensions[1:]...) }

// block holds the batches of count steps, x [most, batch…] and y [most, batch…], without the
// first axis if most is 1.
type block struct {
	x, y  *tensors.Tensor
	count int
	after position // position in the last source
	err   error
}

func (b block) finalize() { tensor.Finalize(b.x, b.y) }

// blocks sends blocks with the given numbers of steps. A block with an error is the last one.
// The receiver must give blocks back.
func (f *feed) blocks(counts iter.Seq[int]) (blocks <-chan block, stop func()) {
	prepared, stopped := make(chan block, waitingBlocks), make(chan struct{})
	var producer sync.WaitGroup
	producer.Go(func() {
		defer close(prepared)
		draws, stop := f.draws()
		defer stop()
		for count := range counts {
			b := f.block(count, draws)
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
		for len(f.spare) > 0 {
			(<-f.spare).finalize()
		}
	}
}

// giveBack keeps the memory of a block for reuse.
func (f *feed) giveBack(b block) {
	select {
	case f.spare <- b:
	default:
		b.finalize()
	}
}

// space returns a block to write to.
func (f *feed) space() (b block, err error) {
	select {
	case b = <-f.spare:
		return b, nil
	default:
	}
	if b.x, err = tensors.FromShapeForBackend(f.backend, 0, f.several(f.x)); err == nil {
		b.y, err = tensors.FromShapeForBackend(f.backend, 0, f.several(f.y))
	}
	return b, err
}

// block takes the next batches of all sources.
func (f *feed) block(count int, draws []draw) (b block) {
	at := 0
	defer func() { // outside of this goroutine, nobody can catch a panic of the caller's source
		if r := recover(); r != nil {
			b.err = fmt.Errorf("panic: %v", r)
		}
		if b.err != nil {
			b.err = fmt.Errorf("training: training on %q failed: %w", f.sources[at].Name(), b.err)
		}
	}()
	if b, b.err = f.space(); b.err != nil {
		return b
	}
	b.count = count
	b.err = filling(b.x, func(x []byte) error {
		return filling(b.y, func(y []byte) (err error) {
			places := f.most * len(f.sources)
			for place := range count * len(f.sources) {
				at = place % len(f.sources)
				if b.after, err = draws[at](tensor.Nth(x, place, places), tensor.Nth(y, place, places)); err != nil {
					return err
				}
			}
			return nil
		})
	})
	return b
}

// filling lets write fill the numbers of a tensor.
func filling(t *tensors.Tensor, write func([]byte) error) (err error) {
	if e := t.MutableBytes(func(to []byte) { err = write(to) }); e != nil {
		return e
	}
	return err
}

// several returns the shape of a block of batches.
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

// checkSource checks the samples of a source that has them in memory, each set once. Batches
// of other sources are checked as they come (see feed.copied).
func checkSource(s Source, wanted targets.Wanted, seen map[dataset.Samples]bool) error {
	batches, ok := s.(*dataset.Batches)
	if !ok || seen[batches.Samples()] {
		return nil
	}
	samples := batches.Samples()
	seen[samples] = true
	return wanted.Check(samples.X, samples.Y)
}

// checkValidation checks validation samples for a network with these inputs.
func checkValidation(s *dataset.Samples, wanted targets.Wanted, input shapes.Shape) error {
	if s == nil {
		return nil
	}
	err := wanted.Check(s.X, s.Y)
	if own := s.X.Shape(); err == nil && !shapes.Make(own.DType, own.Dimensions[1:]...).Equal(input) {
		err = fmt.Errorf("inputs of shape %s, where training has inputs of shape %s each", own, input)
	}
	if err != nil {
		return fmt.Errorf("training: the validation samples %q cannot be used: %w", s.Name, err)
	}
	return nil
}
