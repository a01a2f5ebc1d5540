package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/liegg/lab/liegg/internal/bounded"
)

// Budget is how many bytes of memory the values of one array may take, 4 or 8 for each. 0 stands for 1 GiB, or for what
// the environment variable LIEGG_FILE_BUDGET says in bytes or as in 8GiB.
type Budget int64

// ErrBudget is wrapped by the errors of arrays that are larger than their budget; they tell the size.
var ErrBudget = bounded.ErrBudget

// ReadFile reads an .npy file with the default budget; see [Budget.ReadFile].
func ReadFile(path string) (Array, error) { return Budget(0).ReadFile(path) }

// ReadFile reads an .npy file. The errors are those of the file system, also for what is no regular file, ErrFormat,
// ErrType and ErrBudget, and name the file. A file that is shorter than its header claims, or larger than the budget, is
// refused before memory is taken for it.
func (b Budget) ReadFile(path string) (Array, error) {
	budget, err := bounded.Budget(int64(b))
	if err != nil {
		return Array{}, fmt.Errorf("npy: %w", err)
	}
	f, size, err := bounded.Open(path)
	if err != nil {
		return Array{}, fmt.Errorf("npy: %w", err)
	}
	defer f.Close()
	a, err := source{f, budget, size, true}.array()
	if err != nil {
		return Array{}, fmt.Errorf("npy: %s: %w", path, err)
	}
	return a, nil
}

// Read reads an array to the end of r. Memory is taken as the values arrive. The errors are ErrFormat, also where values
// are missing or anything follows them; ErrType for objects, strings, complex numbers, records, and integers beyond ±2⁵³;
// ErrBudget; and those of r. An array that the header says is in Fortran order takes the budget twice for a moment.
func (b Budget) Read(r io.Reader) (Array, error) {
	budget, err := bounded.Budget(int64(b))
	if err != nil {
		return Array{}, err
	}
	return source{r, budget, math.MaxInt64, false}.array()
}

// source is where the bytes of an array come from.
type source struct {
	io.Reader
	budget int64 // bytes that the array may take in memory
	most   int64 // bytes that the source can give
	there  bool  // a file stands behind most, so that memory may be taken at once
}

func (s source) array() (Array, error) {
	h, err := readHeader(s)
	if err != nil {
		return Array{}, err
	}
	e, order, err := elementOf(h.descr)
	if err != nil {
		return Array{}, err
	}
	if err := s.check(h, e); err != nil {
		return Array{}, err
	}
	a := Array{Dims: h.dims}
	if s.there {
		a.reserve(h.size, e.single)
	}
	if err := stream(s, h.size, e.size, func(b []byte) { a.extend(b, e, order) }); err != nil {
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

// reserve takes memory for n values.
func (a *Array) reserve(n int, single bool) {
	if single {
		a.Float32 = make([]float32, 0, n)
	} else {
		a.Float64 = make([]float64, 0, n)
	}
}

// extend appends the values whose bytes are b.
func (a *Array) extend(b []byte, e element, order binary.ByteOrder) {
	for ; len(b) > 0; b = b[e.size:] {
		if v := e.read(order, b); e.single {
			a.Float32 = append(a.Float32, float32(v))
		} else {
			a.Float64 = append(a.Float64, v)
		}
	}
}

// check refuses by the header what the source cannot hold and what the budget does not allow.
func (s source) check(h header, e element) error {
	if int64(h.size) > s.most/int64(e.size) {
		return fmt.Errorf("%w: truncated: the header claims %v = %d values of %d bytes, and there can be %d bytes at most", ErrFormat, h.dims, h.size, e.size, s.most)
	}
	wide := int64(8)
	if e.single {
		wide = 4
	}
	if int64(h.size) > s.budget/wide {
		return bounded.Exceeded(fmt.Sprintf("the values, of the shape %v, take", h.dims), int64(h.size)*wide, s.budget)
	}
	return nil
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
