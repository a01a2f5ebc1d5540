package plotting

import (
	_ "embed" // the style
	"fmt"
	"hash/fnv"
	"html"
	"strings"
)

// hoverStyle shows a value at its place. The values are hidden by an attribute,
// which it overrides: where a notebook is not trusted, Jupyter removes styles,
// and the picture stands alone.
//
//go:embed hover.css
var hoverStyle string

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
// They are the buttons of one group, so that Tab reaches the group and arrow
// keys move within it.
func readable(picture string, f Figure, about string) string {
	if _, ok := f.(frame); ok {
		return picture
	}
	values := valuesOf(f)
	if len(values) == 0 {
		return picture
	}
	name := fnv.New64a()
	name.Write([]byte(picture))
	var b strings.Builder
	fmt.Fprintf(&b, "<span class=\"plotting-values\" role=\"radiogroup\" aria-label=\"%s\" data-lm-suppress-shortcuts=\"true\">%s\n", html.EscapeString("values: "+about), picture)
	for _, v := range values {
		fmt.Fprintf(&b, "<input type=\"radio\" hidden=\"\" name=\"values-%x\"%s aria-label=\"%s\" style=\"left: %.2f%%; top: %.2f%%\"/>\n",
			name.Sum64(), v.class(), html.EscapeString(v.text), 100*v.x, 100*v.y)
	}
	fmt.Fprintf(&b, "<style>\n%s</style></span>", hoverStyle)
	return b.String()
}

// class says on which side of a value its text has room.
func (v placed) class() string {
	var classes []string
	if v.x > .5 {
		classes = append(classes, "plotting-right")
	}
	if v.y < .3 {
		classes = append(classes, "plotting-top")
	}
	if len(classes) == 0 {
		return ""
	}
	return " class=\"" + strings.Join(classes, " ") + "\""
}
