// Package table reads and writes the CSV files of studies.
package table

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
)

// Write writes records below the columns of a header. study is the study's name, for the error.
func Write(to io.Writer, study string, header []string, records [][]string) error {
	if err := csv.NewWriter(to).WriteAll(append([][]string{header}, records...)); err != nil {
		return fmt.Errorf("%s: writing the table: %w", study, err)
	}
	return nil
}

// Read reads what Write has written. row is called for each record, and returns pointers to the
// numbers that its fields hold, by their column. The error names the line and the field that is
// wrong.
func Read(from io.Reader, study string, header []string, row func(fields []string) (numbers map[int]any)) error {
	records, err := csv.NewReader(from).ReadAll()
	if err != nil {
		return fmt.Errorf("%s: %w", study, err)
	}
	if len(records) == 0 || !slices.Equal(records[0], header) {
		return fmt.Errorf("%s: the table does not begin with the columns %q: write it by `go run ./liegg/study %s`", study, header, study)
	}
	for i, fields := range records[1:] {
		for at, to := range row(fields) {
			if _, err := fmt.Sscan(fields[at], to); err != nil {
				return fmt.Errorf("%s: line %d: %s is %q: %w", study, i+2, header[at], fields[at], err)
			}
		}
	}
	return nil
}
