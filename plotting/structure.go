package plotting

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/annotation"
	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/cells"
	"github.com/liegg/lab/plotting/internal/colours"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// StructureConstants draws the bracket table of a Lie algebra of dimension d
// = dim: one row for each bracket [Eᵢ, Eⱼ], i < j, one column for each Eₖ,
// and in the cell the coefficient cᵢⱼᵏ of [Eᵢ, Eⱼ] = Σₖ cᵢⱼᵏ Eₖ, which c
// returns for indices 0, …, d−1. Colours run from blue over white, at zero,
// to red, on one scale for the whole table. Cells below 1 % of the largest
// constant carry no number, so that rounding does not clutter the table.
// Tables beyond d = 10 or 200 numbers have no numbers; a line above the table
// then explains the colours. The table of an abelian algebra is white, and
// that line says so.
//
// names, in the order of the basis, replace E₁, …, E_d; nil keeps them. If a
// name has more than four characters, as formulas such as x∂y − y∂x do, the
// table keeps the E and a key beneath it explains them.
//
// NaN and infinite constants become grey crossed cells, counted by a line
// above the table. Dimensions 0 and 1 have no brackets, and the picture says
// so. StructureConstants panics if dim is negative, c is nil, or names are
// neither nil nor dim of them.
func StructureConstants(dim int, c func(i, j, k int) float64, names []string) *Layout {
	switch {
	case dim < 0:
		panic(fmt.Sprintf("plotting: StructureConstants: dim is %d, want at least 0", dim))
	case c == nil:
		panic("plotting: StructureConstants: c is nil")
	case names != nil && len(names) != dim:
		panic(fmt.Sprintf("plotting: StructureConstants: %d names for dimension %d", len(names), dim))
	}
	// One row per bracket, rather than one d×d map per k: a row is an
	// equation as books print it, antisymmetry is used instead of shown, and
	// reading a bracket does not mean collecting it from d maps.
	symbols, meanings := annotation.Symbols(dim, names)
	t := newBracketTable(dim, c, symbols)
	figures := t.figures(symbols)
	l := Grid(t.columns(figures), figures...)
	if meanings != nil {
		l = Grid(1, l, &annotation.Glossary{Entries: meanings})
	}
	l.warning, l.remark = t.warning(), t.remark()
	return l.Titled("structure constants")
}

// More than maxWritten numbers would make the picture larger than 60 kB.
const (
	maxNumberedDim = 10
	maxWritten     = 200
)

// A bracketTable holds the constants, split into blocks that are drawn side
// by side.
type bracketTable struct {
	dim     int
	limit   float64 // limit of the colour scale
	bad     int
	written int // number of constants large enough to be written
	blocks  []bracketBlock
}

// A bracketBlock is some rows of the table.
type bracketBlock struct {
	rows      []string // labels of the rows
	constants *mat.Dense
}

func newBracketTable(dim int, c func(i, j, k int) float64, symbols []string) *bracketTable {
	t := &bracketTable{dim: dim}
	var labels []string
	var constants []float64
	for i := range dim {
		for j := i + 1; j < dim; j++ {
			labels = append(labels, "["+symbols[i]+", "+symbols[j]+"]")
			for k := range dim {
				constants = append(constants, c(i, j, k))
			}
		}
	}
	low, high, bad := numbers.FiniteRange(len(labels), dim, func(i, j int) float64 { return constants[i*dim+j] })
	if t.bad = bad; low <= high {
		t.limit = math.Max(-low, high)
	}
	for _, v := range constants {
		if math.Abs(v) >= t.least() {
			t.written++
		}
	}
	most := max(1, int(bracketHeight/t.side()))
	count := (len(labels) + most - 1) / most
	for b := range count {
		from, to := (b*len(labels)+count-1)/count, ((b+1)*len(labels)+count-1)/count // the longest first
		m := mat.NewDense(to-from, dim, constants[from*dim:to*dim])
		t.blocks = append(t.blocks, bracketBlock{labels[from:to], m})
	}
	return t
}

// Largest height of a block, and the sides of its cells.
const (
	bracketHeight  = 3.85 * vg.Inch
	bracketWidth   = 2.15 * vg.Inch
	largestBracket = 0.38 * vg.Inch
	leastBracket   = 0.2 * vg.Inch
)

// least returns the smallest constant that is worth a number; it is positive.
func (t *bracketTable) least() float64 { return numbers.Positive(0.01 * t.limit) }

// side returns the side of a cell.
func (t *bracketTable) side() vg.Length {
	return max(leastBracket, min(largestBracket, bracketWidth/vg.Length(max(1, t.dim))))
}

func (t *bracketTable) warning() string {
	switch {
	case len(t.blocks) == 0:
		return fmt.Sprintf("no brackets in dimension %d", t.dim)
	case t.bad > 0:
		return numbers.Count(t.bad, "constant") + " NaN or infinite (×)"
	}
	return ""
}

// figures returns the blocks as charts of equal size.
func (t *bracketTable) figures(columns []string) (f []Figure) {
	most := 0
	for _, b := range t.blocks {
		most = max(most, len(b.rows))
	}
	for _, b := range t.blocks {
		f = append(f, t.chart(b, most, columns))
	}
	return f
}

// columns returns how many of the figures fit side by side on a page. It
// prefers more rows of blocks to smaller cells.
func (t *bracketTable) columns(figures []Figure) int {
	if len(figures) == 0 {
		return 1
	}
	w, _ := sizeOf(figures[0])
	return max(1, min(len(figures), int(1.02*look.PageWidth/(w+layoutGap))))
}

// numbered reports whether the cells have room for numbers.
func (t *bracketTable) numbered() bool {
	return t.dim <= maxNumberedDim && t.written <= maxWritten
}

// remark explains the colours if there are no numbers.
func (t *bracketTable) remark() string {
	switch {
	case len(t.blocks) > 0 && t.limit == 0 && t.bad == 0:
		return "all zero: abelian"
	case t.numbered() || t.limit == 0:
		return ""
	}
	return fmt.Sprintf("blue %.2g, white 0, red %.2g", -t.limit, t.limit)
}

// chart draws a block in the space of the given number of rows, so that
// shorter blocks stay aligned with the others.
func (t *bracketTable) chart(b bracketBlock, rows int, columns []string) *Chart {
	c := newMatrixChart(rows, t.dim, false)
	c.X.Tick.Marker, c.Y.Tick.Marker = plot.ConstantTicks{}, axes.NameTicks(b.rows)
	sty := c.Y.Tick.Label
	var widest vg.Length
	for _, r := range b.rows {
		widest = max(widest, sty.Width(r))
	}
	c.Width = t.side()*vg.Length(t.dim) + widest + 0.24*vg.Inch
	c.Height = t.side()*vg.Length(rows) + 0.4*vg.Inch
	c.addCells(cells.Matrix{M: b.constants, Colors: colours.Diverging(t.limit), Numbers: t.numbered(), Least: t.least()})
	c.Add(columnNames{columns, len(b.rows)})
	return c
}

// columnNames are written right below a table of the given number of rows,
// which may end above the axis.
type columnNames struct {
	names []string
	rows  int
}

// Plot implements plot.Plotter.
func (n columnNames) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	sty := look.Text(look.TickSize, look.Ink)
	sty.XAlign, sty.YAlign = draw.XCenter, draw.YTop
	for _, name := range n.names { // all of one size
		sty = look.Fit(sty, name, trX(1)-trX(0)-1)
	}
	for j, name := range n.names {
		at := vg.Point{X: trX(float64(j + 1)), Y: trY(float64(n.rows)+0.5) + sty.FontExtents().Descent - columnGap}
		c.FillText(sty, at, name)
	}
}

const columnGap = vg.Length(2) // between a table and the names below it

// GlyphBoxes implements plot.GlyphBoxer.
func (n columnNames) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	sty := look.Text(look.TickSize, look.Ink)
	return []plot.GlyphBox{{Rectangle: vg.Rectangle{Min: vg.Point{Y: -sty.Height("E") - columnGap}, Max: vg.Point{X: 1}}}}
}
