// Package board draws answers beside the truth, as a table of coloured cells.
package board

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/pixels"
)

// Sizes of the table.
const (
	scoreHeight  = 0.27 * vg.Inch
	scoreText    = 8.5 // points
	leastScore   = 0.55 * vg.Inch
	largestScore = 1.4 * vg.Inch
	symbolRoom   = vg.Length(14) // to the left of the text of a cell
	scorePad     = vg.Length(4)
	boardEdge    = vg.Length(4) // kept free around the data by gonum/plot
)

// Board draws the cells of a scoreboard, with row names to the left, column
// names above, and the count of outcomes below.
type Board struct {
	Rows, Columns []string
	Scores        [][]Score
}

// Fill holds the colours of cells. Right is pale, so that the eye meets the few wrong cells first.
var Fill = map[Outcome]color.NRGBA{
	NotRun:       look.White,
	Right:        {R: 0xcf, G: 0xe4, B: 0xf2, A: 0xff},
	Undetermined: {R: 0xe2, G: 0xe2, B: 0xe2, A: 0xff},
	Wrong:        look.Warning,
}

// ink returns the colour of symbol and text.
func ink(o Outcome) color.Color {
	if o == Wrong {
		return color.White
	}
	return color.Black
}

// Size returns the natural size of the picture.
func (b *Board) Size() (width, height vg.Length) {
	left, above, below := b.Margins()
	width = left + b.cellWidth()*vg.Length(max(1, len(b.Columns)))
	height = above + scoreHeight*vg.Length(max(1, len(b.Rows))) + below
	width = max(width, b.tallyWidth())
	return width + 2*look.ChartMargin + boardEdge, height + 2*look.ChartMargin + boardEdge
}

// cellWidth returns the width of the widest text if all columns then fit on a
// page.
func (b *Board) cellWidth() (w vg.Length) {
	sty := look.Text(scoreText, look.Ink)
	for i := range b.Scores {
		for _, s := range b.Scores[i] {
			w = max(w, symbolRoom+sty.Width(s.Text)+2*scorePad)
		}
	}
	for _, name := range b.Columns {
		w = max(w, sty.Width(name)+2*scorePad)
	}
	left, _, _ := b.Margins()
	room := (look.PageWidth - left - 2*look.ChartMargin - boardEdge) / vg.Length(max(1, len(b.Columns)))
	return max(leastScore, min(largestScore, w, room))
}

// Margins returns the space beside, above and below the cells.
func (b *Board) Margins() (left, above, below vg.Length) {
	sty := look.Text(look.TickSize, look.Ink)
	for _, name := range b.Rows {
		left = max(left, sty.Width(name)+2*scorePad)
	}
	return left, 1.6 * look.TickSize, 2.2 * look.TickSize
}

// GlyphBoxes implements plot.GlyphBoxer.
func (b *Board) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	left, above, below := b.Margins()
	return []plot.GlyphBox{
		{X: 0, Y: 1, Rectangle: vg.Rectangle{Min: vg.Point{X: -left}, Max: vg.Point{Y: above}}},
		{X: 0, Y: 0, Rectangle: vg.Rectangle{Min: vg.Point{Y: -below}, Max: vg.Point{X: 1}}},
	}
}

// Plot implements plot.Plotter.
func (b *Board) Plot(c draw.Canvas, p *plot.Plot) {
	_, trY := p.Transforms(&c)
	width := pixels.Whole(c.Size().X / vg.Length(max(1, len(b.Columns))))
	for i := range b.Scores {
		for j, s := range b.Scores[i] {
			left := c.Min.X + width*vg.Length(j)
			b.cell(c, s, vg.Rectangle{
				Min: vg.Point{X: left, Y: trY(float64(i + 1))},
				Max: vg.Point{X: left + width, Y: trY(float64(i))},
			})
		}
	}
	b.names(c, width, trY)
	b.tally(c)
}

// names writes the names of the rows and columns.
func (b *Board) names(c draw.Canvas, width vg.Length, trY func(float64) vg.Length) {
	sty := look.Text(look.TickSize, look.Ink)
	sty.XAlign, sty.YAlign = draw.XRight, draw.YCenter
	for i, name := range b.Rows {
		c.FillText(sty, vg.Point{X: c.Min.X - scorePad, Y: trY(float64(i)+0.5) + 1}, name)
	}
	sty.XAlign, sty.YAlign = draw.XCenter, draw.YBottom
	for j, name := range b.Columns {
		at := vg.Point{X: c.Min.X + width*(vg.Length(j)+0.5), Y: c.Max.Y + 2}
		c.FillText(look.Fit(sty, name, width-2), at, name)
	}
}

// cell draws one score.
func (b *Board) cell(c draw.Canvas, s Score, at vg.Rectangle) {
	c.SetColor(Fill[s.Outcome])
	c.Fill(at.Path())
	c.SetLineStyle(draw.LineStyle{Color: color.White, Width: vg.Points(1.2)})
	c.Stroke(at.Path())
	middle := (at.Min.Y + at.Max.Y) / 2
	if s.Text == "" {
		symbol(c, s.Outcome, vg.Point{X: (at.Min.X + at.Max.X) / 2, Y: middle})
		return
	}
	symbol(c, s.Outcome, vg.Point{X: at.Min.X + scorePad + symbolRoom/3, Y: middle})
	left := at.Min.X + scorePad + symbolRoom
	sty := look.Fit(look.Text(scoreText, ink(s.Outcome)), s.Text, at.Max.X-left-2)
	sty.YAlign = draw.YCenter
	c.FillText(sty, vg.Point{X: left, Y: middle + 1}, s.Text)
}

// tally explains the symbols and counts the outcomes, below the cells.
func (b *Board) tally(c draw.Canvas) {
	sty := look.Text(look.NoteSize, look.Ink)
	sty.YAlign = draw.YCenter
	left, _, below := b.Margins()
	at := vg.Point{X: c.Min.X - left, Y: c.Min.Y - below*0.6}
	for _, e := range b.tallied() {
		box := vg.Rectangle{Min: at.Add(vg.Point{Y: -5.5}), Max: at.Add(vg.Point{X: 13, Y: 5.5})}
		c.SetColor(Fill[e.outcome])
		c.Fill(box.Path())
		symbol(c, e.outcome, vg.Point{X: at.X + 6.5, Y: at.Y})
		c.FillText(sty, vg.Point{X: at.X + 17, Y: at.Y + 1}, e.text)
		at.X += tallyWidth(e.text)
	}
}

type tallyEntry struct {
	outcome Outcome
	text    string
}

// tallied returns the outcomes with their numbers. Cells that were not run
// are listed only if there are any.
func (b *Board) tallied() (entries []tallyEntry) {
	n, total := map[Outcome]int{}, 0
	for _, row := range b.Scores {
		for _, s := range row {
			n[s.Outcome]++
			total++
		}
	}
	for _, o := range []Outcome{Right, Undetermined, Wrong, NotRun} {
		if o != NotRun || n[o] > 0 {
			entries = append(entries, tallyEntry{o, fmt.Sprintf("%v: %d of %d", o, n[o], total)})
		}
	}
	return entries
}

func tallyWidth(text string) vg.Length { return look.Text(look.NoteSize, look.Ink).Width(text) + 30 }

func (b *Board) tallyWidth() (w vg.Length) {
	for _, e := range b.tallied() {
		w += tallyWidth(e.text)
	}
	return w
}
