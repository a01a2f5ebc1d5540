package stream

import (
	"hash/maphash"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/tensor"
)

// enoughDistinct is the number of distinct samples at which counting stops. It is far more
// than a verdict needs.
const enoughDistinct = 1 << 14

// Distinct counts the samples of a stream that equal earlier ones.
type Distinct struct {
	there compute.Backend // hashes samples in memory of its own; nil to hash them on the host
	seed  maphash.Seed
	seen  map[uint64]struct{}
}

// NewDistinct returns a Distinct that has seen no samples, for chunks that a backend runs on.
func NewDistinct(backend compute.Backend) *Distinct {
	d := &Distinct{seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}}
	if backend != nil && !backend.HasSharedBuffers() {
		d.there = backend
	}
	return d
}

// Repeats returns the number of samples of a chunk that have the same bits as an earlier one.
// It returns 0 once enough distinct samples were seen. A nil Distinct counts nothing.
func (d *Distinct) Repeats(c Chunk) (count int, err error) {
	if d == nil || len(d.seen) >= enoughDistinct {
		return 0, nil
	}
	hashed, err := d.hashed(c)
	if err != nil {
		return 0, err
	}
	for i := 0; i < c.Count && len(d.seen) < enoughDistinct; i++ {
		sum := hashed(i)
		if _, ok := d.seen[sum]; ok {
			count++
		}
		d.seen[sum] = struct{}{}
	}
	return count, nil
}

// hashed returns a function that gives the hash of sample i of a chunk.
func (d *Distinct) hashed(c Chunk) (of func(i int) uint64, err error) {
	if d.there == nil {
		err = c.X.ConstBytes(func(data []byte) {
			size := len(data) / c.X.Shape().Dim(0)
			of = func(i int) uint64 { return maphash.Bytes(d.seed, data[i*size:(i+1)*size]) }
		})
		return of, err
	}
	hashes, err := cuts.run(cutKind{backend: d.there, hashed: true}, c.X, []int32{0})
	if err != nil {
		return nil, err
	}
	defer tensor.Finalize(hashes)
	values, err := tensors.CopyFlatData[uint64](hashes)
	return func(i int) uint64 { return maphash.Comparable(d.seed, [2]uint64{values[2*i], values[2*i+1]}) }, err
}

// hashesOf builds two hashes of the bits of each sample of x [N, input…], [N, 2]: sums Σ_j m_j·b_j
// modulo 2⁶⁴ of its words b_j of 32 bits, with numbers m_j that look random.
func hashesOf(x *graph.Node) *graph.Node {
	n := x.Shape().Dim(0)
	words := graph.ConvertDType(graph.Reshape(graph.Bitcast(x, dtypes.Uint32), n, -1), dtypes.Uint64)
	w := words.Shape().Dim(1)
	numbers := scrambled(graph.IotaFull(x.Graph(), shapes.Make(dtypes.Uint64, 2, w)))
	sums := make([]*graph.Node, 2)
	for k := range sums {
		sums[k] = graph.ReduceSum(graph.Mul(words, graph.Slice(numbers, graph.AxisRange(k, k+1))), -1)
	}
	return graph.Stack(sums, 1)
}

// scrambled takes numbers to ones that look random, as SplitMix64 does (Steele, Lea and Flood, Fast
// splittable pseudorandom number generators, 2014).
func scrambled(i *graph.Node) *graph.Node {
	constant := func(v uint64) *graph.Node { return graph.Const(i.Graph(), v) }
	shifted := func(x *graph.Node, by int) *graph.Node {
		return graph.BitwiseXor(x, graph.BitwiseShiftRightLogicalScalar(x, by))
	}
	x := graph.Mul(graph.Add(i, constant(1)), constant(0x9e3779b97f4a7c15))
	x = graph.Mul(shifted(x, 30), constant(0xbf58476d1ce4e5b9))
	x = graph.Mul(shifted(x, 27), constant(0x94d049bb133111eb))
	return shifted(x, 31)
}
