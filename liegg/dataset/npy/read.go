package npy

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
)

// ReadFile reads an .npy file. The errors are those of the file system, ErrFormat
// and ErrType, and name the file. A file that is shorter than its header claims is
// refused before memory is taken for it.
func ReadFile(path string) (Array, error) {
	f, err := os.Open(path)
	if err != nil {
		return Array{}, fmt.Errorf("npy: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Array{}, fmt.Errorf("npy: %w", err)
	}
	a, err := Read(f, int(min(info.Size(), math.MaxInt)))
	if err != nil {
		return Array{}, fmt.Errorf("npy: %s: %w", path, err)
	}
	return a, nil
}

// Read reads an array to the end of r. It may have at most limit values; memory is
// taken as they arrive. The errors are ErrFormat, also where values are missing or
// anything follows them; ErrType for objects, strings, complex numbers, records, and
// integers beyond ±2⁵³; and those of r.
func Read(r io.Reader, limit int) (Array, error) {
	h, err := readHeader(r)
	if err != nil {
		return Array{}, err
	}
	e, order, err := elementOf(h.descr)
	if err != nil {
		return Array{}, err
	}
	if h.size > limit {
		return Array{}, fmt.Errorf("%w: the header claims %v = %d values, more than the %d that there can be", ErrFormat, h.dims, h.size, limit)
	}
	a := Array{Dims: h.dims}
	decode := func(b []byte) {
		for ; len(b) > 0; b = b[e.size:] {
			if v := e.read(order, b); e.single {
				a.Float32 = append(a.Float32, float32(v))
			} else {
				a.Float64 = append(a.Float64, v)
			}
		}
	}
	if err := stream(r, h.size, e.size, decode); err != nil {
		return Array{}, err
	}
	if i := slices.Index(a.Float64, math.Inf(1)); e.wide && i >= 0 {
		return Array{}, fmt.Errorf("%w: the integer at place %d is beyond ±2⁵³: shift or scale the values, or save them as float64", ErrType, i)
	}
	if h.fortran {
		a.Float32, a.Float64 = rowMajor(a.Float32, h.dims), rowMajor(a.Float64, h.dims)
	}
	return a, nil
}

// stream reads n values in blocks, to the end of r.
func stream(r io.Reader, n, size int, decode func([]byte)) error {
	block := make([]byte, size*min(n, 1<<13))
	for left := n; left > 0; {
		part := block[:size*min(left, 1<<13)]
		if got, err := io.ReadFull(r, part); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("%w: truncated: the header claims %d values, %d are there", ErrFormat, n, n-left+got/size)
		} else if err != nil {
			return err
		}
		decode(part)
		left -= len(part) / size
	}
	switch got, err := io.ReadFull(r, make([]byte, 1)); {
	case got > 0:
		return fmt.Errorf("%w: something follows the %d values that the header claims", ErrFormat, n)
	case err != io.EOF:
		return err // such as the checksum of a zip file
	}
	return nil
}

// rowMajor lays values in which the first axis runs fastest with the last one
// fastest.
func rowMajor[T any](values []T, dims []int) []T {
	if values == nil {
		return nil
	}
	turned := make([]T, len(values))
	index := make([]int, len(dims))
	for _, v := range values {
		at := 0
		for axis, i := range index {
			at = at*dims[axis] + i
		}
		turned[at] = v
		for axis := range index {
			if index[axis]++; index[axis] < dims[axis] {
				break
			}
			index[axis] = 0
		}
	}
	return turned
}
