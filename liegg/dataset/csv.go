package dataset

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/bounded"
)

// CSV describes the format of a table of numbers. The zero value detects the
// format from the table. If a table can be read in two ways, it returns an
// error that names the field to set:
//
//	x, err := dataset.CSV{Header: dataset.HeaderPresent}.Read("x.csv", "0", "2")
type CSV struct {
	// Header says whether the first line holds the column names. See
	// [HeaderFound], the default.
	Header Header
	// Separator separates fields. 0 takes a semicolon, a tab or a comma,
	// whichever is in the first line, in this order.
	Separator rune
	// Decimal is the decimal mark, '.' or ','. 0 takes the point if the
	// separator is a comma, and otherwise the mark that the table uses. With
	// a decimal comma only a semicolon or a tab is detected as the separator.
	Decimal rune
	// Budget is the memory that the numbers may take, at 16 bytes each while
	// they are read. A single line may take a 64th of it, or 64 KiB if that
	// is more.
	Budget Budget
}

// String lists the fields that are set: "CSV, header present, decimal ','".
func (c CSV) String() string {
	text := "CSV, header " + c.Header.String()
	if c.Separator != 0 {
		text += fmt.Sprintf(", separator %q", c.Separator)
	}
	if c.Decimal != 0 {
		text += fmt.Sprintf(", decimal %q", c.Decimal)
	}
	return text
}

// ReadCSV reads a table of numbers and detects its format; see [CSV.Read].
func ReadCSV(path string, columns ...string) (*tensors.Tensor, error) {
	return CSV{}.Read(path, columns...)
}

// Read reads columns of a table as a tensor [N, columns] float64, in the
// order in which they are named; without names it reads all columns. Without
// a header, columns are named by their positions, starting at "1". The text
// is UTF-8, with or without a byte-order mark, and lines end in LF or CRLF.
//
// File system errors are returned as they are. Errors about the contents wrap
// [ErrFile] and name the line and column: a field that is not a finite
// number, a line of another length, a column name that is missing or
// ambiguous, a table without numbers, text that is not UTF-8 with such line
// ends, and a table that can be read in two ways. Errors wrap [ErrFile] and
// [ErrBudget] if the numbers, or a single line, exceed the budget. Read
// panics if a field of CSV has an impossible value.
func (c CSV) Read(path string, columns ...string) (*tensors.Tensor, error) {
	file, size, budget, err := c.open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	values, width, err := c.read(file, size, budget, columns)
	if err != nil {
		return nil, fmt.Errorf("dataset: %s: %w: %w", path, ErrFile, err)
	}
	return values.tensor(width), nil
}

// Columns returns the names of the columns of a table, by which Read reads them. It returns
// the errors of Read that the first line gives.
func (c CSV) Columns(path string) (names []string, err error) {
	file, size, budget, err := c.open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	_, _, names, _, err = c.begin(file, size, budget)
	if err != nil {
		return nil, fmt.Errorf("dataset: %s: %w: %w", path, ErrFile, err)
	}
	return names, nil
}

// open opens a file to read. It returns its size, and the memory that its numbers may take.
func (c CSV) open(path string) (file *os.File, size, budget int64, err error) {
	c.check()
	if budget, err = bounded.Budget(int64(c.Budget)); err == nil {
		file, size, err = bounded.Open(path)
	}
	if err != nil {
		return nil, 0, 0, fmt.Errorf("dataset: %w", err)
	}
	return file, size, budget, nil
}

func (c CSV) check() {
	if c.Header < HeaderFound || c.Header > HeaderAbsent {
		panic(fmt.Sprintf("dataset: CSV.Header is %d, which is not one of the constants", c.Header))
	}
	if strings.ContainsRune("\"\r\n\uFFFD", c.Separator) || !utf8.ValidRune(c.Separator) {
		panic(fmt.Sprintf("dataset: CSV.Separator cannot be %q", c.Separator))
	}
	if c.Decimal != 0 && c.Decimal != '.' && c.Decimal != ',' {
		panic(fmt.Sprintf("dataset: CSV.Decimal must be '.' or ',', got %q", c.Decimal))
	}
}

// table is a CSV being read.
type table struct {
	lines        *csv.Reader
	records      *bounded.Records
	size, budget int64
	numbers      numbers
	width        int  // fields per line
	pairs        bool // every line so far is two whole numbers, or one number with a decimal comma
}

// table returns a reader for a file of size bytes.
func (c CSV) table(r io.Reader, size, budget int64) (*table, error) {
	text, first, err := plainText(r)
	if err != nil {
		return nil, err
	}
	separator := c.separator(first)
	t := &table{records: bounded.NewRecords(text, budget), size: size, budget: budget, numbers: c.numbers(separator)}
	t.lines = csv.NewReader(t.records)
	t.lines.Comma, t.lines.ReuseRecord, t.lines.FieldsPerRecord = separator, true, -1
	t.pairs = separator == ',' && c.Separator == 0 && c.Decimal == 0
	return t, nil
}

// read returns the values of columns, line by line, and the number of
// columns. The file has size bytes.
func (c CSV) read(r io.Reader, size, budget int64, columns []string) (values *blocks, width int, err error) {
	t, fields, names, named, err := c.begin(r, size, budget)
	if err != nil {
		return nil, 0, err
	}
	places, err := placesOf(columns, names, named)
	if err != nil {
		return nil, 0, err
	}
	if named {
		t.pairs = false
		fields, err = t.next()
	}
	values = &blocks{}
	for ; err == nil; fields, err = t.next() {
		if err := t.extend(values, fields, places, names); err != nil {
			return nil, 0, err
		}
	}
	if err != io.EOF {
		return nil, 0, err
	}
	return values, len(places), t.doubts(values.len())
}

// begin reads the first line of a file: its fields and the names of the columns, which are
// these fields if named.
func (c CSV) begin(r io.Reader, size, budget int64) (t *table, fields, names []string, named bool, err error) {
	if t, err = c.table(r, size, budget); err != nil {
		return nil, nil, nil, false, err
	}
	if fields, err = t.next(); err == io.EOF {
		err = errors.New("the file is empty")
	}
	if err != nil {
		return nil, nil, nil, false, err
	}
	names, named, err = c.Header.names(fields, t.numbers)
	return t, fields, names, named, err
}

// next reads a line, which must be as long as the first.
func (t *table) next() ([]string, error) {
	fields, err := t.lines.Read()
	t.records.Next()
	if err != nil {
		return nil, err
	}
	if t.width == 0 {
		t.width = len(fields)
	}
	if len(fields) != t.width {
		return nil, t.otherLength(fields)
	}
	return fields, nil
}

// extend appends the numbers at the given positions of a line.
func (t *table) extend(values *blocks, fields []string, places []int, names []string) error {
	t.pairs = t.pairs && isPair(fields)
	for _, p := range places {
		v, why := t.numbers.parse(fields[p])
		if why != "" {
			line, _ := t.lines.FieldPos(p)
			return fmt.Errorf("line %d, column %q: %.40q %s", line, names[p], fields[p], why)
		}
		values.append(v)
	}
	const each = 16 // bytes: a number is in a block and in the tensor
	if n := int64(values.len()); n > t.budget/each {
		rest := float64(t.size) / float64(t.lines.InputOffset())
		return bounded.Exceeded("the numbers take about", int64(each*1.05*rest*float64(n)), t.budget)
	}
	return nil
}

func (t *table) otherLength(fields []string) error {
	hint := ""
	if t.lines.Comma == ',' && len(fields) > t.width {
		hint = "; if commas are decimal marks, separate the fields by semicolons, or set CSV{Decimal: ','} for a single column"
	}
	line, _ := t.lines.FieldPos(0)
	return fmt.Errorf("line %d has another length: %d fields, the first line has %d%s", line, len(fields), t.width, hint)
}

// doubts reports a problem of the table as a whole.
func (t *table) doubts(values int) error {
	if values == 0 {
		return errors.New("there are no lines of numbers")
	}
	if t.pairs {
		return errors.New("each line is two whole numbers, or one number with a decimal comma: set CSV{Separator: ','} or CSV{Decimal: ','}")
	}
	return t.numbers.doubts()
}
