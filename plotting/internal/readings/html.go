package readings

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

// Over puts values over a picture, an element of HTML that about describes. They are the buttons of
// one group, so that Tab reaches the group and arrow keys move within it.
func Over(picture string, values []Placed, about string) string {
	if len(values) == 0 {
		return picture
	}
	name := fnv.New64a()
	name.Write([]byte(picture))
	var b strings.Builder
	fmt.Fprintf(&b, "<span class=\"plotting-values\" role=\"radiogroup\" aria-label=\"%s\" data-lm-suppress-shortcuts=\"true\">%s\n", html.EscapeString("values: "+about), picture)
	for _, v := range values {
		fmt.Fprintf(&b, "<input type=\"radio\" hidden=\"\" name=\"values-%x\"%s aria-label=\"%s\" style=\"left: %.2f%%; top: %.2f%%\"/>\n",
			name.Sum64(), v.class(), html.EscapeString(v.Text), 100*v.X, 100*v.Y)
	}
	fmt.Fprintf(&b, "<style>\n%s</style></span>", hoverStyle)
	return b.String()
}

// class says on which side of a value its text has room.
func (v Placed) class() string {
	var classes []string
	if v.X > .5 {
		classes = append(classes, "plotting-right")
	}
	if v.Y < .3 {
		classes = append(classes, "plotting-top")
	}
	if len(classes) == 0 {
		return ""
	}
	return " class=\"" + strings.Join(classes, " ") + "\""
}
