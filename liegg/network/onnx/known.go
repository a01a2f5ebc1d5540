package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/dtypes/bfloat16"
	"github.com/gomlx/compute/dtypes/float16"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// known is a tensor whose value is known while the graph is built: a
// constant, a shape, or what is computed from these. Integers and bools are
// in whole, floats in real.
type known struct {
	kind  dtypes.DType
	dims  []int
	whole []int
	real  []float64
}

// mostKnown is the largest number of elements that are computed while the
// graph is built.
const mostKnown = 1 << 16

func sizeOf(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

func (k *known) size() int     { return sizeOf(k.dims) }
func (k *known) isFloat() bool { return k.kind.IsFloat() }

// integers returns the elements, truncated if they are floats.
func (k *known) integers() []int {
	if !k.isFloat() {
		return k.whole
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

func (k *known) floats() []float64 {
	if k.isFloat() {
		return k.real
	}
	values := make([]float64, len(k.whole))
	for i, v := range k.whole {
		values[i] = float64(v)
	}
	return values
}

// newKnown returns a tensor of integers or bools.
func newKnown(kind dtypes.DType, dims []int, whole []int) *known {
	return &known{kind: kind, dims: dims, whole: whole}
}

// newReal returns a tensor of floats, rounded to their type.
func newReal(kind dtypes.DType, dims []int, real []float64) *known {
	if kind == dtypes.Float32 {
		for i, v := range real {
			real[i] = float64(float32(v))
		}
	}
	return &known{kind: kind, dims: dims, real: real}
}

// take returns the elements at the given positions, with other dimensions.
func (k *known) take(positions []int, dims []int) *known {
	t := &known{kind: k.kind, dims: dims}
	if k.isFloat() {
		t.real = at(k.real, positions)
	} else {
		t.whole = at(k.whole, positions)
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
func (k *known) reshaped(dims []int) *known {
	return &known{kind: k.kind, dims: dims, whole: k.whole, real: k.real}
}

// constant adds the tensor to a graph. It returns nil if it has no elements,
// which not all backends accept.
func (k *known) constant(g *Graph) *Node {
	if k.size() == 0 {
		return nil
	}
	var t *tensors.Tensor
	switch {
	case k.kind == dtypes.Bool:
		bools := make([]bool, len(k.whole))
		for i, v := range k.whole {
			bools[i] = v != 0
		}
		t = tensors.FromFlatDataAndDimensions(bools, k.dims...)
	case k.isFloat():
		t = tensors.FromFlatDataAndDimensions(slices.Clone(k.real), k.dims...)
	default:
		wide := make([]int64, len(k.whole))
		for i, v := range k.whole {
			wide[i] = int64(v)
		}
		t = tensors.FromFlatDataAndDimensions(wide, k.dims...)
	}
	switch k.kind {
	case dtypes.Bool, dtypes.Float64, dtypes.Int64:
		return ConstTensor(g, t)
	case dtypes.Float32:
		return ConstTensor(g, tensors.FromFlatDataAndDimensions(float32s(k.real), k.dims...))
	case dtypes.Int32:
		narrow := make([]int32, len(k.whole))
		for i, v := range k.whole {
			narrow[i] = int32(v)
		}
		return ConstTensor(g, tensors.FromFlatDataAndDimensions(narrow, k.dims...))
	}
	return ConvertDType(ConstTensor(g, t), k.kind)
}

func float32s(values []float64) []float32 {
	narrow := make([]float32, len(values))
	for i, v := range values {
		narrow[i] = float32(v)
	}
	return narrow
}

// value returns the value of a tensor if it is known, or nil. Weights are not
// known, because training may change them.
func (m *converted) value(name string) *known {
	if k, ok := m.values[name]; ok {
		return k
	}
	if m.weights[name] {
		return nil
	}
	t, ok := m.constant[name]
	if !ok {
		return nil
	}
	k := stored(t)
	m.values[name] = k
	return k
}

// stored reads a tensor of the file. It returns nil if the tensor is large,
// outside the file, or of a type that is not supported.
func stored(t message) *known {
	kind, ok := types[int32(t.get("data_type").Int())]
	dims := sizesOf(t)
	n, fits := product(dims)
	if !ok || !fits || n > mostKnown || t.get("external_data").List().Len() > 0 || kind.IsComplex() {
		return nil
	}
	if kind.IsFloat() {
		if values := realNumbers(t, kind, n); len(values) == n {
			return &known{kind: kind, dims: dims, real: values}
		}
		return nil
	}
	if values := wholeNumbers(t, kind, n); len(values) == n {
		return newKnown(kind, dims, values)
	}
	return nil
}

func realNumbers(t message, kind dtypes.DType, n int) (values []float64) {
	raw := t.get("raw_data").Bytes()
	if len(raw) != n*kind.Size() {
		if kind == dtypes.Float32 {
			return floatsIn(t.get("float_data").List())
		}
		return floatsIn(t.get("double_data").List())
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

func wholeNumbers(t message, kind dtypes.DType, n int) (values []int) {
	raw := t.get("raw_data").Bytes()
	if n == 0 {
		return []int{}
	}
	if len(raw) != n*kind.Size() {
		return narrowly(t)
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

// narrowly returns integers that are stored one by one instead of as bytes.
func narrowly(t message) (values []int) {
	for _, field := range []protoreflect.Name{"int64_data", "int32_data"} {
		list := t.get(field).List()
		for i := range list.Len() {
			values = append(values, int(list.Get(i).Int()))
		}
	}
	list := t.get("uint64_data").List()
	for i := range list.Len() {
		values = append(values, int(list.Get(i).Uint()))
	}
	return values
}

// shapeOf returns the shape of a tensor of the graph, known or not.
func (o *operation) shapeOf(i int) (shapes.Shape, bool) {
	name := o.node.texts("input")[i]
	if k := o.file.value(name); k != nil {
		return shapes.Make(k.kind, k.dims...), true
	}
	if x := o.values[name]; x != nil {
		return x.Shape(), true
	}
	return shapes.Shape{}, false
}

// unfolded is the panic about a tensor that was expected to be known while
// the graph is built.
type unfolded string

func (u unfolded) String() string { return fmt.Sprintf("%q is not known", string(u)) }
