package plotting

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/annotation"
	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/glyphs"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// SpectrumFloor is the fraction of the largest value below which Spectrum
// draws a value as zero. Smaller values are rounding errors of float64
// arithmetic.
const SpectrumFloor = 1e-16

// Spectrum draws polarization spectra: the values of each series over their
// index 1, 2, …, K, on a logarithmic axis, in the order given.
//
// Values within ±SpectrumFloor times the largest value of all series cannot
// be drawn on that axis. They are hollow, on a row of their own at the
// bottom, labelled 0, or "<1e-16" with the floor as number if not all of them
// are exactly zero. NaN, infinite and negative values appear on that row as
// crosses, and a line above the chart counts them.
//
// Spectrum panics if a series has X.
func Spectrum(series ...Series) *Chart {
	checkNoX("Spectrum", series)
	c := newChart(look.ChartWidth, look.ChartHeight).Labelled("index", "polarization spectrum")
	axis := newSpectrumAxis(series)
	axis.apply(c.Plot)
	c.Add(look.Grid())
	k := &annotation.Key{}
	for i, s := range series {
		if len(s.Y) > 0 {
			points := axis.scatter(i, s)
			c.Add(points)
			c.addReadings(axis.placed(s), s, nil)
			k.Add(i, s.Name, points)
		}
	}
	if named(series) {
		c.addKey(k)
	}
	if bad := axis.bad(series); len(bad) > 0 {
		c.Add(glyphs.Crosses(bad))
	}
	c.X.Min, c.X.Max = 1, math.Max(2, float64(axis.longest))
	c.warn(axis.warning())
	return c
}

// Threshold adds a dashed horizontal line at y with a label on it, and
// returns c. A y outside the axis is reported above the chart instead.
func (c *Chart) Threshold(y float64, label string) *Chart {
	if c.hasPlaceFor(y, label) {
		c.Add(annotation.Threshold{Y: y, Label: label})
	}
	return c
}

// hasPlaceFor reports whether the y axis can show a threshold, and adds a
// line above the chart if it cannot.
func (c *Chart) hasPlaceFor(y float64, label string) bool {
	_, log := c.Y.Scale.(axes.LogScale)
	ticks, _ := c.Y.Tick.Marker.(axes.LogTicks)
	if !numbers.Finite(y) || log && y <= ticks.Zero {
		c.warn(fmt.Sprintf("threshold %.3g (%s) is not on the axis", y, label))
		return false
	}
	return true
}

// spectrumAxis is the logarithmic axis of spectra and the row of zeros below it.
type spectrumAxis struct {
	floor       float64 // values up to this are drawn as zero
	low, high   float64 // smallest and largest value above the floor
	row         float64 // where zeros are drawn
	longest     int
	zero, small int // numbers of values that are exactly zero, and below the floor
	notFinite   int
	negative    int
}

func newSpectrumAxis(series []Series) *spectrumAxis {
	a := &spectrumAxis{low: math.Inf(1)}
	for _, s := range series {
		a.longest = max(a.longest, len(s.Y))
		for _, v := range s.Y {
			if numbers.Finite(v) {
				a.high = math.Max(a.high, v)
			}
		}
	}
	a.floor = a.high * SpectrumFloor
	for _, s := range series {
		for _, v := range s.Y {
			a.sort(v)
		}
	}
	return a
}

// sort counts v in its category.
func (a *spectrumAxis) sort(v float64) {
	switch {
	case !numbers.Finite(v):
		a.notFinite++
	case v == 0:
		a.zero++
	case math.Abs(v) <= a.floor:
		a.small++
	case v < 0:
		a.negative++
	default:
		a.low = math.Min(a.low, v)
	}
}

// apply sets the y axis of p to the decades of the values, with the row of
// zeros below them if it is used.
func (a *spectrumAxis) apply(p *plot.Plot) {
	if math.IsInf(a.low, 1) {
		a.low, a.high = 1, 1
	}
	p.X.Tick.Marker = axes.IndexTicks{}
	p.Y.Scale = axes.LogScale{}
	p.Y.Min, p.Y.Max = axes.LogRange(a.low, a.high)
	ticks := axes.LogTicks{}
	if a.zero+a.small+a.notFinite+a.negative > 0 {
		first := axes.Pow10(int(math.Floor(math.Log10(a.low) + 1e-9)))
		a.row = numbers.Positive(first * math.Pow(p.Y.Max/first, -1.0/8))
		p.Y.Min = a.row
		ticks = axes.LogTicks{Zero: a.row, Label: a.rowLabel(), First: first}
	}
	p.Y.Tick.Marker = ticks
}

func (a *spectrumAxis) rowLabel() string {
	switch {
	case a.small > 0:
		return "<" + fmt.Sprintf("%.0e", a.floor)
	case a.zero > 0:
		return "0"
	}
	return ""
}

// scatter returns the points of series i, without those that cannot be drawn.
func (a *spectrumAxis) scatter(i int, s Series) *plotter.Scatter {
	var xys plotter.XYs
	for j, v := range s.Y {
		if a.drawable(v) {
			xys = append(xys, plotter.XY{X: float64(j + 1), Y: a.place(v)})
		}
	}
	style := draw.GlyphStyle{Color: look.SeriesColor(i), Radius: a.radius(), Shape: glyphs.OfSeries(i)}
	return &plotter.Scatter{XYs: xys, GlyphStyle: style, GlyphStyleFunc: func(j int) draw.GlyphStyle {
		g := style
		if a.row > 0 && xys[j].Y == a.row {
			hollow := glyphs.OfSeries(i)
			hollow.Hollow = true
			g.Shape = hollow
		}
		return g
	}}
}

// placed returns the series where its values are drawn, NaN for those that are not.
func (a *spectrumAxis) placed(s Series) Series {
	places := Series{Y: make([]float64, len(s.Y))}
	for j, v := range s.Y {
		places.Y[j] = math.NaN()
		if a.drawable(v) {
			places.Y[j] = a.place(v)
		}
	}
	return places
}

// bad returns the positions, on the row of zeros, of values that cannot be
// drawn.
func (a *spectrumAxis) bad(series []Series) (xys plotter.XYs) {
	for _, s := range series {
		for j, v := range s.Y {
			if !a.drawable(v) {
				xys = append(xys, plotter.XY{X: float64(j + 1), Y: a.row})
			}
		}
	}
	return xys
}

func (a *spectrumAxis) drawable(v float64) bool { return numbers.Finite(v) && v >= -a.floor }

// place returns the position of v on the axis.
func (a *spectrumAxis) place(v float64) float64 {
	if v > a.floor {
		return v
	}
	return a.row
}

func (a *spectrumAxis) radius() vg.Length { return markerRadius(a.longest) }

// markerRadius shrinks the markers if many of them share an axis.
func markerRadius(n int) vg.Length {
	if n > 50 {
		return vg.Points(2)
	}
	return vg.Points(3)
}

func (a *spectrumAxis) warning() string {
	switch {
	case a.longest == 0:
		return "no data"
	case a.notFinite > 0 && a.negative > 0:
		return numbers.Count(a.notFinite+a.negative, "value") + " NaN, infinite or negative (×)"
	case a.notFinite > 0:
		return numbers.Count(a.notFinite, "value") + " NaN or infinite (×)"
	case a.negative > 0:
		return numbers.Count(a.negative, "value") + " negative (×)"
	}
	return ""
}

// errorBars returns the intervals in axis positions, and the number of those
// that cannot be drawn. The bars start at their lower ends, because a value
// may lie outside its interval.
func (a *spectrumAxis) errorBars(values []Estimate) (bars *plotter.YErrorBars, bad int) {
	bars = &plotter.YErrorBars{LineStyle: look.Rule(look.Ink), CapWidth: vg.Points(5)}
	bars.Width = vg.Points(1)
	for i, e := range values {
		lower, upper, ok := e.interval()
		if !ok {
			if !e.bare() {
				bad++
			}
			continue
		}
		low, high := a.end(lower), a.end(upper)
		bars.XYs = append(bars.XYs, plotter.XY{X: float64(i + 1), Y: low})
		bars.YErrors = append(bars.YErrors, struct{ Low, High float64 }{High: high - low})
	}
	return bars, bad
}

// end returns the axis position of an interval's end. Ends below all decades
// of the axis, negative ones too, go to the row of zeros.
func (a *spectrumAxis) end(v float64) float64 { return a.place(math.Max(0, v)) }
