package network

import (
	"fmt"
	"iter"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/dataset"
)

// Inputs is a stream of inputs: tensors of shape [n, input…] in float32 or
// float64, with any n ≥ 0 for each. Whoever ranges over it owns the tensors and
// frees them.
type Inputs = iter.Seq2[*tensors.Tensor, error]

// Tensor streams the samples of one tensor of shape [N, input…]. The tensor stays
// whole. It panics if x is nil.
func Tensor(x *tensors.Tensor) Inputs {
	if x == nil {
		panic("network: Tensor: x is nil")
	}
	return func(yield func(*tensors.Tensor, error) bool) {
		if !x.Ok() || x.Rank() == 0 || x.Size() == 0 { // whoever ranges says what is wrong
			yield(x.LocalClone())
			return
		}
		samples := x.Shape().Dim(0)
		some := max(1, piece*samples/x.Size())
		for from := 0; from < samples; from += some {
			if !yield(dataset.Rows(x, from, min(from+some, samples)), nil) {
				return
			}
		}
	}
}

// piece is the size of the parts in which Tensor streams, in numbers: small enough to
// be in cache still when they are cut into batches.
const piece = 1 << 19

// Dataset streams the first inputs of a GoMLX data set, one epoch.
func Dataset(ds train.Dataset) Inputs {
	return func(yield func(*tensors.Tensor, error) bool) {
		for batch, err := range ds.Iter() {
			if err != nil {
				yield(nil, fmt.Errorf("network: data set %q: %w", ds.Name(), err))
				return
			}
			if len(batch.Inputs) == 0 {
				yield(nil, fmt.Errorf("network: data set %q gave a batch without inputs", ds.Name()))
				return
			}
			finalize(batch.Labels...)
			finalize(batch.Inputs[1:]...)
			if !yield(batch.Inputs[0], nil) {
				return
			}
		}
	}
}

// chunk is a batch of fixed size of which the first count samples are real; the
// rest repeat the first one, so that XLA compiles one program.
type chunk struct {
	x     *tensors.Tensor
	count int
	first int // index of the first sample in the stream
}

// chunks cuts a stream into batches of the given size, or of one that suits the
// inputs if it is 0.
func chunks(inputs Inputs, size int) iter.Seq2[chunk, error] {
	return func(yield func(chunk, error) bool) {
		var b batcher
		for x, err := range inputs {
			if err == nil {
				err = b.check(x)
			}
			if err != nil {
				yield(chunk{}, err)
				return
			}
			if !b.feed(x, size, func(c chunk) bool { return yield(c, nil) }) {
				return
			}
		}
		if b.filled > 0 {
			yield(b.padded(), nil)
		}
	}
}

// batcher gathers samples, whatever tensors they come in, into chunks.
type batcher struct {
	shape  []int // of one input
	dtype  dtypes.DType
	size   int             // samples in a chunk
	sample int             // bytes of a sample
	next   *tensors.Tensor // of the chunk that is being filled
	filled int             // samples in it
	passed int             // samples given away
}

// check returns an error unless x can follow what came before it.
func (b *batcher) check(x *tensors.Tensor) error {
	if x == nil || !x.Ok() {
		return fmt.Errorf("network: the data hold a tensor that is nil or was freed")
	}
	if t := x.DType(); t != dtypes.Float32 && t != dtypes.Float64 {
		return fmt.Errorf("network: inputs of type %s cannot be differentiated: convert them to float32 or float64", t)
	}
	if x.Rank() == 0 {
		return fmt.Errorf("network: inputs need the shape [samples, input…], got a scalar")
	}
	if b.shape != nil && (!slices.Equal(b.shape, x.Shape().Dimensions[1:]) || b.dtype != x.DType()) {
		return fmt.Errorf("network: inputs of shape %v %s follow inputs of shape %v %s: all must be alike",
			x.Shape().Dimensions[1:], x.DType(), b.shape, b.dtype)
	}
	return nil
}

// feed copies x into chunks and emits each that it fills. It frees x and reports
// whether to go on.
func (b *batcher) feed(x *tensors.Tensor, size int, emit func(chunk) bool) bool {
	defer finalize(x)
	if b.shape == nil {
		b.begin(x, size)
	}
	goOn := true
	if err := x.ConstBytes(func(data []byte) {
		for len(data) > 0 && goOn {
			n := b.fill(data)
			data = data[n*b.sample:]
			if b.filled == b.size {
				goOn = emit(b.chunk())
			}
		}
	}); err != nil {
		panic(err)
	}
	return goOn
}

// fill copies as many samples as fit into the next chunk and returns their number.
func (b *batcher) fill(data []byte) (count int) {
	if b.next == nil {
		b.next = tensors.FromShape(shapes.Make(b.dtype, append([]int{b.size}, b.shape...)...))
	}
	if err := b.next.MutableBytes(func(own []byte) { count = copy(own[b.filled*b.sample:], data) / b.sample }); err != nil {
		panic(err)
	}
	b.filled += count
	return count
}

func (b *batcher) begin(x *tensors.Tensor, size int) {
	b.shape, b.dtype = append([]int{}, x.Shape().Dimensions[1:]...), x.DType()
	numbers := 1
	for _, d := range b.shape {
		numbers *= d
	}
	b.sample = max(1, numbers*b.dtype.Size())
	b.size = size
	if size == 0 {
		b.size = suitableBatch(numbers)
	}
}

// suitableBatch keeps a chunk of inputs near 4 MB in float32: large enough to
// fill the cores, small enough to stay in cache.
func suitableBatch(numbers int) int {
	batch := 8192
	for batch > 256 && batch*numbers > 1<<20 {
		batch /= 2
	}
	return batch
}

func (b *batcher) chunk() chunk {
	c := chunk{x: b.next, count: b.filled, first: b.passed}
	b.passed += b.filled
	b.next, b.filled = nil, 0
	return c
}

// padded is the last chunk, filled up with copies of its first sample.
func (b *batcher) padded() chunk {
	if err := b.next.MutableBytes(func(own []byte) {
		for i := b.filled; i < b.size; i++ {
			copy(own[i*b.sample:(i+1)*b.sample], own[:b.sample])
		}
	}); err != nil {
		panic(err)
	}
	return b.chunk()
}

// concatenation puts outputs of chunks together again.
type concatenation struct {
	shape shapes.Shape
	bytes []byte
	rows  int
}

func (c *concatenation) add(y *tensors.Tensor, count int) error {
	if count == 0 {
		return nil
	}
	c.shape = y.Shape()
	c.rows += count
	return y.ConstBytes(func(data []byte) {
		c.bytes = append(c.bytes, data[:len(data)/y.Shape().Dim(0)*count]...)
	})
}

func (c *concatenation) tensor() (*tensors.Tensor, error) {
	if c.rows == 0 {
		return nil, fmt.Errorf("network: no samples to run the model on")
	}
	y := tensors.FromShape(shapes.Make(c.shape.DType, append([]int{c.rows}, c.shape.Dimensions[1:]...)...))
	return y, y.MutableBytes(func(data []byte) { copy(data, c.bytes) })
}

// finite returns a *liegg.NotFiniteError for the first sample that holds NaN or
// Inf. Tensors of other types than floats are not its business.
func finite(x *tensors.Tensor) error {
	values, err := dataset.Values(x)
	if err != nil {
		return nil
	}
	if i := slices.IndexFunc(values, notFinite); i >= 0 {
		return &liegg.NotFiniteError{Sample: i / (len(values) / x.Shape().Dim(0)), What: "input"}
	}
	return nil
}

// finalize frees tensors; one that was freed before is left alone.
func finalize(ts ...*tensors.Tensor) {
	for _, t := range ts {
		if t != nil && t.Ok() {
			_ = t.FinalizeAll() // nothing is lost but memory
		}
	}
}
