package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/liegg/lab/liegg/internal/bounded"
)

// Budget is the memory, in bytes, that the values of one array may take, 4 or
// 8 for each. 0 means 1 GiB, or the value of the environment variable
// LIEGG_FILE_BUDGET, in bytes or as in 8GiB.
type Budget int64

// ErrBudget is wrapped by errors of arrays that are larger than their budget.
// The errors give the size.
var ErrBudget = bounded.ErrBudget

// ReadFile reads an .npy file with the default budget; see [Budget.ReadFile].
func ReadFile(path string) (Array, error) { return Budget(0).ReadFile(path) }

// ReadFile reads an .npy file. It returns the errors of [Budget.Open].
func (b Budget) ReadFile(path string) (a Array, err error) {
	err = b.Open(path, a.from)
	return a, err
}

// Open opens an .npy file, reads and checks its header, and calls read with a
// reader of the values. It refuses a file that is shorter than its header
// claims, or larger than the budget, before calling read.
//
// The errors name the file. They are file system errors, including files that
// are not regular; ErrFormat, also if values are missing or data follow them;
// ErrType for objects, strings, complex numbers, records, and integers beyond
// ±2⁵³; ErrBudget; and errors of read.
func (b Budget) Open(path string, read func(*Reader) error) error {
	f, size, err := bounded.Open(path)
	if err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	defer f.Close()
	if err := b.open(f, size, read); err != nil {
		return fmt.Errorf("npy: %s: %w", path, err)
	}
	return nil
}

// open reads an array to the end of r, which has at most most bytes.
func (b Budget) open(r io.Reader, most int64, read func(*Reader) error) error {
	budget, err := bounded.Budget(int64(b))
	if err != nil {
		return err
	}
	h, err := readHeader(r)
	if err != nil {
		return err
	}
	e, order, err := elementOf(h.descr)
	if err != nil {
		return err
	}
	if int64(h.size) > most/int64(e.size) {
		return fmt.Errorf("%w: truncated: the header claims %v = %d values of %d bytes, but there can be at most %d bytes", ErrFormat, h.dims, h.size, e.size, most)
	}
	if wide := e.wide(); int64(h.size) > budget/wide {
		return bounded.Exceeded(fmt.Sprintf("the values, of the shape %v, take", h.dims), int64(h.size)*wide, budget)
	}
	return read(&Reader{Dims: h.dims, Single: e.single, Whole: !strings.HasPrefix(strings.TrimLeft(h.descr, "<>|="), "f"), header: h, element: e, order: order, r: r})
}

// Reader reads the values of one array, once.
type Reader struct {
	// Dims holds the sizes of the axes, outermost first; it is empty for a
	// single number.
	Dims []int
	// Single says that a float32 holds every value. See [Array].
	Single bool
	// Whole says that the file holds integers or truth values.
	Whole bool

	header  header
	element element
	order   binary.ByteOrder
	r       io.Reader
}

// from reads an array.
func (a *Array) from(r *Reader) error {
	a.Dims = r.Dims
	if r.Single {
		a.Float32 = make([]float32, r.header.size)
		return ReadValues(r, a.Float32)
	}
	a.Float64 = make([]float64, r.header.size)
	return ReadValues(r, a.Float64)
}

// ReadValues reads the values of r in row-major order into to. It panics
// unless to has exactly ΠDims elements.
func ReadValues[T float32 | float64](r *Reader, to []T) error {
	if len(to) != r.header.size {
		panic(fmt.Sprintf("npy: room for %d values, but there are %d", len(to), r.header.size))
	}
	next, beyond, size := r.header.places(), -1, r.element.size
	err := stream(r.r, len(to), size, func(b []byte) {
		for ; len(b) > 0; b = b[size:] {
			v, at := r.element.read(r.order, b), next()
			to[at] = T(v)
			if r.element.inexact && math.IsInf(v, 1) && (beyond < 0 || at < beyond) {
				beyond = at
			}
		}
	})
	if err == nil && beyond >= 0 {
		err = fmt.Errorf("%w: the integer at index %d is beyond ±2⁵³: shift or scale the values, or save them as float64", ErrType, beyond)
	}
	return err
}

// places returns, one by one, the row-major indices of values in the order in
// which they are stored.
func (h header) places() func() int {
	at := -1
	if !h.fortran {
		return func() int { at++; return at }
	}
	strides := make([]int, len(h.dims))
	stride := 1
	for axis := len(h.dims) - 1; axis >= 0; axis-- {
		strides[axis] = stride
		stride *= h.dims[axis]
	}
	index, place := make([]int, len(h.dims)), 0
	return func() int {
		at := place
		for axis := range index { // the first axis runs fastest
			place += strides[axis]
			if index[axis]++; index[axis] < h.dims[axis] {
				break
			}
			place -= strides[axis] * h.dims[axis]
			index[axis] = 0
		}
		return at
	}
}

// stream reads n values in blocks, to the end of r.
func stream(r io.Reader, n, size int, decode func([]byte)) error {
	block := make([]byte, size*min(n, 1<<13))
	for left := n; left > 0; {
		part := block[:size*min(left, 1<<13)]
		if got, err := io.ReadFull(r, part); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("%w: truncated: the header claims %d values, but there are %d", ErrFormat, n, n-left+got/size)
		} else if err != nil {
			return err
		}
		decode(part)
		left -= len(part) / size
	}
	switch got, err := io.ReadFull(r, make([]byte, 1)); {
	case got > 0:
		return fmt.Errorf("%w: data follow the %d values that the header claims", ErrFormat, n)
	case err != io.EOF:
		return err // such as the checksum of a zip file
	}
	return nil
}
