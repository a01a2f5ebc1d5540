package network

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
)

// drawn streams the samples first … end-1 of an endless data set of float32 vectors
// of 10 numbers, the same ones wherever a stream begins, in tensors that have nothing
// to do with blocks.
func drawn(first, end int) Inputs {
	return func(yield func(*tensors.Tensor, error) bool) {
		rng := rand.NewPCG(0, 0)
		random := rand.New(rng)
		for first < end {
			n := min(1000, end-first)
			x := make([]float32, n*10)
			for i := range x {
				if i%10 == 0 {
					rng.Seed(7, uint64(first+i/10))
				}
				x[i] = float32(random.Float64() - .5)
			}
			if !yield(tensors.FromFlatDataAndDimensions(x, n, 10), nil) {
				return
			}
			first += n
		}
	}
}

// wavy is a float32 function without any symmetry.
func wavy(scale float64) *Network {
	wave := bilinear(10, 32, 1)
	return Exact(func(x *Node) *Node {
		return ConvertDType(wave(MulScalar(ConvertDType(x, dtypes.Float64), scale)), x.DType())
	})
}

// inShards polarizes all blocks in so many shards, each through a file, and joins
// them in another order.
func inShards(t *testing.T, n *Network, a action.Action, b Blocks, count int, s Settings) *liegg.Polarization {
	t.Helper()
	folder := t.TempDir()
	parts := make([]*Part, 0, count)
	for i := count; i >= 1; i-- {
		from, to := b.Share(i, count)
		p := ok(b.Polarize(n, a, drawn(b.Range(from, to)), from, to, s))(t)
		path := filepath.Join(folder, fmt.Sprint(i))
		if err := p.Write(path); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, ok(ReadPart(path))(t))
	}
	return ok(JoinParts(parts...))(t)
}

// bits are those of all that a spectrum tells.
func bits(t *testing.T, p *liegg.Polarization, a action.Action) (all []uint64) {
	t.Helper()
	s := ok(p.Spectrum(a))(t)
	all = []uint64{uint64(s.Samples), uint64(s.Idle)}
	for _, g := range append(s.BySingular, s.ByDefect...) {
		for _, v := range append([]float64{g.Singular, g.Defect, g.Bias}, g.H.RawMatrix().Data...) {
			all = append(all, math.Float64bits(v))
		}
	}
	return all
}

// A million samples in 1, 3 and 7 shards give the bits that they give in one stream
// without any blocks: all of CᵀC and D goes into a spectrum.
func TestShardsGiveTheSameBits(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	b := Blocks{Samples: 1_000_000, Size: 4096}
	n, a := wavy(1), action.Linear(5, 2)
	want := bits(t, ok(Polarize(n, a, drawn(0, b.Samples), Settings{Batch: b.Size, Gram: true}))(t), a)
	for _, count := range []int{1, 3, 7} {
		if !slices.Equal(bits(t, inShards(t, n, a, b, count, Settings{}), a), want) {
			t.Errorf("%d shards give other bits", count)
		}
	}
}

// So do modes that draw probes, and as many shards as blocks.
func TestProbesBelongToBlocks(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	b := Blocks{Samples: 2000, Size: 300}
	n, a := wavy(1), action.Linear(5, 2)
	want := bits(t, inShards(t, n, a, b, 1, Settings{Mode: TangentMode}), a)
	for _, count := range []int{2, b.Count()} {
		if !slices.Equal(bits(t, inShards(t, n, a, b, count, Settings{Mode: TangentMode}), a), want) {
			t.Errorf("%d shards give other bits", count)
		}
	}
}

func TestSharesAreAllBlocks(t *testing.T) {
	for _, b := range []Blocks{{1, 1}, {10, 3}, {9, 3}, {1000, 7}} {
		for _, count := range []int{1, 2, 3, 7, 50} {
			next := 0
			for i := range count {
				from, to := b.Share(i+1, count)
				first, end := b.Range(from, to)
				if first != next || end < first || to-from > b.Count()/count+1 {
					t.Errorf("%+v: shard %d of %d is %d to %d", b, i+1, count, from, to)
				}
				next = end
			}
			if next != b.Samples {
				t.Errorf("%+v in %d shards has %d samples", b, count, next)
			}
		}
	}
}

func TestPartsThatDoNotBelongTogether(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	b := Blocks{Samples: 1000, Size: 300}
	n, a := wavy(1), action.Linear(5, 2)
	part := func(n *Network, a action.Action, b Blocks, from, to int) *Part {
		return ok(b.Polarize(n, a, drawn(b.Range(from, to)), from, to, Settings{}))(t)
	}
	first, last := part(n, a, b, 0, 2), part(n, a, b, 2, 4)
	for words, parts := range map[string][]*Part{
		"blocks 2 to 3 are in no part": {first},
		"blocks 0 to 1 are in no part": {last},
		"block 2 is in two parts":      {first, last, last},
		"other networks":               {first, part(wavy(1.0000001), a, b, 2, 4)},
		"other networks, actions":      {first, part(n, action.Linear(10, 1), b, 2, 4)},
		"of one data set":              {first, part(n, a, Blocks{1001, 300}, 2, 4)},
	} {
		_, err := JoinParts(parts...)
		expect.Error(t, err, words)
	}
	for words, inputs := range map[string]Inputs{"have more": drawn(0, 601), "have 599": drawn(0, 599), "have 0": drawn(0, 0)} {
		_, err := b.Polarize(n, a, inputs, 0, 2, Settings{})
		expect.Error(t, err, "samples 0 to 599", words)
	}
}

func TestPartsThatAreNoFiles(t *testing.T) {
	b := Blocks{Samples: 500, Size: 300}
	p := ok(b.Polarize(wavy(1), action.Linear(5, 2), drawn(0, 500), 0, 2, Settings{}))(t)
	folder := t.TempDir()
	path := filepath.Join(folder, "part.npz")
	if err := p.Write(path); err != nil {
		t.Fatal(err)
	}
	data := ok(os.ReadFile(path))(t)
	if err := os.WriteFile(path, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := ReadPart(path)
	expect.Error(t, err, "part.npz", "not a complete NumPy file")
	if _, err = ReadPart(filepath.Join(folder, "none.npz")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is missing: %v", err)
	}
	p.from = 1
	if err := p.Write(path); err != nil {
		t.Fatal(err)
	}
	_, err = ReadPart(path)
	expect.Error(t, err, "no blocks of a data set", "plan")
}
