package score

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/bounded"
)

// ReadFile reads a file of rows; see [Read]. It must be a regular file of at
// most 1 GiB, or the value of the environment variable LIEGG_FILE_BUDGET.
func ReadFile(path string) ([]Row, error) {
	data, err := bounded.ReadFile(path, 0)
	if err != nil {
		return nil, fmt.Errorf("score: %w", err)
	}
	rows, err := Read(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("score: %s: %w", path, err)
	}
	return rows, nil
}

// Read reads rows that Write wrote, up to 1 GiB, or the value of the
// environment variable LIEGG_FILE_BUDGET, in bytes or as in 8GiB. The error
// names the line.
func Read(r io.Reader) ([]Row, error) {
	data, err := bounded.Contents(r, 0)
	if err != nil {
		return nil, fmt.Errorf("score: %w", err)
	}
	records := bounded.NewRecords(bytes.NewReader(data), bounded.Default)
	c := csv.NewReader(records)
	head, err := c.Read()
	if err != nil {
		return nil, fmt.Errorf("score: the head of the CSV: %w", err)
	}
	if !slices.Equal(head, columns) {
		return nil, fmt.Errorf("score: the CSV has the columns %q instead of %q: write it with `go run ./liegg/study score`", head, columns)
	}
	var rows []Row
	for {
		records.Next()
		fields, err := c.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("score: %w", err)
		}
		row, err := parse(fields)
		if err != nil {
			line, _ := c.FieldPos(0)
			return nil, fmt.Errorf("score: line %d: %w", line, err)
		}
		rows = append(rows, row)
	}
}

// parse reads the fields of a row in the order of columns.
func parse(f []string) (row Row, err error) {
	row = Row{Case: f[0], Lie: f[5], Name: f[8]}
	if row.Kind, err = ParseKind(f[1]); err != nil {
		return row, err
	}
	if row.Seed, err = strconv.ParseUint(f[2], 10, 64); err != nil {
		return row, err
	}
	for i, to := range map[int]*int{3: &row.K, 4: &row.Truth, 7: &row.Dim} {
		if *to, err = strconv.Atoi(f[i]); err != nil {
			return row, err
		}
	}
	for i, to := range map[int]*float64{10: &row.Defect, 11: &row.Next, 12: &row.Angle, 13: &row.Unexplained, 14: &row.Seconds} {
		if *to, err = strconv.ParseFloat(f[i], 64); err != nil {
			return row, err
		}
	}
	if row.Answer, err = liegg.ParseAnswer(f[6]); err != nil {
		return row, err
	}
	if outcome := row.Outcome(); string(outcome) != f[9] {
		return row, fmt.Errorf("the outcome is %q, but by the other columns %q: the line has changed since it was written", f[9], outcome)
	}
	if f[15] != "" {
		row.Reasons = strings.Split(f[15], "; ")
	}
	if f[16] != "" {
		row.Ladder = strings.Split(f[16], betweenRungs)
	}
	return row, nil
}
