package dataset

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/expect"
)

// written is the path of a table that is written like this.
func written(t *testing.T, text string) string {
	t.Helper()
	return saved(t, "a.csv", func(f *os.File) error { _, err := f.WriteString(text); return err })
}

func TestReadCSV(t *testing.T) {
	present, absent := CSV{Header: HeaderPresent}, CSV{Header: HeaderAbsent}
	for _, c := range []struct {
		csv     CSV
		text    string
		columns []string
		want    []float64
		width   int
	}{
		{CSV{}, "x,y\n1,2\n3,4\n", nil, []float64{1, 2, 3, 4}, 2},
		{CSV{}, "\ufeffx, y\r\n1, 2e3\r\n3,-4\r\n", []string{"y", "x"}, []float64{2000, 1, -4, 3}, 2},
		{CSV{}, "1.5,2\n3,4", []string{"2"}, []float64{2, 4}, 1},
		{CSV{}, "7,0,0,1\n8,0,2,0", []string{"4"}, []float64{1, 0}, 1},
		{CSV{}, "1.5,2,3\n4,5,6", []string{"1"}, []float64{1.5, 4}, 1},
		{CSV{}, "x,x\n1,2\n", nil, []float64{1, 2}, 2},
		{CSV{}, "\"a,b\",label\n.5,cat\n", []string{"a,b"}, []float64{.5}, 1},
		{CSV{}, "label,0,1,2\n5,0,0,1\n", nil, []float64{5, 0, 0, 1}, 4},
		{CSV{}, "x,note\n1,\"two\nlines\"\n2,\n", []string{"x"}, []float64{1, 2}, 1},
		{CSV{}, "x,y,\n1,2,\n", []string{"y"}, []float64{2}, 1},
		{CSV{}, "\n\nx;y\n1;2\n", nil, []float64{1, 2}, 2},
		{CSV{}, "length, cm;width\n1,5;2\n", nil, []float64{1.5, 2}, 2},
		{CSV{}, "1,5;2,25\n3;-4e-1\n", nil, []float64{1.5, 2.25, 3, -.4}, 2},
		{CSV{}, "1.5;2.25\n3;4\n", nil, []float64{1.5, 2.25, 3, 4}, 2},
		{CSV{}, "x\ty\n1,5\t2,25\n", nil, []float64{1.5, 2.25}, 2},
		{present, "0,1,2\n3,4,5\n", []string{"2", "0"}, []float64{5, 3}, 2},
		{present, "1.5,2.5\n3,4\n", []string{"2.5"}, []float64{4}, 1},
		{absent, "0,1,2\n3,4,5\n", []string{"2", "1"}, []float64{1, 0, 4, 3}, 2},
		{CSV{Header: HeaderAbsent, Separator: ','}, "1,2\n3,4\n", nil, []float64{1, 2, 3, 4}, 2},
		{CSV{Header: HeaderAbsent, Decimal: ','}, "1,2\n-3,4\n", nil, []float64{1.2, -3.4}, 1},
		{CSV{Decimal: ','}, "x\n1,234\n", nil, []float64{1.234}, 1},
		{CSV{Decimal: ','}, "x;y\n1,234;5\n", nil, []float64{1.234, 5}, 2},
		{CSV{Separator: ',', Decimal: ','}, "x,y\n\"1,25\",\"2\"\n", nil, []float64{1.25, 2}, 2},
		{CSV{Separator: ' '}, "1.5 2\n3 4\n", nil, []float64{1.5, 2, 3, 4}, 2},
	} {
		got, err := c.csv.Read(written(t, c.text), c.columns...)
		if err != nil || !slices.Equal(tensors.MustCopyFlatData[float64](got), c.want) || got.Shape().Dim(1) != c.width {
			t.Errorf("%+v of %q: %v, %v", c.csv, c.text, got, err)
		}
	}
}

func TestColumnsOfCSV(t *testing.T) {
	for text, want := range map[string][]string{
		"x, y\n1,2\n": {"x", "y"}, "1.5,2\n3,4": {"1", "2"}, "# a;b;label\n1;2;3\n": {"a", "b", "label"}, "a,,b\n1,2,3\n": {"a", "", "b"},
	} {
		if got, err := (CSV{}).Columns(written(t, text)); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
	for text, words := range map[string]string{"": "empty", "0,1,2\n3,4,5\n": "may be column names"} {
		_, err := CSV{}.Columns(written(t, text))
		expect.Error(t, err, words)
	}
}

func TestReadCSVRefuses(t *testing.T) {
	which := "names or a line of numbers"
	for text, says := range map[string]string{
		"":                                      "empty",
		"\n\n":                                  "empty",
		"x,y\n":                                 "no lines of numbers",
		"x,y\n1,2\n3\n":                         "line 3 has another length: 1 fields, the first line has 2",
		"x\n1,5\n2,5\n":                         "line 2 has another length: 2 fields, the first line has 1; if commas are decimal marks",
		"x,y\n1,2\n3,four\n":                    `line 3, column "y": "four"`,
		"x,y\n1,\n":                             `line 2, column "y": "" is not a finite number, but a missing value`,
		"x,y\n1,NaN\n":                          `"NaN" is not a finite number`,
		"x,y\n1,1e999\n":                        `"1e999" is not a finite number`,
		"x,y\n\"1,2\n":                          "quote",
		"x,y\n\"1,5\",2\n":                      `"1,5" has a comma`,
		"x;y\n1,5;2.5\n":                        "has a point, but other numbers have decimal commas",
		"x;y\n2.5;1,5\n":                        "has a comma",
		"x;y\n1.234,5;2\n":                      "has a comma",
		"x;y\n1,234,567;2\n":                    `"1,234,567" is not a finite number`,
		"x;y\n1,234;12,000\n":                   "decimal marks or thousands separators",
		"0,1,2\n3,4,5\n":                        which,
		"5\n3\n":                                which,
		"1,2\n3,4\n":                            which,
		"400.5,401,401.5\n.1,.2,.3\n":           which,
		"0,5;1;1,5\n1;2;3\n":                    which,
		"1e-3,1e-2,.1,1.0,10,99\n1,2,3,4,5,6\n": which,
		",0,1\n0,3,4\n":                         which,
		"1.5,,2\n1,2,3\n":                       which,
		"NA,3\n1,4\n":                           which,
		"cat,1.5\ndog,2.5\n":                    which,
		"x,1,1\n1,2,3\n":                        which,
		"1,1\n2,5\n3,25\n":                      "two whole numbers, or one number with a decimal comma",
		",x,y\n0,1,2\n":                         "column 1 has no name",
		"1 2.5\n3 4\n":                          "separated by spaces",
		"x\n1 2\n":                              "separated by spaces",
		"x,y\r1,2\r3,4\r":                       "CR alone",
		"x,y\n1,2\r3,4\n":                       "another length: 3 fields",
		"x\n1\r2\n":                             "CR alone",
		"x,y\n1,\x002\n":                        "zero bytes",
		"\xff\xfex\x00\n\x001\x00":              "UTF-16",
		"\xfe\xff\x00x\x00\n\x001":              "UTF-16",
		"x\x00\n\x001\x00":                      "UTF-16",
		"PK\x03\x04\x14\x00":                    "spreadsheet",
		"\x1f\x8b\x08\x00":                      "gzip",
		"# made by hand\nx,y\n1,2\n":            "line 2 has another length: 2 fields, the first line has 1",
		"x,y\n" + strings.Repeat("1,2\n", 3) + "3;4\n": "line 5 has another length",
	} {
		path := written(t, text)
		_, err := ReadCSV(path)
		expect.Error(t, err, path, says)
		if !errors.Is(err, ErrFile) {
			t.Errorf("%v is no ErrFile", err)
		}
	}
	for column, text := range map[string]string{"z": "x,y\n1,2\n", "x": "x,x\n1,2\n", "3": "1.5,2\n", "1": "x,y\n1,2\n"} {
		_, err := ReadCSV(written(t, text), column)
		expect.Error(t, err, "exactly once", `"`+column+`"`)
	}
	_, err := ReadCSV(written(t, "1.5,2\n"), "x")
	expect.Error(t, err, `["1" "2"]`, "there is no header")
}

// The files in testdata/csv were written by pandas and NumPy from one table.
func TestReadCSVOfPandas(t *testing.T) {
	first, second := []float64{.126, -.132, .5}, []float64{.105, -.536, .25}
	present := CSV{Header: HeaderPresent}
	for name, c := range map[string]struct {
		csv     CSV
		columns []string
	}{
		"integer_columns": {present, nil},
		"row_numbers":     {present, []string{"0", "1", "2"}},
		"names":           {CSV{}, nil},
		"tabs":            {CSV{}, nil},
		"decimal_commas":  {CSV{Separator: ',', Decimal: ','}, nil},
		"semicolons":      {CSV{}, nil},
		"mark":            {CSV{}, []string{"x0", "x1", "x2"}},
		"no_names":        {CSV{}, nil},
		"savetxt":         {CSV{}, []string{"x0", "x1", "x2"}},
		"spaces":          {CSV{Separator: ' '}, nil},
	} {
		x, err := c.csv.Read(filepath.Join("testdata", "csv", name+".csv"), c.columns...)
		if err != nil || !slices.Equal(tensors.MustCopyFlatData[float64](x), slices.Concat(first, second)) {
			t.Errorf("%s: %v, %v", name, x, err)
		}
	}
	for name, says := range map[string]string{
		"integer_columns":    `line 1, ["0" "1" "2"], may be column names`,
		"row_numbers":        "HeaderPresent",
		"labels":             `line 1, ["0"], may be column names`,
		"decimal_commas":     `line 2, column "x0": "0,126" has a comma`,
		"one_column":         "Decimal: ','",
		"utf16":              "UTF-16",
		"utf16_without_mark": "UTF-16",
		"cr":                 "CR alone",
		"missing":            `line 3, column "x2": "" is not a finite number, but a missing value`,
		"spaces":             "spaces",
	} {
		_, err := ReadCSV(filepath.Join("testdata", "csv", name+".csv"))
		expect.Error(t, err, says)
	}
	x, err := CSV{Header: HeaderPresent}.Read("testdata/csv/labels.csv", "0")
	if err != nil || !slices.Equal(tensors.MustCopyFlatData[float64](x), []float64{1, 0, 2}) {
		t.Errorf("labels: %v, %v", x, err)
	}
	x, err = CSV{Decimal: ','}.Read("testdata/csv/one_column.csv")
	if err != nil || !slices.Equal(tensors.MustCopyFlatData[float64](x), []float64{.126, .105}) {
		t.Errorf("one column: %v, %v", x, err)
	}
	_, err = present.Read("testdata/csv/row_numbers.csv")
	expect.Error(t, err, "column 1 has no name", "row numbers")
}

func TestReadCSVKeepsToItsBudget(t *testing.T) {
	path := written(t, "x,y\n"+strings.Repeat("1,2\n", 1000))
	if _, err := (CSV{Budget: 32_000}).Read(path); err != nil {
		t.Error(err)
	}
	_, err := CSV{Budget: 31_000}.Read(path)
	expect.Error(t, err, path, "the numbers take about 33", "the budget is 31000")
	if !errors.Is(err, ErrBudget) || !errors.Is(err, ErrFile) {
		t.Errorf("error %v", err)
	}
	if _, err := (CSV{Budget: 16_000}).Read(path, "y"); err != nil {
		t.Errorf("one column of two: %v", err)
	}
}

// A file without line breaks, and one with a quote that is never closed, are read as far as a line may go.
func TestReadCSVOfOneHugeLine(t *testing.T) {
	for _, start := range []string{"x,y\n", "x,y\n1,\""} {
		path := written(t, start+strings.Repeat("1,", 1<<22)+"\n")
		taken := allocated(func() {
			_, err := CSV{Budget: 1 << 20}.Read(path)
			expect.Error(t, err, path, "a line", "65536 bytes", "the budget is 1048576", "closing quote")
			if !errors.Is(err, ErrBudget) {
				t.Errorf("error %v", err)
			}
		})
		if taken > 8<<20 {
			t.Errorf("%d bytes were allocated", taken)
		}
		runtime.GC()
	}
}

// More numbers than a block holds stay in their order.
func TestReadCSVOfManyLines(t *testing.T) {
	var text strings.Builder
	const lines = blockSize + 10
	for i := range lines {
		fmt.Fprintf(&text, "%d.0,%d\n", i, -i)
	}
	x, err := ReadCSV(written(t, text.String()))
	if err != nil {
		t.Fatal(err)
	}
	values := tensors.MustCopyFlatData[float64](x)
	for i := range lines {
		if values[2*i] != float64(i) || values[2*i+1] != float64(-i) {
			t.Fatalf("line %d: %g, %g", i, values[2*i], values[2*i+1])
		}
	}
}

func TestReadCSVMisuse(t *testing.T) {
	for says, c := range map[string]CSV{"cannot be '\"'": {Separator: '"'}, "CSV.Separator": {Separator: -1}, "CSV.Decimal": {Decimal: ';'}, "CSV.Header": {Header: 3}} {
		func() {
			defer func() {
				if message, ok := recover().(string); !ok || !strings.Contains(message, says) {
					t.Errorf("%+v panics with %v, want %q", c, message, says)
				}
			}()
			c.Read("testdata/csv/names.csv")
		}()
	}
}

func FuzzReadCSV(f *testing.F) {
	for _, text := range []string{"x,y\n1,2\n", "1,2\n3,4", "\"a\",\n", "x;y\n1,5;2\n", "0,1,2\n3,4,5\n", "\ufeff1.5\t2\r\n"} {
		f.Add(text, uint8(0))
		f.Add(text, uint8(1+3*2+9))
	}
	f.Fuzz(func(t *testing.T, text string, how uint8) {
		c := CSV{Header: Header(how % 3), Separator: []rune{0, ',', ';'}[how/3%3], Decimal: []rune{0, '.', ','}[how/9%3]}
		const budget = 1 << 10
		values, width, err := c.read(strings.NewReader(text), int64(len(text)), budget, nil)
		if err != nil {
			return
		}
		if n := values.len(); width < 1 || n == 0 || n%width != 0 || 16*n > budget {
			t.Errorf("%d values in %d columns", n, width)
		}
		for _, v := range values.last {
			if v-v != 0 {
				t.Errorf("%g of %q", v, text)
			}
		}
	})
}
