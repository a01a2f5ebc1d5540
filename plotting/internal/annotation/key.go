// Package annotation draws what stands around the data of a chart: the key, notes, the colour bar and
// a glossary.
package annotation

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/look"
)

// Key is a legend to the right of the data area, with as many columns as it
// needs.
type Key struct {
	Entries []keyEntry
	Columns []keyColumn
}

type keyEntry struct {
	Text   string
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

// Add enters series i, its name wrapped if it is long.
func (k *Key) Add(i int, name string, t ...plot.Thumbnailer) {
	if name == "" {
		name = fmt.Sprintf("series %d", i+1)
	}
	k.Entries = append(k.Entries, keyEntry{look.Wrap(name, keyLine), t})
}

// Fit arranges the key in columns of the given height, in smaller type if
// they would be wider than width together. Entries that do not fit in the
// smallest type are counted.
func (k *Key) Fit(height, width vg.Length) {
	const smallest = 5
	for size := float64(look.TickSize); size >= smallest; size-- {
		if k.Columns = k.balanced(size, height); k.Width() <= width {
			return
		}
	}
	k.Columns = k.Filled(smallest, height, len(k.Entries))
	fits, used := 0, vg.Length(0)
	for _, c := range k.Columns {
		if used += keyGap + c.width(); used > width && fits > 0 {
			break
		}
		fits += c.entries
	}
	if fits--; fits > 0 {
		some := &Key{Entries: k.Entries[:fits:fits]}
		some.Entries = append(some.Entries, keyEntry{Text: fmt.Sprintf("… and %d more", len(k.Entries)-fits)})
		k.Columns = some.Filled(smallest, height, len(some.Entries))
	}
}

// balanced evens out the columns if that takes no more of them.
func (k *Key) balanced(size float64, height vg.Length) []keyColumn {
	columns := k.Filled(size, height, len(k.Entries))
	if len(columns) > 1 {
		even := k.Filled(size, height, (len(k.Entries)+len(columns)-1)/len(columns))
		if len(even) == len(columns) {
			return even
		}
	}
	return columns
}

// Filled fills the columns one after the other, with at most the given number
// of entries in each.
func (k *Key) Filled(size float64, height vg.Length, most int) (columns []keyColumn) {
	sty := look.Text(size, look.Ink)
	for rest := k.Entries; len(rest) > 0; {
		l := plot.NewLegend()
		l.TextStyle = sty
		l.Top, l.Left = true, true
		l.Padding = keyPad * vg.Length(size/look.TickSize)
		l.ThumbnailWidth = vg.Points(18)
		fits, tallest := 0, vg.Length(0)
		for _, e := range rest {
			tallest = max(tallest, sty.Rectangle(e.Text).Max.Y)
			if fits == most || fits > 0 && vg.Length(fits+1)*(tallest+l.Padding) > height {
				break
			}
			fits++
			l.Add(e.Text, e.thumbs...)
		}
		columns, rest = append(columns, keyColumn{l, fits}), rest[fits:]
	}
	return columns
}

// Plot implements plot.Plotter.
func (k *Key) Plot(c draw.Canvas, _ *plot.Plot) {
	c.Max.X += keyGap
	for _, column := range k.Columns {
		c.Min.X = c.Max.X
		c.Max.X += column.width()
		column.legend.Draw(c)
		c.Max.X += keyGap
	}
}

// GlyphBoxes implements plot.GlyphBoxer.
func (k *Key) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	return []plot.GlyphBox{{X: 1, Rectangle: vg.Rectangle{Max: vg.Point{X: k.Width()}}}}
}

// Width returns the width of all columns and the gaps before them.
func (k *Key) Width() (w vg.Length) {
	for _, c := range k.Columns {
		w += keyGap + c.width()
	}
	return w
}

func (c keyColumn) width() vg.Length { return c.legend.Rectangle(draw.Canvas{}).Size().X }
