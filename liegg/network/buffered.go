package network

import (
	"fmt"
	"hash/maphash"
	"iter"
	"slices"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/extraction"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Buffered holds inputs in memory, N samples in batches of one size, for a Program that passes
// over them repeatedly.
type Buffered struct {
	rows   stream.Joined
	chunks []chunk
}

// Buffer reads a stream to its end. The batches have about the given size; 0 chooses it by the
// size of the inputs. Buffer returns the errors of the stream, liegg.ErrNoSamples, and an error if
// tensors differ in shape or type or do not hold floats. It panics if batch < 0.
func Buffer(inputs Inputs, batch int) (*Buffered, error) {
	if batch < 0 {
		panic(fmt.Sprintf("network: batch must not be negative, got %d", batch))
	}
	if batch > 0 {
		return buffer(stream.Cut(inputs, nil, batch))
	}
	backend, err := Backend()
	if err != nil {
		return nil, err
	}
	return buffer(stream.CutToFit(inputs, nil, device.LimitsOf(backend).ForInputs)) // a Program may have another backend
}

func buffer(cut iter.Seq2[chunk, error]) (*Buffered, error) {
	var h Buffered
	for c, err := range cut {
		if err != nil {
			return nil, err
		}
		err = h.rows.Add(c.X, c.Count)
		finalize(c.X)
		if err != nil {
			return nil, err
		}
	}
	if h.rows.Samples == 0 {
		return nil, liegg.ErrNoSamples
	}
	return &h, h.cut(h.rows.Shape.Dim(0))
}

// cut divides the samples into batches of equal size, at most most, such that little of the last
// one is padding.
func (h *Buffered) cut(most int) error {
	batches := (h.rows.Samples + most - 1) / most
	return h.cutInto((h.rows.Samples + batches - 1) / batches)
}

// mostPadding is the share of the samples that may be added as padding, so that programs for batches of
// a size serve once more. Running a program for that many more takes less time than compiling another,
// unless there are very many samples.
const mostPadding = 1. / 16

// fills reports whether the samples fill batches of a size with little padding.
func (h *Buffered) fills(size int) bool {
	padding := (size - h.rows.Samples%size) % size
	return float64(padding) <= mostPadding*float64(h.rows.Samples)
}

// cutLike divides the samples like others that are in batches of a size: into batches of that size if
// the samples fill them, or else into smaller ones.
func (h *Buffered) cutLike(size int) error {
	if h.fills(size) {
		return h.cutInto(size)
	}
	return h.cut(size)
}

// cutInto divides the samples into batches of a size.
func (h *Buffered) cutInto(size int) error {
	h.Finalize()
	h.chunks = nil
	x, err := h.rows.Tensor()
	if err != nil {
		return err
	}
	samples := func(yield func(*tensors.Tensor, error) bool) { yield(x, nil) } // chunks frees it
	for c, err := range stream.Cut(samples, nil, size) {
		if err != nil {
			return err
		}
		h.chunks = append(h.chunks, c)
	}
	return nil
}

// batch returns the size of the batches.
func (h *Buffered) batch() int { return h.chunks[0].X.Shape().Dim(0) }

// Alike cuts two sets of inputs into batches of one size, so that the same programs serve both: the
// halves of an odd number of samples, for instance. It leaves them as they are if much of one would be
// padding.
func Alike(a, b *Buffered) error {
	size := max(a.batch(), b.batch())
	if !a.fills(size) || !b.fills(size) {
		return nil
	}
	for _, h := range []*Buffered{a, b} {
		if h.batch() == size {
			continue
		}
		if err := h.cutInto(size); err != nil {
			return err
		}
	}
	return nil
}

// Len returns the number of samples N.
func (h *Buffered) Len() int { return h.rows.Samples }

// Input returns the shape of one input.
func (h *Buffered) Input() []int { return h.rows.Shape.Dimensions[1:] }

// Values returns the numbers of all inputs, one input after the other.
func (h *Buffered) Values() ([]float64, error) {
	x, err := h.rows.Tensor()
	if err != nil {
		return nil, err
	}
	defer finalize(x)
	return dataset.Values(x)
}

// First returns the first n inputs, or all of them if there are fewer, as a tensor [n, input…] of
// their own type. The caller must free it.
func (h *Buffered) First(n int) (*tensors.Tensor, error) {
	n = min(n, h.Len())
	sample := len(h.rows.Bytes) / h.rows.Samples
	first := stream.Joined{Shape: h.rows.Shape, Bytes: h.rows.Bytes[:n*sample], Samples: n}
	return first.Tensor()
}

// Part returns a copy of the samples from…to−1. It panics unless 0 ≤ from < to ≤ N.
func (h *Buffered) Part(from, to int) (*Buffered, error) {
	if from < 0 || to > h.Len() || from >= to {
		panic(fmt.Sprintf("network: Part needs 0 ≤ from < to ≤ N = %d, got %d and %d", h.Len(), from, to))
	}
	sample := len(h.rows.Bytes) / h.rows.Samples
	part := Buffered{rows: stream.Joined{Shape: h.rows.Shape, Bytes: h.rows.Bytes[from*sample : to*sample], Samples: to - from}}
	return &part, part.cutLike(h.batch())
}

// Pick returns a copy of the given samples, in the order given. It panics if there are none, or if
// one is not in 0…N−1.
func (h *Buffered) Pick(samples []int) (*Buffered, error) {
	sample := len(h.rows.Bytes) / h.rows.Samples
	picked := Buffered{rows: stream.Joined{Shape: h.rows.Shape, Samples: len(samples), Bytes: make([]byte, 0, len(samples)*sample)}}
	for _, i := range samples {
		if i < 0 || i >= h.Len() {
			panic(fmt.Sprintf("network: Pick: sample %d is not in 0…%d", i, h.Len()-1))
		}
		picked.rows.Bytes = append(picked.rows.Bytes, h.rows.Bytes[i*sample:(i+1)*sample]...)
	}
	if len(samples) == 0 {
		panic("network: Pick needs at least one sample")
	}
	return &picked, picked.cutLike(h.batch())
}

// With returns inputs of the same number, shape and type, but with other values, in the order of
// Values. It panics if the number of values differs.
func (h *Buffered) With(values []float64) (*Buffered, error) {
	shape := slices.Clone(h.rows.Shape.Dimensions)
	shape[0] = h.Len()
	x := tensors.FromShape(shapes.Make(h.rows.Shape.DType, shape...))
	if len(values) != x.Size() {
		panic(fmt.Sprintf("network: With needs %d numbers, got %d", x.Size(), len(values)))
	}
	err := x.MutableFlatData(func(flat any) {
		switch flat := flat.(type) {
		case []float64:
			copy(flat, values)
		case []float32:
			for i, v := range values {
				flat[i] = float32(v)
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("network: writing inputs: %w", err)
	}
	defer finalize(x)
	var with Buffered
	if err := with.rows.Add(x, h.Len()); err != nil {
		return nil, err
	}
	return &with, with.cutInto(h.batch())
}

// Repeats returns a label for each sample, the same for equal samples, and the number of distinct
// samples.
func (h *Buffered) Repeats() (labels []int, distinct int, err error) {
	x, err := h.rows.Tensor()
	if err != nil {
		return nil, 0, err
	}
	defer finalize(x)
	labels = make([]int, h.Len())
	seed, seen := maphash.MakeSeed(), map[uint64]int{}
	err = x.ConstBytes(func(data []byte) {
		size := len(data) / len(labels)
		for i := range labels {
			sum := maphash.Bytes(seed, data[i*size:(i+1)*size])
			number, ok := seen[sum]
			if !ok {
				number = len(seen)
				seen[sum] = number
			}
			labels[i] = number
		}
	})
	return labels, len(seen), err
}

// Dependence describes how the samples depend on each other: by the groups, if they are given, or
// as Judge finds it from the coordinates that the action moves. It returns the errors of
// Groups.Allot.
func (h *Buffered) Dependence(g Groups, a action.Action) (liegg.Dependence, error) {
	if g.given {
		_, sizes, err := g.Allot(h.Len(), 1)
		return liegg.Grouped(sizes), err
	}
	values, err := h.Values()
	if err != nil {
		return liegg.Dependence{}, err
	}
	return stream.Of(values, h.Len(), action.Moves(a)).Dependence(), nil
}

// Finalize frees the tensors of the inputs.
func (h *Buffered) Finalize() {
	for _, c := range h.chunks {
		finalize(c.X)
	}
}

// OutputScales measures the sizes of outputs, after s.Head, on buffered inputs as Judge does. It
// returns nil if Judge does not scale the outputs: for a single output, Settings.BySize, an
// action.Equivariance, or outputs that do not vary. The action must have been whitened.
func OutputScales(n *Network, a action.Action, held *Buffered, s Settings) (*liegg.OutputScales, error) {
	x, err := held.First(64 * liegg.Blocks)
	if err != nil {
		return nil, err
	}
	defer finalize(x)
	return extraction.OutputScales(n.source(), a, held.chunks[0], x, s.rows())
}

// String returns the number of inputs and their shape.
func (h *Buffered) String() string {
	return fmt.Sprintf("%s of shape %v, %s, in %s", spelling.Count(h.Len(), "input"), h.Input(), h.rows.Shape.DType, spelling.Count(len(h.chunks), "batch"))
}
