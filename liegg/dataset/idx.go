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

// ErrIDX is wrapped by errors about the contents of a file that [ReadIDXFile]
// has opened, except for an exceeded budget.
var ErrIDX = errors.New("not a complete idx file")

const (
	idxUnsignedByte = 0x08 // type code in the third byte of the magic number
	idxMaxRank      = 8    // the format allows 255, far more than our data sets need
)

// IDX is an array of unsigned bytes from an idx file.
type IDX struct {
	// Dims holds the sizes of the axes, outermost first.
	Dims []int
	// Data holds the ΠDims values, with the last axis running fastest.
	Data []byte
}

// ReadIDXFile reads an idx file, plain or gzipped, with the default budget; see [Budget.ReadIDXFile].
func ReadIDXFile(path string) (IDX, error) { return Budget(0).ReadIDXFile(path) }

// ReadIDXFile reads an array of unsigned bytes in the idx format, plain or
// gzipped. No memory is allocated for a file whose header promises more
// values than the file can hold, even compressed, or more than the budget.
//
// The errors name the file. File system errors include files that are not
// regular. Errors wrap [ErrBudget] if there are more values than the budget
// has bytes, and [ErrIDX] if the magic number is wrong, the sizes overflow,
// values are missing, data follow them, or gzip cannot unpack them.
//
// Source of the format: Y. LeCun, C. Cortes, C. Burges, "The MNIST database
// of handwritten digits". The magic number is 0, 0, type, rank; the sizes are
// big-endian 32-bit numbers.
func (b Budget) ReadIDXFile(path string) (IDX, error) {
	file, size, err := bounded.Open(path)
	if err != nil {
		return IDX{}, fmt.Errorf("dataset: opening an idx file: %w", err)
	}
	defer file.Close()
	array, err := b.readIDX(file, size)
	if errors.Is(err, ErrIDX) {
		err = fmt.Errorf("%w; download the file again from its source", err)
	}
	if err != nil {
		return IDX{}, fmt.Errorf("dataset: %s: %w", path, err)
	}
	return array, nil
}

// readIDX reads to the end of r, which has size bytes.
func (b Budget) readIDX(r io.Reader, size int64) (IDX, error) {
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
		return decodeIDX(unzipped, bounded.Unpacked(size), budget)
	}
	return decodeIDX(buffered, size, budget)
}

// decodeIDX reads to the end of r, which has at most most bytes.
func decodeIDX(r io.Reader, most, budget int64) (IDX, error) {
	dims, size, err := readIDXHeader(r)
	if err != nil {
		return IDX{}, err
	}
	if size > most {
		return IDX{}, fmt.Errorf("%w: truncated: the header promises %d values, but the file can hold at most %d bytes", ErrIDX, size, most)
	}
	if size > budget {
		return IDX{}, bounded.Exceeded(fmt.Sprintf("the values, of the sizes %d, take", dims), size, budget)
	}
	data := make([]byte, size)
	switch got, err := io.ReadFull(r, data); {
	case err == io.EOF && size > 0, errors.Is(err, io.ErrUnexpectedEOF):
		return IDX{}, fmt.Errorf("%w: truncated: the header promises %d values, but there are %d", ErrIDX, size, got)
	case err != nil:
		return IDX{}, fmt.Errorf("%w: after %d of %d values: %w", ErrIDX, got, size, err)
	}
	// Reading past the end also makes gzip verify its checksum.
	switch n, err := io.ReadFull(r, make([]byte, 1)); {
	case n > 0:
		return IDX{}, fmt.Errorf("%w: data follow the %d values that the header promises", ErrIDX, size)
	case err != io.EOF:
		return IDX{}, fmt.Errorf("%w: after the %d values: %w", ErrIDX, size, err)
	}
	return IDX{Dims: dims, Data: data}, nil
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
		// Dividing avoids overflow.
		if d > 0 && size > math.MaxInt64/int64(d) {
			return nil, 0, fmt.Errorf("%w: the header claims sizes %d, whose product overflows", ErrIDX, raw)
		}
		size *= int64(d)
		dims = append(dims, int(d))
	}
	return dims, size, nil
}
