// Package npy reads and writes the array files of NumPy, .npy and .npz.
//
// Files come from elsewhere and may be truncated, huge or hostile. Only regular files
// are read, and an array must fit into a [Budget] of memory; a header that promises
// more than its file can hold is refused before memory is taken. Object arrays, which
// are pickles and could run code, are refused. Names inside an .npz are names and never
// paths.
// (github.com/sbinet/npyio, tried at v0.6.0, reads truncated files as zeros, and
// panics or takes gigabytes at the word of a header.)
//
// Source of the format: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy
// Arrays", and numpy.lib.format, versions 1.0 to 3.0.
package npy

import (
	"errors"
	"math/bits"
)

// The errors of reading; they come wrapped with what was found.
var (
	// ErrFormat: not a whole .npy or .npz file.
	ErrFormat = errors.New("not a whole NumPy file")
	// ErrType: values that are no real numbers, or that no float64 holds.
	ErrType = errors.New("values that cannot be used")
)

// Array is an array of real numbers in row-major order, the last axis running
// fastest.
type Array struct {
	// Dims are its sizes, outermost first; none for a single number.
	Dims []int
	// Float32 or Float64 are its ΠDims values; the other one is nil. Values of type
	// float16, float32, bool and integers of 8 and 16 bits are read as float32,
	// which holds them exactly, all others as float64.
	Float32 []float32
	Float64 []float64
}

// Of is an array of float64 values. It panics unless there are ΠDims of them.
func Of(values []float64, dims ...int) Array {
	if n, ok := product(dims); !ok || n != len(values) {
		panic("npy: values must be as many as dims say")
	}
	return Array{Dims: dims, Float64: values}
}

// Len is the number of values, ΠDims.
func (a Array) Len() int { return max(len(a.Float32), len(a.Float64)) }

// Values are the values as float64: those of the array itself, or a copy.
func (a Array) Values() []float64 {
	if a.Float32 == nil {
		return a.Float64
	}
	wide := make([]float64, len(a.Float32))
	for i, v := range a.Float32 {
		wide[i] = float64(v)
	}
	return wide
}

// product is Π dims; ok is false where one is negative or the product overflows.
func product(dims []int) (n int, ok bool) {
	n = 1
	for _, d := range dims {
		high, low := bits.Mul64(uint64(n), uint64(d))
		if d < 0 || high > 0 || low > 1<<60 {
			return 0, false
		}
		n = int(low)
	}
	return n, true
}
