package stream

import (
	"iter"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/device"
)

// there streams x in some tensors that lie on the device, or here and there in turn.
func there(t *testing.T, x *tensors.Tensor, parts int, b compute.Backend, inTurn bool) Inputs {
	return func(yield func(*tensors.Tensor, error) bool) {
		for part, err := range inParts(x, parts) {
			if !inTurn || part.Shape().Dim(0)%2 == 0 {
				on := ok(OnDevice(part, b))(t)
				tensor.Finalize(part)
				part = on
			}
			if !yield(part, err) {
				return
			}
		}
	}
}

// seen is what a program gets to see of a chunk.
type seen struct {
	x            []float64
	size         []int
	count, first int
}

// allOf reads chunks to their end. If they lie on the device, none of them may come from the host.
func allOf(t *testing.T, chunks iter.Seq2[Chunk, error], onDevice bool) (all []seen) {
	t.Helper()
	for c, err := range chunks {
		if err != nil {
			t.Fatal(err)
		}
		if onDevice && c.X.IsLocal() {
			t.Error("samples on the device were read back and cut on the host")
		}
		all = append(all, seen{ok(dataset.Values(c.X))(t), c.X.Shape().Dimensions, c.Count, c.First})
		tensor.Finalize(c.X)
	}
	return all
}

// Samples on a device are cut there, into the very chunks that the host cuts: for whole streams in
// one tensor and in several, with and without blocks, for sizes that do not divide their number.
func TestChunksOfADevice(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	b, random := networktest.Apart(t, device.Variable, device.New), rand.New(rand.NewPCG(3, 0))
	limits := device.Limits{Samples: 64, Inputs: 1 << 20}
	for range 25 {
		n, size, blocks, parts := 1+random.IntN(500), 1+random.IntN(70), 2+random.IntN(4), 1+random.IntN(3)
		x := tensor.Of(tensors.MustCopyFlatData[float64](networktest.Normal[float64](random.Uint64(), n, 6)), []dtypes.DType{dtypes.Float32, dtypes.Float64}[random.IntN(2)], n, 3, 2)
		for name, cut := range map[string]func(in Inputs) iter.Seq2[Chunk, error]{
			"of one size": func(in Inputs) iter.Seq2[Chunk, error] { return Cut(in, b, size) },
			"in blocks":   func(in Inputs) iter.Seq2[Chunk, error] { return CutInBlocks(in, b, size, blocks) },
			"to fit":      func(in Inputs) iter.Seq2[Chunk, error] { return CutToFit(in, b, limits.ForInputs) },
		} {
			want := allOf(t, cut(inParts(x, 2)), false) // two, so that none is a chunk as it is
			if name == "to fit" && n <= 64 {
				want = allOf(t, cut(inParts(x, 1)), false)
			}
			for _, way := range []struct {
				parts  int
				inTurn bool
			}{{1, false}, {parts, false}, {parts, true}} {
				if name == "to fit" && n <= 64 && way.parts > 1 {
					continue // the size of a chunk depends on the tensors
				}
				got := allOf(t, cut(there(t, x, way.parts, b, way.inTurn)), way.parts == 1 && !way.inTurn)
				same := slices.EqualFunc(got, want, func(a, b seen) bool {
					return slices.Equal(a.x, b.x) && slices.Equal(a.size, b.size) && a.count == b.count && a.first == b.first
				})
				if !same {
					t.Errorf("chunks %s of %d samples in %d tensors, size %d, %d blocks: others than of the host", name, n, way.parts, size, blocks)
				}
			}
		}
	}
}

// A look at a stream on the device sees the samples that it sees on the host, and leaves the stream
// where it is.
func TestPeekOnADevice(t *testing.T) {
	b := networktest.Apart(t, device.Variable, device.New)
	for _, n := range []int{1, 100, PeekSamples + 1000, 40_000} {
		x := networktest.Normal[float64](uint64(n), n, 2)
		look := func(in Inputs, onDevice bool) (first, some []float64, at []int) {
			p := ok(Peek(in, device.Limits{}))(t)
			defer p.Close()
			first = tensors.MustCopyFlatData[float64](p.First)
			for x, err := range p.Inputs {
				if err != nil || onDevice == x.IsLocal() {
					t.Fatalf("%d samples: error %v; on the host %v", n, err, x.IsLocal())
				}
				x.MustFinalizeAll()
			}
			kept, at, err := p.Some()
			if err != nil {
				t.Fatal(err)
			}
			return first, tensors.MustCopyFlatData[float64](kept), at
		}
		first, some, at := look(inParts(x, 1), false)
		firstThere, someThere, atThere := look(there(t, x, 1, b, false), true)
		if !slices.Equal(first, firstThere) || !slices.Equal(some, someThere) || !slices.Equal(at, atThere) {
			t.Errorf("%d samples: others are seen than on the host", n)
		}
	}
}

// A watch keeps the same samples of a stream on the device as of one on the host, and leaves the stream
// where it is.
func TestWatchOnADevice(t *testing.T) {
	b := networktest.Apart(t, device.Variable, device.New)
	for _, n := range []int{3, 30_000} {
		x := networktest.Normal[float64](uint64(n), n, 3)
		watched := func(in Inputs, onDevice bool) *Watch {
			w := &Watch{Moves: []bool{true, false, true}}
			for x, err := range w.Watched(in) {
				if err != nil || onDevice == x.IsLocal() {
					t.Fatalf("%d samples: error %v; on the host %v", n, err, x.IsLocal())
				}
				x.MustFinalizeAll()
			}
			return w
		}
		want := watched(inParts(x, 3), false)
		if got := watched(there(t, x, 3, b, false), true); !reflect.DeepEqual(got.sample, want.sample) || got.passed != n {
			t.Errorf("%d samples: others are kept than on the host", n)
		}
	}
}

// inTurn puts samples into three blocks in turn.
type inTurn struct{ passed int }

func (*inTurn) Most() int  { return 3 }
func (*inTurn) End() error { return nil }
func (b *inTurn) Next() (int, error) {
	b.passed++
	return b.passed % 3, nil
}

// Samples on a device are sorted by block as those on the host are.
func TestSortFromADevice(t *testing.T) {
	b := networktest.Apart(t, device.Variable, device.New)
	x := networktest.Normal[float64](6, 500, 3)
	want := allOf(t, Sort(inParts(x, 2), b, 32, new(inTurn)), false)
	if got := allOf(t, Sort(there(t, x, 2, b, false), b, 32, new(inTurn)), false); !reflect.DeepEqual(got, want) {
		t.Error("other chunks than of the host")
	}
}

// A device counts the samples that repeat earlier ones as the host does: by all of their bits.
func TestDistinctOnADevice(t *testing.T) {
	b := networktest.Apart(t, device.Variable, device.New)
	random := rand.New(rand.NewPCG(7, 0))
	for _, dtype := range []dtypes.DType{dtypes.Float32, dtypes.Float64} {
		values := tensors.MustCopyFlatData[float64](networktest.Normal[float64](8, 600, 5))
		for i := 300; i < 600; i++ {
			copy(values[5*i:5*i+5], values[5*random.IntN(300):])
			switch j := 5*i + random.IntN(5); i % 3 {
			case 1: // differs by as little as it can
				values[j] = float64(math.Nextafter32(float32(values[j]), 9))
			case 2: // differs in the order
				values[5*i], values[5*i+4] = values[5*i+4], values[5*i]
			}
		}
		want, seen := 0, map[[5]float64]bool{}
		for i := range 600 {
			key := [5]float64(values[5*i : 5*i+5])
			for j := range key {
				if dtype == dtypes.Float32 {
					key[j] = float64(float32(key[j]))
				}
			}
			if seen[key] {
				want++
			}
			seen[key] = true
		}
		if want < 100 || want > 200 {
			t.Fatalf("%d samples repeat others", want)
		}
		x := tensor.Of(values, dtype, 600, 5)
		for _, backend := range []compute.Backend{nil, b} {
			d, got := NewDistinct(backend), 0
			for c, err := range Cut(inParts(x, 2), backend, 77) {
				if err != nil {
					t.Fatal(err)
				}
				got += ok(d.Repeats(c))(t)
				tensor.Finalize(c.X)
			}
			if got != want {
				t.Errorf("%v on %v: %d repeats, want %d", dtype, backend, got, want)
			}
		}
	}
}
