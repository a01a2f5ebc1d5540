// Package cells draws the entries of a matrix as coloured squares.
package cells

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/colours"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// Matrix draws each entry of a matrix as a unit square around (column, row),
// counted from 1. plotter.HeatMap is not used because it leaves hairlines
// between cells, has no numbers, and drops border cells that rounding puts
// outside the canvas.
type Matrix struct {
	M       mat.Matrix
	Colors  palette.ColorMap
	Numbers bool    // writes the values into the cells
	Least   float64 // smaller values get no number

	Label func(float64) string // formats the numbers; nil means label
}

// Plot implements plot.Plotter.
func (h Matrix) Plot(c draw.Canvas, p *plot.Plot) {
	rows, cols := h.M.Dims()
	trX, trY := p.Transforms(&c)
	at := func(i, j float64) vg.Point { return vg.Point{X: trX(j), Y: trY(i)} }
	for i := range rows {
		for j := range cols {
			y, x := float64(i+1), float64(j+1)
			h.cell(c, h.M.At(i, j), at(y+0.5, x-0.5), at(y-0.5, x+0.5))
		}
	}
	if max(rows, cols) <= 40 {
		h.separate(c, rows, cols, at)
	}
	c.SetLineStyle(look.Rule(look.Ink))
	c.Stroke(vg.Rectangle{Min: at(float64(rows)+0.5, 0.5), Max: at(0.5, float64(cols)+0.5)}.Path())
}

// cell fills the square between two corners.
func (h Matrix) cell(c draw.Canvas, v float64, lower, upper vg.Point) {
	fill := colours.Of(h.Colors, v)
	c.SetColor(fill)
	c.Fill(vg.Rectangle{Min: lower, Max: upper}.Path())
	switch {
	case !numbers.Finite(v):
		c.StrokeLine2(look.Rule(color.White), lower.X, lower.Y, upper.X, upper.Y)
		c.StrokeLine2(look.Rule(color.White), lower.X, upper.Y, upper.X, lower.Y)
	case h.Numbers && math.Abs(v) >= h.Least:
		h.number(c, v, fill, lower, upper)
	}
}

// separate draws white lines between the cells.
func (Matrix) separate(c draw.Canvas, rows, cols int, at func(i, j float64) vg.Point) {
	line := look.Rule(color.White)
	bottom, right := float64(rows)+0.5, float64(cols)+0.5
	for j := 1; j < cols; j++ {
		a, b := at(bottom, float64(j)+0.5), at(0.5, float64(j)+0.5)
		c.StrokeLine2(line, a.X, a.Y, b.X, b.Y)
	}
	for i := 1; i < rows; i++ {
		a, b := at(float64(i)+0.5, 0.5), at(float64(i)+0.5, right)
		c.StrokeLine2(line, a.X, a.Y, b.X, b.Y)
	}
}

// number writes v in the middle of its cell, in smaller type if it is long.
func (h Matrix) number(c draw.Canvas, v float64, fill color.Color, lower, upper vg.Point) {
	text := label(v)
	if h.Label != nil {
		text = h.Label(v)
	}
	size := 1.7 * float64(upper.X-lower.X) / float64(max(4, len(text)))
	sty := look.Text(min(look.NoteSize+0.5, size), color.Black)
	if colours.Dark(fill) {
		sty.Color = color.White
	}
	sty.XAlign, sty.YAlign = draw.XCenter, draw.YCenter
	at := vg.Point{X: (lower.X + upper.X) / 2, Y: (lower.Y + upper.Y) / 2}
	at.Y += sty.FontExtents().Descent / 2
	c.FillText(sty, at, text)
}

// label formats v with two digits: ".35", "-1.2", "12", "3.4e-5".
func label(v float64) string {
	switch a := math.Abs(v); {
	case a == 0:
		return "0"
	case a < 0.0095 || a >= 9999.5:
		return axes.ShortExponent(strings.Replace(fmt.Sprintf("%.1e", v), ".0e", "e", 1))
	case a >= 9.95:
		return fmt.Sprintf("%.0f", v)
	case a >= 0.995:
		return fmt.Sprintf("%.1f", v)
	}
	return strings.Replace(fmt.Sprintf("%.2f", v), "0.", ".", 1)
}
