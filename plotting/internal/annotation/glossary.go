package annotation

import (
	"fmt"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/look"
)

// longestSymbol is the longest name, in characters, that is written into a
// table itself.
const longestSymbol = 4

// Symbols returns the symbol of each generator of a basis: its name if all
// names are short, otherwise E₁, E₂, …, with lines that explain them.
func Symbols(dim int, names []string) (symbols, meanings []string) {
	short := names != nil
	for _, n := range names {
		short = short && len([]rune(n)) <= longestSymbol
	}
	if short {
		return names, nil
	}
	for i := range dim {
		symbols = append(symbols, "E"+Subscript(i+1))
		if names != nil {
			meanings = append(meanings, symbols[i]+" = "+names[i])
		}
	}
	return symbols, meanings
}

// Subscript writes n in the characters ₀ to ₉.
func Subscript(n int) string {
	return strings.Map(func(r rune) rune { return r - '0' + '₀' }, fmt.Sprint(n))
}

// Glossary is text in columns, read downwards.
type Glossary struct{ Entries []string }

const glossaryGap = vg.Length(14) // between columns

// columns returns the number of columns, and the width and height of an
// entry.
func (g *Glossary) columns() (n int, width, height vg.Length) {
	sty := look.Text(look.TickSize, look.Ink)
	for _, e := range g.Entries {
		width = max(width, sty.Width(e)+glossaryGap)
	}
	return max(1, min(4, int(look.PageWidth/width))), width, sty.Height("E") * 1.6
}

// rows returns the number of entries in a column.
func (g *Glossary) rows() int {
	n, _, _ := g.columns()
	return (len(g.Entries) + n - 1) / n
}

// Size returns the space that the text takes.
func (g *Glossary) Size() (width, height vg.Length) {
	n, w, h := g.columns()
	return w * vg.Length(n), h * (vg.Length(g.rows()) + 0.5)
}

// Draw writes the text from the top left corner of dc.
func (g *Glossary) Draw(dc draw.Canvas) {
	sty := look.Text(look.TickSize, look.Ink)
	sty.YAlign = draw.YTop
	_, w, h := g.columns()
	for i, e := range g.Entries {
		col, row := i/g.rows(), i%g.rows()
		at := vg.Point{X: dc.Min.X + glossaryGap/2 + w*vg.Length(col), Y: dc.Max.Y - h*vg.Length(row)}
		dc.FillText(sty, at, e)
	}
}
