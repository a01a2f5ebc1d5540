package stream

import (
	"errors"
	"iter"
	"reflect"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/device"
)

// Chunks that are made ahead are the same, in the same order, and lie on the device. Each is made
// while the one before is processed.
func TestAhead(t *testing.T) {
	b := networktest.Apart(t, device.Variable, device.New)
	x := networktest.Normal[float64](1, 1000, 3)
	want := allOf(t, Cut(inParts(x, 7), b, 64), false)
	for _, in := range []Inputs{inParts(x, 7), there(t, x, 1, b, false)} {
		got := allOf(t, Ahead(Cut(in, b, 64), b), false)
		if !reflect.DeepEqual(got, want) {
			t.Error("other chunks are made ahead")
		}
	}
	making := make(chan struct{})
	one := func(yield func(Chunk, error) bool) {
		for range 5 {
			if !yield(Chunk{X: networktest.Normal[float64](1, 4, 3), Count: 4}, nil) {
				return
			}
			making <- struct{}{}
		}
	}
	for c, err := range Ahead(one, b) {
		if err != nil || !c.X.IsOnDevice(0) {
			t.Errorf("the error %v; on the device %v", err, c.X.IsOnDevice(0))
		}
		<-making // or the test hangs
		tensor.Finalize(c.X)
	}
}

// Whoever ends a stream early waits for its end, and what was made ahead is freed. Errors and panics of
// the stream come in their order.
func TestAheadEnds(t *testing.T) {
	b := networktest.Apart(t, device.Variable, device.New)
	var all []*tensors.Tensor
	ended, last := false, func() error { return nil }
	stream := func(yield func(Chunk, error) bool) {
		defer func() { ended = true }()
		for i := range 4 {
			c := Chunk{X: networktest.Normal[float64](uint64(i), 4, 3), Count: 4, First: 4 * i}
			if all = append(all, c.X); !yield(c, nil) {
				return
			}
		}
		if err := last(); err != nil {
			yield(Chunk{}, err)
		}
	}
	read := func(chunks iter.Seq2[Chunk, error], most int) (seen int, err error) {
		for c, err := range chunks {
			if err != nil {
				return seen, err
			}
			tensor.Finalize(c.X)
			if seen++; seen == most {
				break
			}
		}
		return seen, nil
	}
	if _, err := read(Ahead(stream, b), 2); err != nil || !ended {
		t.Errorf("ended early: the error %v; the stream has ended: %v", err, ended)
	}
	for i, x := range all {
		if x.Ok() {
			t.Errorf("chunk %d was not freed", i)
		}
	}
	failure := errors.New("the file is truncated")
	last = func() error { return failure }
	if seen, err := read(Ahead(stream, b), 0); seen != 4 || err != failure {
		t.Errorf("the error %v after %d chunks", err, seen)
	}
	last = func() error { panic(failure) }
	defer func() {
		if r := recover(); r != failure {
			t.Errorf("the panic %v", r)
		}
	}()
	seen, err := read(Ahead(stream, b), 0)
	t.Errorf("no panic: %d chunks, the error %v", seen, err)
}
