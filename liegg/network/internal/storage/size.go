package storage

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/gomlx/compute/dtypes"

	"github.com/liegg/lab/liegg/internal/bounded"
)

// CheckSizes returns an error if the weights in the folder, once unpacked or as claimed by their
// index, are larger than a file may be. GoMLX itself would allocate the memory first.
func CheckSizes(folder string) error {
	budget, err := bounded.Budget(0)
	if err != nil {
		return err
	}
	for pattern, check := range map[string]func(path string, budget int64) error{"checkpoint-*.json": checkIndex, "checkpoint-*.bin": checkWeights} {
		paths, _ := filepath.Glob(filepath.Join(folder, pattern)) // the pattern is well formed
		for _, path := range paths {
			if err := check(path, budget); err != nil {
				return fmt.Errorf("%s: %w", filepath.Base(path), err)
			}
		}
	}
	return nil
}

// checkIndex adds up the sizes of the variables that an index of GoMLX lists.
func checkIndex(path string, budget int64) error {
	text, err := bounded.ReadFile(path, budget)
	if err != nil {
		return err
	}
	var index struct {
		Variables []struct {
			ParameterName string
			Dimensions    []int
			DType         dtypes.DType
		}
	}
	if err := json.Unmarshal(text, &index); err != nil {
		return err
	}
	left := budget
	for _, v := range index.Variables {
		if !v.DType.IsSupported() {
			return fmt.Errorf("%s has no type of numbers that is known", v.ParameterName)
		}
		size := int64(v.DType.Size())
		for _, d := range v.Dimensions {
			if d < 0 || d > 0 && size > budget/int64(d) {
				return fmt.Errorf("%w: the index claims that %s has the shape %d", bounded.ErrBudget, v.ParameterName, v.Dimensions)
			}
			size *= int64(d)
		}
		if left -= size; left < 0 {
			return bounded.Exceeded("by the index the weights take at least", budget-left, budget)
		}
	}
	return nil
}

// checkWeights returns an error if a file of weights unpacks to more than the budget. It unpacks
// the file only if that is possible, and keeps nothing.
func checkWeights(path string, budget int64) error {
	f, size, err := bounded.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if bounded.Unpacked(size) <= budget {
		return nil
	}
	unpacked, err := unpackedSize(f, budget)
	if err == nil && unpacked > budget {
		err = bounded.Exceeded("the weights unpack to at least", unpacked, budget)
	}
	return err
}

// WeightsHeader is the beginning of a file of packed weights. Other files are not packed.
const WeightsHeader = "gomlx_checkpointss\x04gzip"

// unpackedSize returns the number of bytes that weights unpack to, or any number above most.
func unpackedSize(f *os.File, most int64) (int64, error) {
	buffered := bufio.NewReader(f)
	if head, _ := buffered.Peek(len(WeightsHeader)); string(head) != WeightsHeader {
		info, err := f.Stat()
		if err != nil {
			return 0, err
		}
		return info.Size(), nil
	}
	buffered.Discard(len(WeightsHeader))
	r, err := gzip.NewReader(buffered)
	if err != nil {
		return 0, err
	}
	return io.Copy(io.Discard, io.LimitReader(r, most+1))
}
