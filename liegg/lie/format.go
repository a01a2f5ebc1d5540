package lie

import (
	"math"
	"strings"
	"unicode/utf8"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie/internal/check"
)

// FormatMatrix returns the matrix as aligned text, one line per row, with two
// significant digits. Entries below tolerance times the largest print as "·";
// a tolerance of 0 means .05. FormatMatrix panics if m is not square or holds
// NaN or Inf, or if tolerance is negative.
func FormatMatrix(m *mat.Dense, tolerance float64) string {
	n := check.Square("FormatMatrix", m)
	least := toleranceOr("FormatMatrix", tolerance) * largestEntry(m)
	cells := make([][]string, n)
	widths := make([]int, n)
	for i := range n {
		for j, v := range m.RawRowView(i) {
			c := cell(v, least)
			cells[i] = append(cells[i], c)
			widths[j] = max(widths[j], utf8.RuneCountInString(c))
		}
	}
	lines := make([]string, n)
	for i, row := range cells {
		lines[i] = align(row, widths)
	}
	return strings.Join(lines, "\n")
}

// cell formats an entry.
func cell(v, least float64) string {
	if v == 0 || math.Abs(v) < least {
		return "·"
	}
	return spelling.TwoDigits(v)
}

// align right-aligns cells in columns of the given widths, two blanks apart.
func align(cells []string, widths []int) string {
	out := make([]string, len(cells))
	for j, c := range cells {
		out[j] = strings.Repeat(" ", widths[j]-utf8.RuneCountInString(c)) + c
	}
	return strings.Join(out, "  ")
}

// largestEntry returns max |m_ij|.
func largestEntry(m *mat.Dense) float64 {
	var largest float64
	n, _ := m.Dims()
	for i := range n {
		largest = math.Max(largest, floats.Norm(m.RawRowView(i), math.Inf(1)))
	}
	return largest
}
