package plotting

import (
	"fmt"

	"gonum.org/v1/plot/vg"
)

// String returns the title and the size of the chart, and how to show it.
func (c *Chart) String() string {
	title := ""
	if c.Plot != nil {
		title = c.Title.Text
	}
	return drawn("chart", title, c)
}

// String returns the title and the size of the layout, and how to show it.
func (l *Layout) String() string {
	return drawn(fmt.Sprintf("layout of %d figures", len(l.Figures)), l.Title, l)
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

// String lists the fields.
func (s FlowAxes) String() string {
	random := "none"
	if s.Random != nil {
		random = s.Random.String()
	}
	return fmt.Sprintf("Log %v, Angle %v, Random: %s", s.Log, s.Angle, random)
}

// String returns the name and the extent of the curve.
func (c FlowCurve) String() string {
	if len(c.T) == 0 {
		return fmt.Sprintf("%q: no values", c.Name)
	}
	return fmt.Sprintf("%q: %d values of Δ for t = %.3g … %.3g", c.Name, len(c.T), c.T[0], c.T[len(c.T)-1])
}
