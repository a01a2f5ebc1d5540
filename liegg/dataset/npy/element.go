package npy

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"github.com/gomlx/compute/dtypes/float16"
)

// element is a type of values: its size in bytes and how to decode one.
type element struct {
	size    int
	single  bool // whether a float32 holds every value
	inexact bool // some integers have no float64: these are read as +∞
	read    func(order binary.ByteOrder, b []byte) float64
}

// wide returns the size of one value in memory.
func (e element) wide() int64 {
	if e.single {
		return 4
	}
	return 8
}

var elements = map[string]element{
	"b1": {1, true, false, func(_ binary.ByteOrder, b []byte) float64 { return float64(b[0]) }},
	"i1": {1, true, false, func(_ binary.ByteOrder, b []byte) float64 { return float64(int8(b[0])) }},
	"u1": {1, true, false, func(_ binary.ByteOrder, b []byte) float64 { return float64(b[0]) }},
	"i2": {2, true, false, func(o binary.ByteOrder, b []byte) float64 { return float64(int16(o.Uint16(b))) }},
	"u2": {2, true, false, func(o binary.ByteOrder, b []byte) float64 { return float64(o.Uint16(b)) }},
	"i4": {4, false, false, func(o binary.ByteOrder, b []byte) float64 { return float64(int32(o.Uint32(b))) }},
	"u4": {4, false, false, func(o binary.ByteOrder, b []byte) float64 { return float64(o.Uint32(b)) }},
	"i8": {8, false, true, func(o binary.ByteOrder, b []byte) float64 { return exactly(int64(o.Uint64(b))) }},
	"u8": {8, false, true, func(o binary.ByteOrder, b []byte) float64 { return exactly(o.Uint64(b)) }},
	"f2": {2, true, false, func(o binary.ByteOrder, b []byte) float64 { return float64(float16.FromBits(o.Uint16(b)).Float32()) }},
	"f4": {4, true, false, func(o binary.ByteOrder, b []byte) float64 { return float64(math.Float32frombits(o.Uint32(b))) }},
	"f8": {8, false, false, func(o binary.ByteOrder, b []byte) float64 { return math.Float64frombits(o.Uint64(b)) }},
}

// exactly returns v as float64, or +∞ if v may have no exact float64.
func exactly[T int64 | uint64](v T) float64 {
	const most = 1 << 53
	if f := float64(v); f >= -most && f <= most && T(f) == v {
		return f
	}
	return math.Inf(1)
}

// elementOf returns the type of a descr such as "<f8", and its byte order.
func elementOf(descr string) (element, binary.ByteOrder, error) {
	name := strings.TrimLeft(descr, "<>|=")
	e, ok := elements[name]
	switch {
	case ok && strings.HasPrefix(descr, ">"):
		return e, binary.BigEndian, nil
	case ok:
		return e, binary.LittleEndian, nil
	case strings.HasPrefix(name, "O"):
		return e, nil, fmt.Errorf("%w: an object array, which is a pickle and could run code: save numbers, with array.astype(float)", ErrType)
	case strings.HasPrefix(name, "c"):
		return e, nil, fmt.Errorf("%w: complex numbers: save real and imaginary parts as pairs, with numpy.stack([a.real, a.imag], -1)", ErrType)
	}
	return e, nil, fmt.Errorf("%w: type %.20q: save real numbers, with array.astype(float)", ErrType, descr)
}
