package training

import (
	"encoding/binary"
	"fmt"
	"iter"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/internal/device"
)

// keepsSamples reports whether all samples should be copied to the device's memory: a GPU
// takes a step in less time than its batch takes to arrive.
var keepsSamples = network.OnGPU

// scopeSamples is their scope in a Store.
const scopeSamples = "samples"

// mostResident is the largest size of such samples, in bytes.
const mostResident = 4 << 30

// resident copies the samples from which all sources of a feed choose to the store. It
// returns a feed of row numbers, and the step that takes these rows. If sources are of
// another kind, or the samples are large for the memory that is free, it returns feed and step unchanged.
func resident(store *model.Store, f *feed, step stepper) (*feed, stepper, error) {
	samples, ok := f.samples()
	if !ok {
		return f, step, nil
	}
	if bytes := samples.X.ByteSize() + samples.Y.ByteSize(); bytes > mostResident || !device.HasRoom(f.backend, int(bytes)) {
		return f, step, nil
	}
	data := store.RootScope().In(scopeSamples)
	x, err := laid(data, "x", samples.X)
	if err != nil {
		return nil, nil, err
	}
	y, err := laid(data, "y", samples.Y)
	if err != nil {
		return nil, nil, err
	}
	numbers := *f
	numbers.sources = slices.Clone(f.sources)
	for i, s := range f.sources {
		numbers.sources[i] = rowNumbers{s.(*dataset.Batches)}
	}
	numbers.x = shapes.Make(dtypes.Int32, f.x.Dimensions[0])
	numbers.y = shapes.Make(dtypes.Int32, 1) // unused
	return &numbers, func(scope *model.Scope, rows, _ *Node) *Node {
		g := rows.Graph()
		rows = ExpandAxes(rows, -1)
		return step(scope, Gather(x.NodeValue(g), rows), Gather(y.NodeValue(g), rows))
	}, nil
}

// samples returns the samples from which all sources choose, if they share some.
func (f *feed) samples() (s dataset.Samples, ok bool) {
	for i, source := range f.sources {
		batches, ok := source.(*dataset.Batches)
		if !ok {
			return s, false
		}
		if own := batches.Samples(); i == 0 {
			s = own
		} else if own.X != s.X || own.Y != s.Y {
			return s, false
		}
	}
	return s, true
}

// laid copies a tensor to a variable that is not trained. The caller's tensor remains
// independent of any backend.
func laid(scope *model.Scope, name string, t *tensors.Tensor) (*model.Variable, error) {
	own, err := t.LocalClone()
	if err != nil {
		return nil, fmt.Errorf("training: reading the samples: %w", err)
	}
	return scope.VariableWithValue(name, own).SetTrainable(false), nil
}

// rowNumbers writes row numbers in place of inputs, and no targets.
type rowNumbers struct{ *dataset.Batches }

func (r rowNumbers) Draws(n uint64) iter.Seq[func(x, y []byte)] {
	return func(yield func(func(x, y []byte)) bool) {
		for rows := range r.Rows(n) {
			write := func(x, _ []byte) {
				for i, row := range rows {
					binary.NativeEndian.PutUint32(x[4*i:], uint32(row))
				}
			}
			if !yield(write) {
				return
			}
		}
	}
}
