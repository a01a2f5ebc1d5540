package message

import (
	"encoding/binary"
	"math/bits"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Sizes returns the dimensions of a stored tensor.
func Sizes(t Message) []int {
	list := t.Field("dims").List()
	sizes := make([]int, list.Len())
	for i := range sizes {
		sizes[i] = int(list.Get(i).Int())
	}
	return sizes
}

// BytesPerNumber returns the bytes that a number of a tensor takes, or 1 for
// unsupported types.
func BytesPerNumber(t Message) int {
	kind, ok := Types[int32(t.Field("data_type").Int())]
	if !ok {
		return 1
	}
	return kind.Size()
}

// Product returns Π dims. ok is false if one is negative or the product
// exceeds any memory.
func Product(dims []int) (n int, ok bool) {
	n = 1
	for _, d := range dims {
		if d < 0 {
			return 0, false
		}
		high, low := bits.Mul64(uint64(n), uint64(d))
		if high > 0 || low > 1<<40 {
			return 0, false
		}
		n = int(low)
	}
	return n, true
}

// IntegersOf returns the numbers of a constant of type int64 or int32. ok is
// false if there is none.
func IntegersOf(known map[string]Message, name string) (values []int, ok bool) {
	t, ok := known[name]
	if ok && t.Field("data_type").Int() == Int32Type {
		return int32Numbers(t), true
	}
	if !ok || t.Field("data_type").Int() != Int64Type {
		return nil, false
	}
	for raw := t.Field("raw_data").Bytes(); len(raw) >= 8; raw = raw[8:] {
		values = append(values, int(binary.LittleEndian.Uint64(raw)))
	}
	list := t.Field("int64_data").List()
	for i := range list.Len() {
		values = append(values, int(list.Get(i).Int()))
	}
	return values, true
}

// int32Numbers returns the numbers of a tensor of type int32.
func int32Numbers(t Message) (values []int) {
	for raw := t.Field("raw_data").Bytes(); len(raw) >= 4; raw = raw[4:] {
		values = append(values, int(int32(binary.LittleEndian.Uint32(raw))))
	}
	list := t.Field("int32_data").List()
	for i := range list.Len() {
		values = append(values, int(list.Get(i).Int()))
	}
	return values
}

// UnpackedIntegers returns integers that are stored one by one instead of as bytes.
func UnpackedIntegers(t Message) (values []int) {
	for _, field := range []protoreflect.Name{"int64_data", "int32_data"} {
		list := t.Field(field).List()
		for i := range list.Len() {
			values = append(values, int(list.Get(i).Int()))
		}
	}
	list := t.Field("uint64_data").List()
	for i := range list.Len() {
		values = append(values, int(list.Get(i).Uint()))
	}
	return values
}

// FloatsIn returns the numbers of a list of floats.
func FloatsIn(list protoreflect.List) (values []float64) {
	for i := range list.Len() {
		values = append(values, list.Get(i).Float())
	}
	return values
}
