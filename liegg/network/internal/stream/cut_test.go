package stream

import (
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/device"
)

// Chunks hold every sample of a stream once and in its order, for any tensors and any memory. They have
// one size, at most the given one, and little of the last chunk is padding.
func TestChunksFitTheStream(t *testing.T) {
	limits := device.Limits{Samples: 64, Inputs: 1 << 20}
	shared := ok(device.Default())(t)
	for n := 1; n < 700; n += 23 {
		x := networktest.Normal[float64](uint64(n), n, 3)
		whole := ok(tensors.CopyFlatData[float64](x))(t)
		for parts := 1; parts <= 3; parts++ {
			for _, memory := range []struct {
				name   string
				chunks func(Inputs) func(func(Chunk, error) bool)
			}{
				{"the device's", func(in Inputs) func(func(Chunk, error) bool) { return CutToFit(in, shared, limits.ForInputs) }},
				{"its own", func(in Inputs) func(func(Chunk, error) bool) { return CutToFit(in, nil, limits.ForInputs) }},
			} {
				got, size, count := []float64{}, 0, 0
				for c, err := range memory.chunks(inParts(x, parts)) {
					if err != nil {
						t.Fatal(err)
					}
					if size = alikeSize(t, size, c.X.Shape().Dim(0)); c.First != len(got)/3 {
						t.Errorf("a chunk begins at %d after %d samples", c.First, len(got)/3)
					}
					values := ok(tensors.CopyFlatData[float64](c.X))(t)
					got = append(got, values[:3*c.Count]...)
					count++
					tensor.Finalize(c.X)
				}
				if !slices.Equal(got, whole) {
					t.Fatalf("%d samples in %d parts, memory %s: other samples came", n, parts, memory.name)
				}
				padding := 4 * count // a sixteenth of the largest chunk in each
				if n >= lookahead*64 {
					padding = 63
				}
				if size > 64 || size*count-n > padding {
					t.Errorf("%d samples, memory %s: %d chunks of %d", n, memory.name, count, size)
				}
			}
		}
	}
}

// alikeSize is the size of a chunk, which is to be that of those before.
func alikeSize(t *testing.T, before, size int) int {
	if before != 0 && before != size {
		t.Errorf("a chunk of %d samples after one of %d", size, before)
	}
	return size
}

// inParts streams x in some tensors.
func inParts(x *tensors.Tensor, parts int) Inputs {
	n := x.Shape().Dim(0)
	return func(yield func(*tensors.Tensor, error) bool) {
		for i := range parts {
			if from, to := i*n/parts, (i+1)*n/parts; from < to && !yield(dataset.Rows(x, from, to), nil) {
				return
			}
		}
	}
}
