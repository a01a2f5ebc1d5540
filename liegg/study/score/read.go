package score

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/liegg/lab/liegg"
)

// Read reads rows that Write wrote. The error says in which line something is
// wrong.
func Read(r io.Reader) ([]Row, error) {
	c := csv.NewReader(r)
	head, err := c.Read()
	if err != nil {
		return nil, fmt.Errorf("score: the head of the CSV: %w", err)
	}
	if !slices.Equal(head, columns) {
		return nil, fmt.Errorf("score: the CSV has the columns %q, want %q: write it with `go run ./liegg/study score`", head, columns)
	}
	var rows []Row
	for {
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
	if f[15] != "" {
		row.Reasons = strings.Split(f[15], "; ")
	}
	return row, nil
}
