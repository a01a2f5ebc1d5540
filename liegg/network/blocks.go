package network

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
)

// Blocks cut a data set that is spread over machines into blocks of samples that
// follow each other. A shard owns whole blocks, and keeps the Gram matrix of each
// apart: JoinParts adds them in the order of the data, in float64. On one kind of
// processor and plugin the sum has the same bits however the blocks were shared out;
// except in TangentMode, whose probes are drawn for each block here, they are those of
// Polarize with Settings.Batch = Size and Settings.Gram.
type Blocks struct {
	Samples int // of the whole data set, ≥ 1
	Size    int // samples in each block, ≥ 1, but for the last, which has what is left
}

// Count is the number of blocks.
func (b Blocks) Count() int {
	b.mustBePositive()
	return (b.Samples-1)/b.Size + 1
}

// Share are the blocks from … to-1 of the i-th of n shards, i from 1, as even as whole
// blocks allow; none, from = to, where there are more shards than blocks. It panics
// unless 1 ≤ i ≤ n.
func (b Blocks) Share(i, n int) (from, to int) {
	if i < 1 || i > n {
		panic(fmt.Sprintf("network: Blocks.Share: i must lie in 1…n, got %d of %d", i, n))
	}
	return b.Count() * (i - 1) / n, b.Count() * i / n
}

// Range are the samples first … end-1 of the blocks from … to-1.
func (b Blocks) Range(from, to int) (first, end int) {
	if from < 0 || from > to || to > b.Count() {
		panic(fmt.Sprintf("network: Blocks: from and to must satisfy 0 ≤ from ≤ to ≤ %d, got %d and %d", b.Count(), from, to))
	}
	return min(from*b.Size, b.Samples), min(to*b.Size, b.Samples)
}

func (b Blocks) mustBePositive() {
	if b.Samples < 1 || b.Size < 1 {
		panic(fmt.Sprintf("network: Blocks need at least one sample, and one in a block, got %d and %d", b.Samples, b.Size))
	}
}

// Part holds the Gram matrices and metrics of some blocks that follow each other:
// 16·K² bytes for each.
type Part struct {
	blocks  Blocks
	from    int
	origin  [sha256.Size]byte
	grams   []liegg.Chunk
	k, rows int // candidates, and outputs per sample
}

// Polarize streams the samples of the blocks from … to-1, those of Range and no
// others, through the network. All blocks pass one program of one shape; the last is
// filled up and masked. Settings.Batch and Settings.Gram are set by the blocks.
//
// It returns the errors of Polarize, and a stream of another length. It panics unless
// 0 ≤ from < to ≤ Count.
func (b Blocks) Polarize(n *Network, a action.Action, inputs Inputs, from, to int, s Settings) (*Part, error) {
	first, end := b.Range(from, to)
	if from == to {
		panic(fmt.Sprintf("network: Blocks.Polarize: no blocks, from = to = %d", from))
	}
	s.Batch, s.Gram = b.Size, true
	mustBeUsable(n, a, inputs, s)
	p := &Part{blocks: b, from: from, k: a.Dim()}
	var e *extraction
	defer func() { e.finalize() }()
	seen := 0
	for c, err := range n.chunks(inputs, b.Size, a.Dim()) {
		if err == nil && e == nil {
			if e, err = newExtraction(n, a, c, s, false); err == nil {
				p.rows = e.outputs
				p.origin, err = e.fingerprint(c)
			}
		}
		if err != nil {
			return nil, err
		}
		if seen += c.Count; seen > end-first {
			finalize(c.X)
			return nil, b.wrongLength(from, to, "more")
		}
		if err := p.take(e, c); err != nil {
			return nil, err
		}
	}
	if seen != end-first {
		return nil, b.wrongLength(from, to, fmt.Sprint(seen))
	}
	if err := e.notFinite(); err != nil {
		return nil, err
	}
	return p, nil
}

func (b Blocks) wrongLength(from, to int, got string) error {
	first, end := b.Range(from, to)
	return fmt.Errorf("network: blocks %d to %d of %d samples each are the samples %d to %d, %d of them, but the inputs have %s: stream exactly these",
		from, to-1, b.Size, first, end-1, end-first, got)
}

// take adds the Gram matrix of a block. The probes of a block depend on its index
// alone, not on what the shard had before it.
func (p *Part) take(e *extraction, c chunk) error {
	index := p.from + len(p.grams)
	c.First = index * p.blocks.Size // as errors name a sample
	e.random = rand.New(rand.NewPCG(1, uint64(index)))
	out, err := e.run(c)
	if err != nil {
		return err
	}
	p.grams = append(p.grams, out)
	return nil
}

// fingerprint is a digest of what the program makes of one block that is the same for
// all shards, bit by bit: it tells networks, actions, heads and settings apart, and
// kinds of processors. What is not finite there has its bits, too.
func (e *extraction) fingerprint(like chunk) (sum [sha256.Size]byte, err error) {
	defer caught(&err)
	x := noise(like.X)
	defer finalize(x)
	defer func(own *rand.Rand) { e.random = own }(e.random)
	e.random = rand.New(rand.NewPCG(2, 0))
	z := e.probes(x)
	defer finalize(z)
	values, err := e.call(x, x.Shape().Dim(0), z)
	if err != nil {
		return sum, err
	}
	h := sha256.New()
	fmt.Fprint(h, x.Shape(), e.mode, e.outputs, e.action.Dim())
	for _, v := range slices.Concat(append(values, e.limits)...) {
		binary.Write(h, binary.LittleEndian, math.Float64bits(v)) // a digest takes all
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

// noise is a tensor of normal numbers, always the same, of x's shape and type.
func noise(x *tensors.Tensor) *tensors.Tensor {
	wide, narrow := make([]float64, x.Size()), make([]float32, x.Size())
	random := rand.New(rand.NewPCG(2, 0))
	for i := range wide {
		wide[i] = random.NormFloat64()
		narrow[i] = float32(wide[i])
	}
	if x.DType() == dtypes.Float32 {
		return tensors.FromFlatDataAndDimensions(narrow, x.Shape().Dimensions...)
	}
	return tensors.FromFlatDataAndDimensions(wide, x.Shape().Dimensions...)
}

// JoinParts adds the blocks of all parts in the order of the data. It panics without
// parts. It returns an error if parts have other blocks, networks, actions, settings or kinds of
// processors, if a block is missing or several parts have it, and the errors of
// liegg.Polarization.Add.
func JoinParts(parts ...*Part) (*liegg.Polarization, error) {
	if len(parts) == 0 {
		panic("network: JoinParts: no parts")
	}
	parts = slices.SortedFunc(slices.Values(parts), func(p, q *Part) int { return cmp.Compare(p.from, q.from) })
	sum, next, whole := liegg.NewPolarization(parts[0].k), 0, parts[0].blocks
	for _, p := range parts {
		if err := p.follows(parts[0], next); err != nil {
			return nil, err
		}
		for _, c := range p.grams {
			if err := sum.Add(c); err != nil {
				return nil, err
			}
		}
		next += len(p.grams)
	}
	if next != whole.Count() {
		return nil, missing(next, whole.Count())
	}
	return sum, nil
}

// follows says why a part does not belong to another, or does not begin at the next
// block.
func (p *Part) follows(other *Part, next int) error {
	switch {
	case p.blocks != other.blocks:
		return fmt.Errorf("network: blocks of %d samples of %d, and of %d of %d: parts of one data set have the same", other.blocks.Size, other.blocks.Samples, p.blocks.Size, p.blocks.Samples)
	case p.origin != other.origin:
		return fmt.Errorf("network: the parts that begin at blocks %d and %d were computed by other networks, actions, settings or versions, or on other kinds of processors: their sums do not belong together", other.from, p.from)
	case p.from < next:
		return fmt.Errorf("network: block %d is in two parts: give each once", p.from)
	case p.from > next:
		return missing(next, p.from)
	}
	return nil
}

func missing(from, to int) error {
	return fmt.Errorf("network: blocks %d to %d are in no part: polarize them, or add the file that holds them", from, to-1)
}
