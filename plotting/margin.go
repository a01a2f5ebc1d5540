package plotting

import (
	"image/color"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Everything beside the data area is a plot.Plotter that reserves its space
// with a GlyphBox on the edge of the data. It never covers data, and it is
// kept when the bare *plot.Plot is passed on.

// notes are lines of text above the data area.
type notes struct{ lines []note }

type note struct {
	text  string
	color color.Color
}

const noteGap = vg.Length(3)

// warn adds a line in the warning colour above the data area.
func (c *Chart) warn(line string) { c.note(line, warning) }

// remark adds a line in the colour of the axes above the data area.
func (c *Chart) remark(line string) { c.note(line, ink) }

func (c *Chart) note(line string, col color.Color) {
	if line == "" {
		return
	}
	if c.notes == nil {
		c.notes = &notes{}
		c.Add(c.notes)
	}
	c.notes.lines = append(c.notes.lines, note{line, col})
}

// Plot implements plot.Plotter: the last line is the lowest.
func (n *notes) Plot(c draw.Canvas, _ *plot.Plot) {
	at := vg.Point{X: c.Min.X, Y: c.Max.Y}
	for i := len(n.lines) - 1; i >= 0; i-- {
		sty := textStyle(noteSize, n.lines[i].color)
		at.Y += noteGap
		c.FillText(sty, vg.Point{X: at.X, Y: at.Y - sty.Rectangle(n.lines[i].text).Min.Y}, n.lines[i].text)
		at.Y += sty.Height(n.lines[i].text)
	}
}

// GlyphBoxes implements plot.GlyphBoxer.
func (n *notes) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	height := noteGap
	for _, l := range n.lines {
		height += noteGap + textStyle(noteSize, l.color).Height(l.text)
	}
	return []plot.GlyphBox{{Y: 1, Rectangle: vg.Rectangle{Max: vg.Point{Y: height}}}}
}

// wrap breaks s at spaces, and inside words only if a single word is longer
// than width characters.
func wrap(s string, width int) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		for _, part := range chop(word, width) {
			switch {
			case line == "":
				line = part
			case len([]rune(line))+1+len([]rune(part)) <= width:
				line += " " + part
			default:
				lines = append(lines, line)
				line = part
			}
		}
	}
	return strings.Join(append(lines, line), "\n")
}

// chop cuts a word into pieces of at most width characters.
func chop(word string, width int) (parts []string) {
	r := []rune(word)
	for len(r) > width {
		parts = append(parts, string(r[:width]))
		r = r[width:]
	}
	return append(parts, string(r))
}
