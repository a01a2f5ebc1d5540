// Package npy reads and writes the array files of NumPy, .npy and .npz.
//
// Files from elsewhere may be truncated, huge or hostile. Only regular files
// are read, and an array must fit into a [Budget] of memory. No memory is
// allocated for a header that promises more than its file can hold. Object
// arrays are refused, because they are pickles and could run code. Names
// inside an .npz are never used as paths. (github.com/sbinet/npyio v0.9.0 trusts
// headers: it allocates what they promise, reads a shape that overflows or is
// negative as no values, and panics on a cut header.)
//
// Source of the format: NumPy Enhancement Proposal 1, "A Simple File Format
// for NumPy Arrays", and numpy.lib.format, versions 1.0 to 3.0.
package npy

import (
	"errors"
	"math/bits"
)

// The errors of reading. They come wrapped with the details.
var (
	// ErrFormat: not a complete .npy or .npz file.
	ErrFormat = errors.New("not a complete NumPy file")
	// ErrType: values that are not real numbers, or that no float64 holds.
	ErrType = errors.New("values that cannot be used")
)

// Array is an array of real numbers in row-major order, the last axis running
// fastest.
type Array struct {
	// Dims holds the sizes of the axes, outermost first; it is empty for a
	// single number.
	Dims []int
	// Float32 or Float64 holds the ΠDims values; the other one is nil. Values
	// of type float16, float32, bool and integers of 8 and 16 bits are read
	// as float32, which holds them exactly, all others as float64.
	Float32 []float32
	Float64 []float64
}

// Of returns an array of float64 values. It panics unless there are ΠDims of
// them.
func Of(values []float64, dims ...int) Array {
	if n, ok := product(dims); !ok || n != len(values) {
		panic("npy: values must be as many as dims say")
	}
	return Array{Dims: dims, Float64: values}
}

// Len returns the number of values, ΠDims.
func (a Array) Len() int { return max(len(a.Float32), len(a.Float64)) }

// Values returns the values as float64: the array's own slice, or a copy.
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

// product returns Π dims. ok is false if one is negative or the product
// overflows.
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
