package plotting

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// key is a legend to the right of the data area, with as many columns as it
// needs.
type key struct {
	entries []keyEntry
	columns []keyColumn
}

type keyEntry struct {
	text   string
	thumbs []plot.Thumbnailer
}

type keyColumn struct {
	legend  plot.Legend
	entries int
}

const (
	keyGap  = vg.Length(8)
	keyLine = 24 // characters per line
	keyPad  = vg.Length(3)
)

// add enters series i, its name wrapped if it is long.
func (k *key) add(i int, name string, t ...plot.Thumbnailer) {
	if name == "" {
		name = fmt.Sprintf("series %d", i+1)
	}
	k.entries = append(k.entries, keyEntry{wrap(name, keyLine), t})
}

// addKey adds a key to the chart, and widens the chart if the key has many
// columns.
func (c *Chart) addKey(k *key) {
	_, height := c.Size()
	k.columns = k.filled(tickSize, vg.Length(len(k.entries))*height, len(k.entries)) // a single one
	single := k.width()
	k.fit(0.8*height, pageWidth/2)
	c.Width = max(c.Width, min(pageWidth, c.Width+k.width()-single))
	c.key = k
	c.Add(k)
}

// fit arranges the key in columns of the given height, in smaller type if
// they would be wider than width together. Entries that do not fit in the
// smallest type are counted.
func (k *key) fit(height, width vg.Length) {
	const smallest = 5
	for size := float64(tickSize); size >= smallest; size-- {
		if k.columns = k.balanced(size, height); k.width() <= width {
			return
		}
	}
	k.columns = k.filled(smallest, height, len(k.entries))
	fits, used := 0, vg.Length(0)
	for _, c := range k.columns {
		if used += keyGap + c.width(); used > width && fits > 0 {
			break
		}
		fits += c.entries
	}
	if fits--; fits > 0 {
		some := &key{entries: k.entries[:fits:fits]}
		some.entries = append(some.entries, keyEntry{text: fmt.Sprintf("… and %d more", len(k.entries)-fits)})
		k.columns = some.filled(smallest, height, len(some.entries))
	}
}

// balanced evens out the columns if that takes no more of them.
func (k *key) balanced(size float64, height vg.Length) []keyColumn {
	columns := k.filled(size, height, len(k.entries))
	if len(columns) > 1 {
		even := k.filled(size, height, (len(k.entries)+len(columns)-1)/len(columns))
		if len(even) == len(columns) {
			return even
		}
	}
	return columns
}

// filled fills the columns one after the other, with at most the given number
// of entries in each.
func (k *key) filled(size float64, height vg.Length, most int) (columns []keyColumn) {
	sty := textStyle(size, ink)
	for rest := k.entries; len(rest) > 0; {
		l := plot.NewLegend()
		l.TextStyle = sty
		l.Top, l.Left = true, true
		l.Padding = keyPad * vg.Length(size/tickSize)
		l.ThumbnailWidth = vg.Points(18)
		fits, tallest := 0, vg.Length(0)
		for _, e := range rest {
			tallest = max(tallest, sty.Rectangle(e.text).Max.Y)
			if fits == most || fits > 0 && vg.Length(fits+1)*(tallest+l.Padding) > height {
				break
			}
			fits++
			l.Add(e.text, e.thumbs...)
		}
		columns, rest = append(columns, keyColumn{l, fits}), rest[fits:]
	}
	return columns
}

// Plot implements plot.Plotter.
func (k *key) Plot(c draw.Canvas, _ *plot.Plot) {
	c.Max.X += keyGap
	for _, column := range k.columns {
		c.Min.X = c.Max.X
		c.Max.X += column.width()
		column.legend.Draw(c)
		c.Max.X += keyGap
	}
}

// GlyphBoxes implements plot.GlyphBoxer.
func (k *key) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	return []plot.GlyphBox{{X: 1, Rectangle: vg.Rectangle{Max: vg.Point{X: k.width()}}}}
}

// width returns the width of all columns and the gaps before them.
func (k *key) width() (w vg.Length) {
	for _, c := range k.columns {
		w += keyGap + c.width()
	}
	return w
}

func (c keyColumn) width() vg.Length { return c.legend.Rectangle(draw.Canvas{}).Size().X }
