package sweep

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// digestColumn is the last column: a digest of the others, by which a row
// that has changed on disk is noticed. Tables of earlier versions do not have
// it.
const digestColumn = "digest"

func columnNames() []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return names
}

// rowDigest returns the digest of the other fields of a row, 16 hexadecimal
// digits.
func rowDigest(fields []string) string { return digest(fields)[:16] }

// Encode writes rows as lines of CSV, without a header: the result of a job
// as bytes, for Decode elsewhere. Numbers have six digits. The last field of
// each line is a digest of the others.
func Encode(rows ...Row) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, r := range rows {
		fields := make([]string, len(columns))
		for i, c := range columns {
			fields[i] = c.get(&r)
		}
		w.Write(append(fields, rowDigest(fields))) // a buffer accepts everything
	}
	w.Flush()
	return b.Bytes()
}

// Decode reads what Encode wrote. The error wraps ErrDamaged and says which
// lines are wrong, and how.
func Decode(data []byte) ([]Row, error) {
	lines, err := decode(data, 1, true)
	rows := make([]Row, len(lines))
	for i, l := range lines {
		rows[i] = l.Row
	}
	return rows, err
}

// ErrDamaged is wrapped by errors that name the lines of a table that cannot
// be read, or whose digest says that they have changed since they were
// written.
var ErrDamaged = errors.New("damaged rows")

// line is a row with its line number in a file, from 1.
type line struct {
	Row
	number int
}

// decode reads lines, with digests or without. first is the line number of
// the first one in its file.
func decode(data []byte, first int, digests bool) ([]line, error) {
	var whole []line
	var damage damage
	for text := range bytes.Lines(data) {
		row, err := decodeLine(text, digests)
		if err != nil {
			damage = append(damage, damaged{first, err})
		} else if len(bytes.TrimSpace(text)) > 0 {
			whole = append(whole, line{row, first})
		}
		first++
	}
	if len(damage) > 0 {
		return nil, damage
	}
	return whole, nil
}

// decodeLine reads one line. An empty line gives neither a row nor an error.
func decodeLine(text []byte, digests bool) (row Row, err error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return row, nil
	}
	r := csv.NewReader(bytes.NewReader(text))
	fields, err := r.Read()
	if parse := (*csv.ParseError)(nil); errors.As(err, &parse) {
		return row, fmt.Errorf("column %d: %w", parse.Column, parse.Err)
	}
	if err != nil {
		return row, err
	}
	own := fields
	if digests {
		own = fields[:len(fields)-1]
	}
	if len(own) != len(columns) && len(own) != withoutFlows {
		return row, fmt.Errorf("%d fields instead of %d", len(fields), len(columns)+len(fields)-len(own))
	}
	if digests && rowDigest(own) != fields[len(own)] {
		return row, fmt.Errorf("its digest is %s, but the line says %.20q: it has changed since it was written", rowDigest(own), fields[len(own)])
	}
	if len(own) == withoutFlows {
		own = append(slices.Clone(own), "", "0", "", "", "")
	}
	for i, c := range columns {
		if err := c.set(&row, own[i]); err != nil {
			return row, fmt.Errorf("column %s: %w", c.name, err)
		}
	}
	return row, nil
}

// damage lists everything that is wrong with a file's lines.
type damage []damaged

// damaged says what is wrong with one line.
type damaged struct {
	number int
	err    error
}

// Error reports the first of the lines.
func (d damage) Error() string {
	const most = 5
	var parts []string
	for _, l := range d[:min(most, len(d))] {
		parts = append(parts, fmt.Sprintf("line %d: %v", l.number, l.err))
	}
	if len(d) > most {
		parts = append(parts, fmt.Sprintf("and %d more lines", len(d)-most))
	}
	return fmt.Sprintf("%v: %s", ErrDamaged, strings.Join(parts, "; "))
}

// Unwrap returns ErrDamaged, and what is wrong with each line.
func (d damage) Unwrap() []error {
	all := []error{ErrDamaged}
	for _, l := range d {
		all = append(all, l.err)
	}
	return all
}

// advice says how to remove the damaged lines of a table.
func (d damage) advice(path string) string {
	const most = 20
	if len(d) > most {
		return "restore the table from a copy, or start over with --fresh, which keeps the old rows"
	}
	var deletions []string
	for _, l := range d {
		deletions = append(deletions, fmt.Sprintf("%dd", l.number))
	}
	return fmt.Sprintf("remove these lines, for example with sed -i '%s' %s, and the sweep does their rows again", strings.Join(deletions, ";"), path)
}
