package dataset

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/gomlx/gomlx/core/tensors"
)

// ReadCSV reads columns of a table of numbers as a tensor [N, columns] float64, in the order they are named in; without
// names it reads all of them. The first line holds the names of the columns, unless all of it are numbers: then columns go
// by their places, "1" being the first.
//
// The errors are those of the file system, and wrap [ErrFile] with line and column for a field that is no finite number, a
// line of another length, a name that is not there or there twice, and a table without a line of numbers.
func ReadCSV(path string, columns ...string) (*tensors.Tensor, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	defer file.Close()
	values, width, err := readCSV(file, columns)
	if err != nil {
		return nil, fmt.Errorf("dataset: %s: %w: %w", path, ErrFile, err)
	}
	return tensors.FromFlatDataAndDimensions(values, len(values)/width, width), nil
}

// readCSV returns the values of columns, line by line, and how many columns there are.
func readCSV(r io.Reader, columns []string) (values []float64, width int, err error) {
	table := csv.NewReader(withoutMark(r))
	table.ReuseRecord = true
	fields, err := table.Read()
	if err == io.EOF {
		return nil, 0, errors.New("the file is empty")
	}
	if err != nil {
		return nil, 0, err
	}
	names, named := header(fields)
	places, err := placesOf(columns, names)
	if err != nil {
		return nil, 0, err
	}
	if named {
		fields, err = table.Read()
	}
	for ; err == nil; fields, err = table.Read() {
		for _, p := range places {
			v, err := strconv.ParseFloat(strings.TrimSpace(fields[p]), 64)
			if err != nil || v-v != 0 { // v−v is NaN for NaN and ±Inf
				line, _ := table.FieldPos(p)
				return nil, 0, fmt.Errorf("line %d, column %q: %.40q is no finite number", line, names[p], fields[p])
			}
			values = append(values, v)
		}
	}
	if err != io.EOF {
		return nil, 0, err
	}
	if len(values) == 0 {
		return nil, 0, errors.New("there is no line of numbers")
	}
	return values, len(places), nil
}

// withoutMark skips the byte-order mark that spreadsheets begin with.
func withoutMark(r io.Reader) io.Reader {
	buffered := bufio.NewReader(r)
	if mark, _ := buffered.Peek(3); string(mark) == "\ufeff" {
		buffered.Discard(3)
	}
	return buffered
}

// header returns the names that the first line holds; a line of numbers has none, and its columns go by their places.
func header(fields []string) (names []string, named bool) {
	for i, field := range fields {
		if _, err := strconv.ParseFloat(strings.TrimSpace(field), 64); err != nil {
			named = true
		}
		names = append(names, strconv.Itoa(i+1))
	}
	if named {
		for i, field := range fields {
			names[i] = strings.TrimSpace(field)
		}
	}
	return names, named
}

// placesOf finds columns among names, each of which must be there once; no columns stand for all.
func placesOf(columns, names []string) ([]int, error) {
	var places []int
	if len(columns) == 0 {
		for i := range names {
			places = append(places, i)
		}
	}
	for _, c := range columns {
		i := slices.Index(names, c)
		if i < 0 || slices.Contains(names[i+1:], c) {
			return nil, fmt.Errorf("the column %q must be there once; the columns are %.400q", c, names)
		}
		places = append(places, i)
	}
	return places, nil
}
