package plotting

import (
	"fmt"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// longestSymbol is the longest name, in characters, that is written into a
// table itself.
const longestSymbol = 4

// symbolsOf returns the symbol of each generator of a basis: its name if all
// names are short, otherwise E₁, E₂, …, with lines that explain them.
func symbolsOf(dim int, names []string) (symbols, meanings []string) {
	short := names != nil
	for _, n := range names {
		short = short && len([]rune(n)) <= longestSymbol
	}
	if short {
		return names, nil
	}
	for i := range dim {
		symbols = append(symbols, "E"+subscript(i+1))
		if names != nil {
			meanings = append(meanings, symbols[i]+" = "+names[i])
		}
	}
	return symbols, meanings
}

// subscript writes n in the characters ₀ to ₉.
func subscript(n int) string {
	return strings.Map(func(r rune) rune { return r - '0' + '₀' }, fmt.Sprint(n))
}

// A glossary is text in columns, read downwards.
type glossary struct{ entries []string }

const glossaryGap = vg.Length(14) // between columns

// columns returns the number of columns, and the width and height of an
// entry.
func (g *glossary) columns() (n int, width, height vg.Length) {
	sty := textStyle(tickSize, ink)
	for _, e := range g.entries {
		width = max(width, sty.Width(e)+glossaryGap)
	}
	return max(1, min(4, int(pageWidth/width))), width, sty.Height("E") * 1.6
}

// rows returns the number of entries in a column.
func (g *glossary) rows() int {
	n, _, _ := g.columns()
	return (len(g.entries) + n - 1) / n
}

// Size returns the space that the text takes.
func (g *glossary) Size() (width, height vg.Length) {
	n, w, h := g.columns()
	return w * vg.Length(n), h * (vg.Length(g.rows()) + 0.5)
}

// Draw writes the text from the top left corner of dc.
func (g *glossary) Draw(dc draw.Canvas) {
	sty := textStyle(tickSize, ink)
	sty.YAlign = draw.YTop
	_, w, h := g.columns()
	for i, e := range g.entries {
		col, row := i/g.rows(), i%g.rows()
		at := vg.Point{X: dc.Min.X + glossaryGap/2 + w*vg.Length(col), Y: dc.Max.Y - h*vg.Length(row)}
		dc.FillText(sty, at, e)
	}
}
