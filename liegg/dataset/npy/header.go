package npy

import (
	"encoding/binary"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

const (
	magic     = "\x93NUMPY"
	maxHeader = 10_000 // bytes; NumPy itself refuses longer ones
	maxRank   = 32     // as in NumPy before 2.0
)

// header describes the values of an .npy file.
type header struct {
	descr   string // type, such as "<f8"
	fortran bool   // the first axis runs fastest
	dims    []int
	size    int // Π dims
}

var (
	descrField   = regexp.MustCompile(`'descr'\s*:\s*('[^']*'|\[)`)
	fortranField = regexp.MustCompile(`'fortran_order'\s*:\s*(True|False)`)
	shapeField   = regexp.MustCompile(`'shape'\s*:\s*\(([^)]*)\)`)
)

// readHeader reads up to the first value.
func readHeader(r io.Reader) (h header, err error) {
	text, err := headerText(r)
	if err != nil {
		return h, err
	}
	descr, fortran, shape := descrField.FindStringSubmatch(text), fortranField.FindStringSubmatch(text), shapeField.FindStringSubmatch(text)
	if descr == nil || fortran == nil || shape == nil {
		return h, fmt.Errorf("%w: the header is %.80q", ErrFormat, text)
	}
	if descr[1] == "[" {
		return h, fmt.Errorf("%w: a structured array: save each field as an array of its own", ErrType)
	}
	h.descr, h.fortran = strings.Trim(descr[1], "'"), fortran[1] == "True"
	if h.dims, err = parseShape(shape[1]); err != nil {
		return h, err
	}
	var ok bool
	if h.size, ok = product(h.dims); !ok {
		return h, fmt.Errorf("%w: the header claims the shape %v", ErrFormat, h.dims)
	}
	return h, nil
}

func headerText(r io.Reader) (string, error) {
	var start [8]byte
	if _, err := io.ReadFull(r, start[:]); err != nil || string(start[:6]) != magic {
		return "", fmt.Errorf("%w: it does not begin like an .npy file", ErrFormat)
	}
	length, err := headerLength(r, start[6])
	if err != nil {
		return "", err
	}
	if length > maxHeader {
		return "", fmt.Errorf("%w: a header of %d bytes; at most %d are allowed", ErrFormat, length, maxHeader)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(r, text); err != nil {
		return "", fmt.Errorf("%w: truncated within the header", ErrFormat)
	}
	return string(text), nil
}

// headerLength reads the length: two bytes in version 1, four bytes later.
func headerLength(r io.Reader, version byte) (int, error) {
	if version < 1 || version > 3 {
		return 0, fmt.Errorf("%w: version %d of the format; 1 to 3 are supported", ErrFormat, version)
	}
	var length [4]byte
	used := length[:2]
	if version > 1 {
		used = length[:]
	}
	if _, err := io.ReadFull(r, used); err != nil {
		return 0, fmt.Errorf("%w: truncated before the header", ErrFormat)
	}
	return int(binary.LittleEndian.Uint32(length[:])), nil
}

// parseShape parses the text between the brackets of a Python tuple.
func parseShape(text string) ([]int, error) {
	dims := []int{}
	for field := range strings.SplitSeq(text, ",") {
		field = strings.TrimSuffix(strings.TrimSpace(field), "L") // Python 2 wrote long integers like this
		if field == "" {
			continue
		}
		d, err := strconv.Atoi(field)
		if err != nil || d < 0 || len(dims) == maxRank {
			return nil, fmt.Errorf("%w: the header claims the shape (%.80s)", ErrFormat, text)
		}
		dims = append(dims, d)
	}
	return dims, nil
}
