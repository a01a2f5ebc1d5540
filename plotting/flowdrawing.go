package plotting

import (
	"fmt"
	"image/color"
	"math"
	"slices"

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

var (
	randomLine = color.NRGBA{R: 0x78, G: 0x78, B: 0x78, A: 0xff}
	randomBand = color.NRGBA{R: 0xda, G: 0xda, B: 0xda, A: 0xff}
)

// A flowDrawing is a chart of flow curves under construction.
type flowDrawing struct {
	*Chart
	log         bool
	entries     *annotation.Key
	total, left int // points, and how many of them are left out
	low, high   float64
	cuts        []cut
}

func newFlowDrawing(log bool) *flowDrawing {
	c := newChart(look.ChartWidth, look.ChartHeight).Labelled("t", "change of f, Δ(t)")
	c.Add(look.Grid())
	return &flowDrawing{Chart: c, log: log, entries: &annotation.Key{}, low: math.Inf(1), high: math.Inf(-1)}
}

func (d *flowDrawing) addRandom(f FlowCurve) {
	if f.Name == "" {
		f.Name = "random flows"
	}
	d.draw(0, f, draw.LineStyle{Color: randomLine, Width: vg.Points(1), Dashes: look.SeriesDash(2)}, randomBand)
}

// add draws curve i.
func (d *flowDrawing) add(i int, f FlowCurve) {
	faint := look.SeriesColor(i)
	faint.A = 0x40
	d.draw(i, f, draw.LineStyle{Color: look.SeriesColor(i), Width: vg.Points(look.CurveWidth), Dashes: look.SeriesDash(i)}, faint)
}

func (d *flowDrawing) draw(i int, f FlowCurve, line draw.LineStyle, fill color.Color) {
	s := f.series(d.log)
	runs, bad := s.runs(d.log)
	d.total, d.left = d.total+len(s.Y), d.left+bad
	thumbs := []plot.Thumbnailer{&plotter.Line{LineStyle: line}}
	if rings := f.rings(d.log); len(rings) > 0 {
		area := &plotter.Polygon{XYs: rings, Color: fill, LineStyle: draw.LineStyle{Color: fill}}
		d.Add(area)
		thumbs = []plot.Thumbnailer{area, thumbs[0]}
	}
	if f.Name != "" {
		d.entries.Add(i, f.named(f.Name), thumbs...)
	}
	d.addLines(runs, line, glyphs.OfSeries(i))
	d.readable([]Series{{Name: f.Name, X: f.T, Y: f.Value, Lower: f.Lower, Upper: f.Upper}})
	d.widen(f)
	if f.Cut > 0 {
		d.cuts = append(d.cuts, cut{f.Cut, line.Color})
	}
}

// widenReach makes the axis hold all of T, even where flows have ended.
func (d *flowDrawing) widenReach(f FlowCurve) {
	for _, t := range f.T {
		if numbers.Finite(t) {
			d.X.Min, d.X.Max = math.Min(d.X.Min, t), math.Max(d.X.Max, t)
		}
	}
}

// widen makes the axes hold all values and interval ends that can be drawn.
func (d *flowDrawing) widen(f FlowCurve) {
	for _, v := range slices.Concat(f.Value, f.Lower, f.Upper) {
		if numbers.Finite(v) && (!d.log || v > 0) {
			d.low, d.high = math.Min(d.low, v), math.Max(d.high, v)
		}
	}
}

// finish adds the axes, the cuts, the key and the warnings.
func (d *flowDrawing) finish(angle bool) *Chart {
	if angle {
		d.X.Label.Text, d.X.Tick.Marker = "t / rad", axes.PiTicks{}
	}
	if math.IsInf(d.X.Min, 0) || d.X.Min == d.X.Max {
		d.X.Min, d.X.Max = 0, 1
	}
	if d.Y.Min, d.Y.Max = d.low, d.high; d.log {
		d.logY()
	} else {
		d.Y.Min, d.Y.Max = roomAbove(d.low, d.high)
	}
	d.addCuts()
	if len(d.entries.Entries) > 0 {
		d.addKey(d.entries)
	}
	switch {
	case d.total == 0:
		d.warn("no data")
	case d.left > 0:
		d.warn(fmt.Sprintf("%d of %d points left out: %s", d.left, d.total, leftOut(d.log)))
	}
	return d.Chart
}

// roomAbove returns the ends of a linear axis from zero, or the lowest
// negative value, to a little above the largest value.
func roomAbove(low, high float64) (min, max float64) {
	low, high = math.Min(0, low), math.Max(0, high)
	if low == high {
		return 0, 1
	}
	return axes.Widened(low, high, 0, 0.05)
}

// A cut is where a flow leaves the range of the data.
type cut struct {
	t     float64
	color color.Color
}

// addCuts adds the lines that lie within the axis, and their entry in the
// key.
func (d *flowDrawing) addCuts() {
	reached := slices.DeleteFunc(d.cuts, func(c cut) bool { return c.t > d.X.Max && -c.t < d.X.Min })
	if len(reached) == 0 {
		return
	}
	for _, c := range reached {
		d.Add(c)
	}
	d.entries.Add(0, "leaves the data", cut{color: look.Ink})
}

func (c cut) style() draw.LineStyle {
	return draw.LineStyle{Color: c.color, Width: vg.Points(1.2), Dashes: []vg.Length{vg.Points(3), vg.Points(2)}}
}

// Plot implements plot.Plotter: a line at ±t, if the axis reaches it.
func (c cut) Plot(dc draw.Canvas, p *plot.Plot) {
	trX, _ := p.Transforms(&dc)
	for _, t := range []float64{-c.t, c.t} {
		if t >= p.X.Min && t <= p.X.Max {
			dc.StrokeLine2(c.style(), trX(t), dc.Min.Y, trX(t), dc.Max.Y)
		}
	}
}

// Thumbnail implements plot.Thumbnailer.
func (c cut) Thumbnail(dc *draw.Canvas) {
	x := dc.Center().X
	dc.StrokeLine2(c.style(), x, dc.Min.Y, x, dc.Max.Y)
}
