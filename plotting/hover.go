package plotting

import (
	"fmt"

	"github.com/liegg/lab/plotting/internal/numbers"
	"github.com/liegg/lab/plotting/internal/readings"
)

// Hover returns a figure whose values appear when the mouse is over them, or
// when the arrow keys choose them after Tab has reached the picture, for Show
// and HTML. It needs no script. Spectra, trends, curves, defects, depths and
// flows tell their values, in a Grid too; series of more than a hundred values
// tell some of them.
//
// Such a picture is HTML. Readers of notebooks that only show pictures, and
// programs that convert them to PDF, leave it out: Show the figure itself there.
// Pictures within a Sheet, such as a verdict's, need no Hover. Hover
// panics if f is nil.
func Hover(f Figure) Sheet {
	if f == nil {
		panic("plotting: Hover: f is nil")
	}
	return hovering{f}
}

type hovering struct{ Figure }

// String says what the figure shows.
func (h hovering) String() string { return describe(h.Figure) }

// HTML returns the picture with its values.
func (h hovering) HTML(draw func(value any, about string) (picture string)) string {
	if draw == nil {
		return ""
	}
	return draw(h.Figure, describe(h.Figure)) + "\n"
}

// readable puts the values of a figure over its picture, an element of HTML.
func readable(picture string, f Figure, about string) string {
	if _, ok := f.(frame); ok {
		return picture
	}
	return readings.Over(picture, valuesOf(f), about)
}

// valuesOf returns the values that the charts of a figure show.
func valuesOf(f Figure) []readings.Placed {
	width, height := sizeOf(f)
	return readings.Of(f, width, height)
}

// mostReadings is the number of values of a series that can be pointed at.
const mostReadings = 100

// addReadings lets readers point at values of a series, at most a hundred of
// them, where they are drawn. names are the places along the axis; nil means
// the numbers of the series.
func (c *Chart) addReadings(drawn, s Series, names []string) {
	var r readings.Readings
	every := 1 + (len(s.Y)-1)/mostReadings
	for i := 0; i < len(s.Y); i += every {
		if !numbers.Finite(s.Y[i]) || !numbers.Finite(drawn.x(i)) || !numbers.Finite(drawn.Y[i]) {
			continue
		}
		at := fmt.Sprintf("%.5g", s.x(i))
		if names != nil {
			at = names[i]
		}
		r = append(r, readings.Reading{X: drawn.x(i), Y: drawn.Y[i], Series: s.Name, At: at, Value: s.reading(i)})
	}
	c.Add(r)
}

// readable lets readers point at the values of series that are drawn where
// they are.
func (c *Chart) readable(series []Series) *Chart {
	for _, s := range series {
		c.addReadings(s, s, nil)
	}
	return c
}

// reading writes value i with its interval.
func (s Series) reading(i int) string {
	text := fmt.Sprintf("%.3g", s.Y[i])
	if len(s.Lower) > i && numbers.Finite(s.Lower[i]) && numbers.Finite(s.Upper[i]) && !(s.Lower[i] == 0 && s.Upper[i] == 0) {
		text += fmt.Sprintf(" (%.3g … %.3g)", s.Lower[i], s.Upper[i])
	}
	return text
}
