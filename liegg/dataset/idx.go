package dataset

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrIDX is wrapped by every error of [ReadIDX], and so by those of [ReadIDXFile] once the file is open.
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

// ReadIDXFile reads an idx file, plain or gzipped; see [ReadIDX]. Its errors name the file and say what to do.
func ReadIDXFile(path string, limit int) (IDX, error) {
	file, err := os.Open(path)
	if err != nil {
		return IDX{}, fmt.Errorf("dataset: opening an idx file: %w", err)
	}
	defer file.Close()
	array, err := ReadIDX(file, limit)
	if err != nil {
		return IDX{}, fmt.Errorf("dataset: %s: %w; fetch the file again from its source", path, err)
	}
	return array, nil
}

// ReadIDX reads an array of unsigned bytes in the idx format, plain or gzipped, up to the end of r. The array may have
// at most limit values; memory is taken as the values arrive, whatever the header promises. It returns an error that
// wraps [ErrIDX] if the magic number is wrong, the sizes exceed the limit, values are missing, or anything follows
// them; the error of r or of gzip is wrapped too if reading fails.
//
// Source of the format: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits". The magic number
// is 0, 0, type, rank; the sizes are big-endian 32-bit numbers.
func ReadIDX(r io.Reader, limit int) (IDX, error) {
	buffered := bufio.NewReader(r)
	if head, _ := buffered.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return IDX{}, fmt.Errorf("%w: broken gzip header: %w", ErrIDX, err)
		}
		return decodeIDX(unzipped, limit)
	}
	return decodeIDX(buffered, limit)
}

func decodeIDX(r io.Reader, limit int) (IDX, error) {
	dims, size, err := readIDXHeader(r, limit)
	if err != nil {
		return IDX{}, err
	}
	var data bytes.Buffer
	got, err := io.Copy(&data, io.LimitReader(r, int64(size)))
	if got < int64(size) && (err == nil || errors.Is(err, io.ErrUnexpectedEOF)) {
		return IDX{}, fmt.Errorf("%w: truncated: the header promises %d values, %d are there", ErrIDX, size, got)
	}
	if err != nil {
		return IDX{}, fmt.Errorf("%w: after %d of %d values: %w", ErrIDX, got, size, err)
	}
	// The look past the end also makes gzip compare its checksum.
	switch n, err := io.ReadFull(r, make([]byte, 1)); {
	case n > 0:
		return IDX{}, fmt.Errorf("%w: something follows the %d values that the header promises", ErrIDX, size)
	case err != io.EOF:
		return IDX{}, fmt.Errorf("%w: after the %d values: %w", ErrIDX, size, err)
	}
	return IDX{Dims: dims, Data: data.Bytes()}, nil
}

// readIDXHeader returns the sizes of the axes and their product, which is at most limit.
func readIDXHeader(r io.Reader, limit int) (dims []int, size int, err error) {
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
		if d > 0 && size > limit/int(d) {
			return nil, 0, fmt.Errorf("%w: the header claims sizes %d, more than the limit of %d values", ErrIDX, raw, limit)
		}
		size *= int(d)
		dims = append(dims, int(d))
	}
	return dims, size, nil
}
