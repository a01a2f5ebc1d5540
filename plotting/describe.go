package plotting

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
)

// describe returns what a figure shows in a few words, for readers who cannot
// see it: its title, what is drawn over what, and the names of the series.
func describe(f Figure) string {
	switch f := f.(type) {
	case *Chart:
		return f.describe()
	case *Layout:
		parts := []string{f.Title}
		for _, figure := range f.Figures[:min(len(f.Figures), mostDescribed)] {
			parts = append(parts, describe(figure))
		}
		if left := len(f.Figures) - mostDescribed; left > 0 {
			parts = append(parts, fmt.Sprintf("and %d more", left))
		}
		return joined(parts)
	case *picture:
		return joined([]string{"image", f.label})
	case *Frames:
		return f.about()
	case frame:
		return describe(f.Figure)
	case vector:
		return describe(f.Figure)
	case fmt.Stringer:
		return f.String()
	}
	return "a picture"
}

const mostDescribed = 12 // figures of a layout, and series of a chart

func (c *Chart) describe() string {
	if c.Plot == nil {
		return "an empty chart"
	}
	parts, x, y := []string{c.Title.Text}, c.X.Label.Text, c.Y.Label.Text
	switch {
	case x != "" && y != "":
		parts = append(parts, y+" over "+x)
	default:
		parts = append(parts, x+y)
	}
	parts = append(parts, c.shows)
	if c.key != nil {
		var names []string
		for _, e := range c.key.Entries[:min(len(c.key.Entries), mostDescribed)] {
			names = append(names, strings.ReplaceAll(e.Text, "\n", " "))
		}
		parts = append(parts, "series: "+strings.Join(names, ", "))
	}
	if c.notes != nil {
		for _, l := range c.notes.Lines {
			parts = append(parts, l.Text)
		}
	}
	return joined(parts)
}

// joined joins the parts that are not empty. It writes equal ones that follow each other once,
// with their number.
func joined(parts []string) string {
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	var some []string
	for i := 0; i < len(parts); {
		n := 1
		for i+n < len(parts) && parts[i+n] == parts[i] {
			n++
		}
		part := parts[i]
		if n > 1 {
			part += fmt.Sprintf(" (%d times)", n)
		}
		some, i = append(some, part), i+n
	}
	if len(some) == 0 {
		return "a picture"
	}
	return strings.Join(some, "; ")
}

// describeRows lists named values with their intervals, as far as there is room.
func describeRows(names []string, values []Estimate) string {
	var rows []string
	for i, e := range values[:min(len(values), mostDescribed)] {
		row := fmt.Sprintf("%s %.3g", names[i], e.Value)
		if lower, upper, ok := e.interval(); ok && lower < upper {
			row += fmt.Sprintf(" (%.3g … %.3g)", lower, upper)
		}
		rows = append(rows, row)
	}
	if left := len(values) - len(rows); left > 0 {
		rows = append(rows, fmt.Sprintf("and %d more", left))
	}
	return strings.Join(rows, ", ")
}

func drawn(what, title string, f interface {
	Size() (width, height vg.Length)
}) string {
	width, height := f.Size()
	if title != "" {
		what += fmt.Sprintf(" %q", title)
	}
	return fmt.Sprintf("%s, %.3g × %.3g inches: plotting.Show draws it", what, width.Points()/72, height.Points()/72)
}
