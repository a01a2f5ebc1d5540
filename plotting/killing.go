package plotting

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/annotation"
	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/cells"
	"github.com/liegg/lab/plotting/internal/colours"
	"github.com/liegg/lab/plotting/internal/glyphs"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// KillingForm draws the Killing form κ(Eᵢ, Eⱼ) = tr(ad Eᵢ · ad Eⱼ) of a Lie
// algebra as a heat-map, blue for negative, white for zero, red for positive,
// and beside it the eigenvalues of the form, ascending. The title gives the
// signature (+, −, 0): the numbers of eigenvalues above zero, below −zero,
// and within ±zero, the grey band. The form, its eigenvalues and zero are in
// units of squared structure constants.
//
// Up to dimension 10 cells carry numbers, except those below 1 % of the
// largest. names, in the order of the basis, replace E₁, E₂, …; nil keeps
// them. Long names are listed beneath the map, as by StructureConstants.
//
// NaN and infinite entries become grey crossed cells, counted by a line above
// the picture; there is then no signature. An empty form says "nothing to
// show". KillingForm panics if form is nil, if zero is negative or not
// finite, or if names are neither nil nor as many as the dimension.
func KillingForm(form mat.Symmetric, zero float64, names []string) *Layout {
	if form == nil {
		panic("plotting: KillingForm: form is nil")
	}
	if !(zero >= 0) || math.IsInf(zero, 1) {
		panic(fmt.Sprintf("plotting: KillingForm: zero is %v, want a finite number ≥ 0", zero))
	}
	dim := form.SymmetricDim()
	if names != nil && len(names) != dim {
		panic(fmt.Sprintf("plotting: KillingForm: %d names for dimension %d", len(names), dim))
	}
	if dim == 0 {
		return Grid(1).Titled("Killing form")
	}
	symbols, meanings := annotation.Symbols(dim, names)
	l := killingForm(form, zero, symbols)
	if meanings == nil {
		return l
	}
	outer := Grid(1, l, &annotation.Glossary{Entries: meanings}).Titled(l.Title)
	outer.warning, l.Title, l.warning = l.warning, "", ""
	return outer
}

// killingForm draws a form that has entries.
func killingForm(form mat.Symmetric, zero float64, symbols []string) *Layout {
	low, high, bad := numbers.FiniteRange(len(symbols), len(symbols), form.At)
	limit := 0.0
	if low <= high {
		limit = math.Max(-low, high)
	}
	l := Grid(2, killingMap(form, limit, symbols))
	if bad > 0 {
		l.warning = numbers.Count(bad, "cell") + " NaN or infinite (×)"
		return l.Titled("Killing form: no signature")
	}
	var eigen mat.EigenSym
	power := 0
	if limit > 0 {
		_, power = math.Frexp(limit)
	}
	if !eigen.Factorize(byPowerOfTwo(form, -power), false) {
		l.warning = "the eigenvalues did not converge"
		return l.Titled("Killing form: no signature")
	}
	values := eigen.Values(nil)
	for i, v := range values {
		values[i] = math.Ldexp(v, power)
	}
	s := signs{values: values, zero: zero}
	l.Figures, l.Columns = append(l.Figures, s.chart()), 2
	return l.Titled("Killing form: " + s.String())
}

// byPowerOfTwo returns form·2^power, which is exact. LAPACK needs entries of
// about unit size and panics for subnormal ones.
func byPowerOfTwo(form mat.Symmetric, power int) *mat.SymDense {
	n := form.SymmetricDim()
	scaled := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			scaled.SetSym(i, j, math.Ldexp(form.At(i, j), power))
		}
	}
	return scaled
}

func killingMap(form mat.Symmetric, limit float64, symbols []string) *Chart {
	numbers := len(symbols) <= maxNumberedDim
	c := newMatrixChart(len(symbols), len(symbols), numbers)
	c.X.Tick.Marker, c.Y.Tick.Marker = axes.NameTicks(symbols), axes.NameTicks(symbols)
	colors := colours.Diverging(limit)
	c.addCells(cells.Matrix{M: form, Colors: colors, Numbers: numbers, Least: 0.01 * limit})
	c.Add(annotation.ColorBar{Colors: colors})
	return c
}

// signs holds eigenvalues. Those within ±zero count as zero.
type signs struct {
	values []float64 // ascending
	zero   float64
}

// sign returns 1, -1 or 0.
func (s signs) sign(v float64) int {
	switch {
	case v > s.zero:
		return 1
	case v < -s.zero:
		return -1
	}
	return 0
}

// String returns the signature in words.
func (s signs) String() string {
	n := map[int]int{}
	for _, v := range s.values {
		n[s.sign(v)]++
	}
	return fmt.Sprintf("%d positive, %d negative, %d zero", n[1], n[-1], n[0])
}

// chart draws the eigenvalues over their index, positive ones as triangles that
// point up, negative ones down, zeros as hollow discs.
func (s signs) chart() *Chart {
	c := newChart(2.7*vg.Inch, look.MapHeight).Labelled("index", "eigenvalue")
	n := len(s.values)
	end := float64(n) + 0.5
	c.X.Tick.Marker = axes.IndexTicks{}
	if s.zero > 0 {
		c.Add(rectangle(0.5, end, -s.zero, s.zero, look.BandGrey))
	}
	c.Add(look.Grid())
	points := &plotter.Scatter{GlyphStyleFunc: func(i int) draw.GlyphStyle { return s.glyph(s.values[i]) }}
	for i, v := range s.values {
		points.XYs = append(points.XYs, plotter.XY{X: float64(i + 1), Y: v})
	}
	c.Add(points)
	c.X.Min, c.X.Max = 0.5, end
	c.Y.Min, c.Y.Max = roomAround(math.Min(s.values[0], -s.zero), math.Max(s.values[n-1], s.zero))
	c.X.Padding, c.Y.Padding = 0, 0
	return c
}

func (s signs) glyph(v float64) draw.GlyphStyle {
	ends := colours.Diverging(1)
	g := draw.GlyphStyle{Color: look.Ink, Radius: vg.Points(3.5), Shape: glyphs.Marker{Hollow: true}}
	switch s.sign(v) {
	case 1:
		g.Color, g.Shape = colours.Of(ends, 1), glyphs.Marker{Corners: 3, Turn: math.Pi / 2}
	case -1:
		g.Color, g.Shape = colours.Of(ends, -1), glyphs.Marker{Corners: 3, Turn: -math.Pi / 2}
	}
	return g
}

// roomAround returns the ends of a linear axis for [low, high] and zero, a
// little wider than needed, and never of zero length.
func roomAround(low, high float64) (min, max float64) {
	low, high = math.Min(0, low), math.Max(0, high)
	if low == high {
		return -1, 1
	}
	return axes.Widened(low, high, 0.07, 0.07)
}
