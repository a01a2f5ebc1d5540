package effects

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/flow"
)

// Table holds effects with their intervals: a line for each group of networks, and a column for each
// measure.
type Table struct {
	Title   string
	Columns []string
	Lines   []Line
}

// Line holds the effects in one group of networks.
type Line struct {
	Name    string
	Effects []flow.Interval
}

// Exponents returns b in y ∝ xᵇ for each y, in each group of rows with the same values of by.
func (r Rows) Exponents(x Measure, by []Measure, ys ...Measure) Table {
	t := Table{Title: "b in y ∝ " + x.Name + "ᵇ", Columns: names(ys)}
	labels, groups := r.groups(by)
	for i, group := range groups {
		t.add(labels[i], ys, func(y Measure) flow.Interval { return group.Exponent(x, y) })
	}
	return t
}

// Ratios returns each y of these rows over the y of base, seed by seed, in each group of rows with the
// same values of by.
func (r Rows) Ratios(base Rows, by []Measure, ys ...Measure) Table {
	t := Table{Columns: names(ys)}
	labels, groups := r.groups(by)
	for i, group := range groups {
		below := base
		for _, x := range by {
			below = below.Where(x, x.Of(group[0]))
		}
		t.add(labels[i], ys, func(y Measure) flow.Interval { return group.Over(below, y) })
	}
	return t
}

// RegimesOver returns each y of every other regime over the y of base, seed by seed.
func (r Rows) RegimesOver(base string, ys ...Measure) Table {
	t := Table{Title: "divided by " + base, Columns: names(ys)}
	for _, regime := range r.Regimes() {
		if regime != base {
			t.add(regime, ys, func(y Measure) flow.Interval { return r.In(regime).Over(r.In(base), y) })
		}
	}
	return t
}

func (t *Table) add(name string, ys []Measure, effect func(y Measure) flow.Interval) {
	line := Line{Name: name}
	for _, y := range ys {
		line.Effects = append(line.Effects, effect(y))
	}
	t.Lines = append(t.Lines, line)
}

// Titled gives the table another title.
func (t Table) Titled(title string) Table {
	t.Title = title
	return t
}

// Values returns the effects without intervals, with the names of rows and columns.
func (t Table) Values() (rows, columns []string, m *mat.Dense) {
	m = mat.NewDense(len(t.Lines), len(t.Columns), nil)
	for i, line := range t.Lines {
		rows = append(rows, line.Name)
		for j, e := range line.Effects {
			m.Set(i, j, e.Value)
		}
	}
	return rows, t.Columns, m
}

// String shows a line for each group, as "0.31 (0.24 to 0.40)", below the title and the columns.
func (t Table) String() string {
	rows := [][]string{append([]string{t.Title}, t.Columns...)}
	for _, line := range t.Lines {
		row := []string{line.Name}
		for _, e := range line.Effects {
			row = append(row, fmt.Sprintf("%.2f (%.2f to %.2f)", e.Value, e.Lower, e.Upper))
		}
		rows = append(rows, row)
	}
	return aligned(rows)
}

// aligned joins rows of cells to lines with aligned columns.
func aligned(rows [][]string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	w.Flush()
	return b.String()
}
