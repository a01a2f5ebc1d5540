package dataset

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/liegg/lab/liegg/internal/bounded"
)

// ErrIDX is wrapped by the errors of [ReadIDXFile] once the file is open, and by those of [Budget.ReadIDX], unless the file
// exceeds its budget.
var ErrIDX = errors.New("not a whole idx file")

const (
	idxUnsignedByte = 0x08 // the type code of the third byte of the magic number
	idxMaxRank      = 8    // the format allows 255, which no data set of ours comes near
)

// IDX is an array of unsigned bytes, as an idx file holds it.
type IDX struct {
	// Dims are its sizes, outermost first.
	Dims []int
	// Data are its ΠDims values, the last axis running fastest.
	Data []byte
}

// ReadIDXFile reads an idx file, plain or gzipped, with the default budget; see [Budget.ReadIDXFile].
func ReadIDXFile(path string) (IDX, error) { return Budget(0).ReadIDXFile(path) }

// ReadIDXFile reads an idx file, plain or gzipped; see [Budget.ReadIDX]. The errors name the file and say what to do.
func (b Budget) ReadIDXFile(path string) (IDX, error) {
	file, _, err := bounded.Open(path)
	if err != nil {
		return IDX{}, fmt.Errorf("dataset: opening an idx file: %w", err)
	}
	defer file.Close()
	array, err := b.ReadIDX(file)
	if errors.Is(err, ErrIDX) {
		err = fmt.Errorf("%w; fetch the file again from its source", err)
	}
	if err != nil {
		return IDX{}, fmt.Errorf("dataset: %s: %w", path, err)
	}
	return array, nil
}

// ReadIDX reads an array of unsigned bytes in the idx format, plain or gzipped, up to the end of r. Memory is taken as
// the values arrive, whatever the header promises. The error wraps [ErrBudget] if there are more values than the budget
// has bytes. It wraps [ErrIDX] if the magic number is wrong, the sizes overflow, values are missing, or anything follows
// them; the error of r or of gzip is wrapped too if reading fails.
//
// Source of the format: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits". The magic number
// is 0, 0, type, rank; the sizes are big-endian 32-bit numbers.
func (b Budget) ReadIDX(r io.Reader) (IDX, error) {
	budget, err := bounded.Budget(int64(b))
	if err != nil {
		return IDX{}, err
	}
	buffered := bufio.NewReader(r)
	if head, _ := buffered.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return IDX{}, fmt.Errorf("%w: broken gzip header: %w", ErrIDX, err)
		}
		return decodeIDX(unzipped, budget)
	}
	return decodeIDX(buffered, budget)
}

func decodeIDX(r io.Reader, budget int64) (IDX, error) {
	dims, size, err := readIDXHeader(r)
	if err != nil {
		return IDX{}, err
	}
	if size > budget {
		return IDX{}, bounded.Exceeded(fmt.Sprintf("the values, of the sizes %d, take", dims), size, budget)
	}
	data, err := readUpTo(r, size)
	if got := len(data); int64(got) < size && (err == nil || errors.Is(err, io.ErrUnexpectedEOF)) {
		return IDX{}, fmt.Errorf("%w: truncated: the header promises %d values, %d are there", ErrIDX, size, got)
	}
	if err != nil {
		return IDX{}, fmt.Errorf("%w: after %d of %d values: %w", ErrIDX, len(data), size, err)
	}
	// The look past the end also makes gzip compare its checksum.
	switch n, err := io.ReadFull(r, make([]byte, 1)); {
	case n > 0:
		return IDX{}, fmt.Errorf("%w: something follows the %d values that the header promises", ErrIDX, size)
	case err != io.EOF:
		return IDX{}, fmt.Errorf("%w: after the %d values: %w", ErrIDX, size, err)
	}
	return IDX{Dims: dims, Data: data}, nil
}

// readUpTo reads size bytes, or as many as there are. It takes memory as they arrive, and never for more than size.
func readUpTo(r io.Reader, size int64) (data []byte, err error) {
	const first = 64 << 10
	for err == nil && int64(len(data)) < size {
		larger := make([]byte, min(size, max(first, 2*int64(len(data)))))
		have := copy(larger, data)
		var got int
		got, err = io.ReadFull(r, larger[have:])
		data = larger[:have+got]
	}
	if err == io.EOF {
		err = nil
	}
	return data, err
}

// readIDXHeader returns the sizes of the axes and their product.
func readIDXHeader(r io.Reader) (dims []int, size int64, err error) {
	var magic [4]byte
	if _, err := io.ReadFull(r, magic[:]); err != nil {
		return nil, 0, fmt.Errorf("%w: the magic number is missing: %w", ErrIDX, err)
	}
	if magic[0] != 0 || magic[1] != 0 || magic[2] != idxUnsignedByte || magic[3] < 1 || magic[3] > idxMaxRank {
		return nil, 0, fmt.Errorf("%w: magic number %#08x, want 0x0000%02xRR with rank RR in 1…%d (unsigned bytes)",
			ErrIDX, magic, idxUnsignedByte, idxMaxRank)
	}
	raw := make([]uint32, magic[3])
	if err := binary.Read(r, binary.BigEndian, raw); err != nil {
		return nil, 0, fmt.Errorf("%w: truncated among its %d sizes: %w", ErrIDX, len(raw), err)
	}
	size = 1
	for _, d := range raw {
		// Dividing keeps clear of overflow.
		if d > 0 && size > math.MaxInt64/int64(d) {
			return nil, 0, fmt.Errorf("%w: the header claims sizes %d, whose product is no number of values", ErrIDX, raw)
		}
		size *= int64(d)
		dims = append(dims, int(d))
	}
	return dims, size, nil
}
