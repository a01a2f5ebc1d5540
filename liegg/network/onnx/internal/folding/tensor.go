// Package folding computes tensors whose values are known while a graph is built:
// constants, shapes, and what follows from them.
package folding

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/dtypes/bfloat16"
	"github.com/gomlx/compute/dtypes/float16"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// Tensor is a tensor whose value is known while the graph is built: a
// constant, a shape, or what is computed from these. Integers and bools are
// in Whole, floats in real.
type Tensor struct {
	Kind  dtypes.DType
	Dims  []int
	Whole []int
	real  []float64
}

// MostKnown is the largest number of elements that are computed while the
// graph is built.
const MostKnown = 1 << 16

// SizeOf returns the number of elements, Π dims.
func SizeOf(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// Size returns the number of elements.
func (k *Tensor) Size() int     { return SizeOf(k.Dims) }
func (k *Tensor) isFloat() bool { return k.Kind.IsFloat() }

// Integers returns the elements, truncated if they are floats.
func (k *Tensor) Integers() []int {
	if !k.isFloat() {
		return k.Whole
	}
	values := make([]int, len(k.real))
	for i, v := range k.real {
		values[i] = truncated(v)
	}
	return values
}

// truncated converts to an integer, at the limits of int if v is beyond them.
func truncated(v float64) int {
	switch {
	case v >= math.MaxInt64:
		return math.MaxInt64
	case v <= math.MinInt64:
		return math.MinInt64
	}
	return int(v)
}

// Floats returns the elements as floats.
func (k *Tensor) Floats() []float64 {
	if k.isFloat() {
		return k.real
	}
	values := make([]float64, len(k.Whole))
	for i, v := range k.Whole {
		values[i] = float64(v)
	}
	return values
}

// NewIntegers returns a tensor of integers or bools.
func NewIntegers(kind dtypes.DType, dims []int, whole []int) *Tensor {
	return &Tensor{Kind: kind, Dims: dims, Whole: whole}
}

// newFloats returns a tensor of floats, rounded to their type.
func newFloats(kind dtypes.DType, dims []int, real []float64) *Tensor {
	if kind == dtypes.Float32 {
		for i, v := range real {
			real[i] = float64(float32(v))
		}
	}
	return &Tensor{Kind: kind, Dims: dims, real: real}
}

// take returns the elements at the given positions, with other dimensions.
func (k *Tensor) take(positions []int, dims []int) *Tensor {
	t := &Tensor{Kind: k.Kind, Dims: dims}
	if k.isFloat() {
		t.real = at(k.real, positions)
	} else {
		t.Whole = at(k.Whole, positions)
	}
	return t
}

func at[T any](values []T, positions []int) []T {
	taken := make([]T, len(positions))
	for i, p := range positions {
		taken[i] = values[p]
	}
	return taken
}

// reshaped returns the same elements with other dimensions.
func (k *Tensor) reshaped(dims []int) *Tensor {
	return &Tensor{Kind: k.Kind, Dims: dims, Whole: k.Whole, real: k.real}
}

// Constant adds the tensor to a graph. It returns nil if it has no elements,
// which not all backends accept.
func (k *Tensor) Constant(g *Graph) *Node {
	if k.Size() == 0 {
		return nil
	}
	var t *tensors.Tensor
	switch {
	case k.Kind == dtypes.Bool:
		bools := make([]bool, len(k.Whole))
		for i, v := range k.Whole {
			bools[i] = v != 0
		}
		t = tensors.FromFlatDataAndDimensions(bools, k.Dims...)
	case k.isFloat():
		t = tensors.FromFlatDataAndDimensions(slices.Clone(k.real), k.Dims...)
	default:
		wide := make([]int64, len(k.Whole))
		for i, v := range k.Whole {
			wide[i] = int64(v)
		}
		t = tensors.FromFlatDataAndDimensions(wide, k.Dims...)
	}
	switch k.Kind {
	case dtypes.Bool, dtypes.Float64, dtypes.Int64:
		return ConstTensor(g, t)
	case dtypes.Float32:
		return ConstTensor(g, tensors.FromFlatDataAndDimensions(float32s(k.real), k.Dims...))
	case dtypes.Int32:
		narrow := make([]int32, len(k.Whole))
		for i, v := range k.Whole {
			narrow[i] = int32(v)
		}
		return ConstTensor(g, tensors.FromFlatDataAndDimensions(narrow, k.Dims...))
	}
	return ConvertDType(ConstTensor(g, t), k.Kind)
}

func float32s(values []float64) []float32 {
	narrow := make([]float32, len(values))
	for i, v := range values {
		narrow[i] = float32(v)
	}
	return narrow
}

// Stored reads a tensor of the file. It returns nil if the tensor is large,
// outside the file, or of a type that is not supported.
func Stored(t message.Message) *Tensor {
	kind, ok := message.Types[int32(t.Field("data_type").Int())]
	dims := message.Sizes(t)
	n, fits := message.Product(dims)
	if !ok || !fits || n > MostKnown || t.Field("external_data").List().Len() > 0 || kind.IsComplex() {
		return nil
	}
	if kind.IsFloat() {
		if values := realNumbers(t, kind, n); len(values) == n {
			return &Tensor{Kind: kind, Dims: dims, real: values}
		}
		return nil
	}
	if values := wholeNumbers(t, kind, n); len(values) == n {
		return NewIntegers(kind, dims, values)
	}
	return nil
}

func realNumbers(t message.Message, kind dtypes.DType, n int) (values []float64) {
	raw := t.Field("raw_data").Bytes()
	if len(raw) != n*kind.Size() {
		if kind == dtypes.Float32 {
			return message.FloatsIn(t.Field("float_data").List())
		}
		return message.FloatsIn(t.Field("double_data").List())
	}
	for i := range n {
		b := raw[i*kind.Size():]
		switch kind {
		case dtypes.Float64:
			values = append(values, math.Float64frombits(binary.LittleEndian.Uint64(b)))
		case dtypes.Float32:
			values = append(values, float64(math.Float32frombits(binary.LittleEndian.Uint32(b))))
		case dtypes.Float16:
			values = append(values, float64(float16.Float16(binary.LittleEndian.Uint16(b)).Float32()))
		case dtypes.BFloat16:
			values = append(values, float64(bfloat16.BFloat16(binary.LittleEndian.Uint16(b)).Float32()))
		}
	}
	return values
}

func wholeNumbers(t message.Message, kind dtypes.DType, n int) (values []int) {
	raw := t.Field("raw_data").Bytes()
	if n == 0 {
		return []int{}
	}
	if len(raw) != n*kind.Size() {
		return message.UnpackedIntegers(t)
	}
	for i := range n {
		b := raw[i*kind.Size():]
		switch kind.Size() {
		case 1:
			if kind == dtypes.Int8 {
				values = append(values, int(int8(b[0])))
			} else {
				values = append(values, int(b[0]))
			}
		case 2:
			if kind == dtypes.Int16 {
				values = append(values, int(int16(binary.LittleEndian.Uint16(b))))
			} else {
				values = append(values, int(binary.LittleEndian.Uint16(b)))
			}
		case 4:
			if kind == dtypes.Int32 {
				values = append(values, int(int32(binary.LittleEndian.Uint32(b))))
			} else {
				values = append(values, int(binary.LittleEndian.Uint32(b)))
			}
		case 8:
			values = append(values, int(binary.LittleEndian.Uint64(b)))
		}
	}
	return values
}
