package plotting

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/dodge"
	"github.com/liegg/lab/plotting/internal/look"
)

// canvas records what is drawn on it, of the natural size of f.
func canvas(f Figure) (draw.Canvas, *recorder.Canvas) {
	w, h := sizeOf(f)
	c := &recorder.Canvas{}
	return draw.Canvas{Canvas: c, Rectangle: vg.Rectangle{Max: vg.Point{X: w, Y: h}}}, c
}

// legible returns the axes of a chart as it is drawn.
func legible(c *Chart) (p plot.Plot, data vg.Point) {
	dc, _ := canvas(c)
	p = *c.Plot
	p.X, p.Y = axes.Drawable(p.X), axes.Drawable(p.Y)
	axes.Legible(&p, dc)
	return p, p.DataCanvas(dc).Size()
}

func TestLabelsDoNotOverlap(t *testing.T) {
	names := []string{"encoder.layer.0.attention.query", "encoder.layer.0.attention.key", "encoder.layer.0.output", "encoder.layer.1.attention.query", "pooler", "classifier"}
	var many []string
	var x []float64
	for i := range 100 {
		many = append(many, fmt.Sprintf("hidden %d", i))
		x = append(x, float64(10+i))
	}
	y := make([]float64, 100)
	for i := range y {
		y[i] = 1 + float64(i)
	}
	for name, c := range map[string]*Chart{
		"few long names":     Depth(names, Series{Y: y[:6]}),
		"many names":         Depth(many, Series{Y: y}),
		"many values tried":  Trend(Series{X: x, Y: y}),
		"a table":            Table(names, names, mat.NewDense(6, 6, y[:36])),
		"long numbers below": Curves(Series{X: []float64{1e8 + .1, 1e8 + .2}, Y: []float64{1, 2}}),
		"a short axis":       Heatmap(mat.NewDense(40, 2, y[:80]), Cells{}),
	} {
		p, data := legible(c)
		if w := axes.Colliding(p.X, data.X, axes.AlongX); len(w) > 0 {
			t.Errorf("%s: labels %v below the data overlap", name, w)
		}
		if w := axes.Colliding(p.Y, data.Y, axes.AlongY); len(w) > 0 {
			t.Errorf("%s: labels %v beside the data overlap", name, w)
		}
		if data.X < c.Width/4 || data.Y < c.Height/4 {
			t.Errorf("%s: the data have %v of %v × %v", name, data, c.Width, c.Height)
		}
		mustEncode(t, c)
	}
}

// Names of layers are all there, told apart, and stand upright only where they must.
func TestNamesOfLayers(t *testing.T) {
	long := func(k int) string { return fmt.Sprintf("block %d of a network with a name that goes on and on", k) }
	for _, test := range []struct {
		names   []string
		upright bool
	}{
		{[]string{"hidden 1", "hidden 2", "output"}, false},
		{[]string{long(1), long(2), long(3), "output"}, true},
		{[]string{strings.Repeat("x", 60) + "1" + strings.Repeat("x", 60), strings.Repeat("x", 60) + "2" + strings.Repeat("x", 60)}, true},
	} {
		p, _ := legible(Depth(test.names, Series{Y: make([]float64, len(test.names))}))
		if upright := p.X.Tick.Label.Rotation != 0; upright != test.upright {
			t.Errorf("%q: upright %v", test.names, upright)
		}
		labels := map[string]bool{}
		for _, tick := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
			labels[tick.Label] = true
		}
		if len(labels) != len(test.names) || labels[""] {
			t.Errorf("%q: labels %v", test.names, labels)
		}
	}
}

// The key tells all series and stays on the picture; where that cannot be, it says
// how many there are more.
func TestKeyOfManySeries(t *testing.T) {
	for _, n := range []int{2, 23, 60, 1000} {
		var series []Series
		for i := range n {
			series = append(series, Series{Name: fmt.Sprintf("entry%d", i+1), X: []float64{1, 2}, Y: []float64{1, float64(i)}})
		}
		for name, f := range map[string]Figure{"Curves": Curves(series...), "Scatter": Scatter(series...), "Spectrum": Grid(2, Spectrum(Series{Y: []float64{1}}), Curves(series...))} {
			dc, c := canvas(f)
			f.Draw(dc)
			shown, more := 0, 0
			for _, a := range c.Actions {
				text, ok := a.(*recorder.FillString)
				if !ok || !strings.HasPrefix(text.String, "entry") && !strings.HasPrefix(text.String, "…") {
					continue
				}
				if at := text.Point; at.X < 0 || at.X > dc.Max.X || at.Y < 0 || at.Y > dc.Max.Y {
					t.Errorf("%s of %d: %q stands at %v, the picture is %v", name, n, text.String, at, dc.Max)
				}
				if _, err := fmt.Sscanf(text.String, "… and %d more", &more); err != nil {
					shown++
				}
			}
			if shown+more != n || n <= 60 && more > 0 {
				t.Errorf("%s of %d: the key shows %d and tells of %d more", name, n, shown, more)
			}
		}
	}
}

// Whiskers of several series stand beside each other, in the order of the series,
// nearer to their own place than to the next.
func TestWhiskersStandApart(t *testing.T) {
	s := Series{X: []float64{10, 100}, Y: []float64{1, 2}, Lower: []float64{.1, .1}, Upper: []float64{9, 9}}
	for _, n := range []int{1, 2, 3, 30} {
		all := make([]Series, n)
		for i := range all {
			all[i] = s
		}
		moved, step := dodged(all, func(x, part float64) float64 { return x * math.Pow(10, part) })
		for i, m := range moved {
			if at := math.Log10(m.X[0]); math.Abs(at-1) >= .4 || i > 0 && !(m.X[0] > moved[i-1].X[0]) || n == 1 && at != 1 {
				t.Errorf("series %d of %d stands at 10^%g", i, n, at)
			}
		}
		if across := float64(dodge.CapWidth(step, 4)); n > 1 && n < 10 && across > step/4*.6*float64(look.ChartWidth) {
			t.Errorf("bars of %v for %d series a step of %g apart", across, n, step)
		}
	}
	above := Series{X: []float64{100, 10}, Y: []float64{20, 30}, Lower: []float64{10, 20}, Upper: []float64{30, 40}}
	for name, other := range map[string]Series{"no intervals": {X: s.X, Y: s.Y}, "intervals above": above} {
		if moved, _ := dodged([]Series{s, other}, nil); &moved[0].X[0] != &s.X[0] {
			t.Errorf("series were moved beside one of %s", name)
		}
	}
}

// A chart of any data does not say what they are.
func TestCurvesHaveNoLabels(t *testing.T) {
	s := Series{X: []float64{1, 2}, Y: []float64{1, 2}}
	for name, c := range map[string]*Chart{"Curves": Curves(s), "LogCurves": LogCurves(s), "Trend": Trend(s), "Scatter": Scatter(s)} {
		if c.X.Label.Text != "" || c.Y.Label.Text != "" {
			t.Errorf("%s: labels %q and %q", name, c.X.Label.Text, c.Y.Label.Text)
		}
	}
}

// The names of the columns stand right below each block of a table of brackets, also
// below a shorter one.
func TestColumnNamesStandBelowTheirBlock(t *testing.T) {
	l := StructureConstants(6, func(i, j, k int) float64 { return 1 }, nil)
	dc, c := canvas(l)
	l.Draw(dc)
	last, names := map[bool]vg.Length{}, map[bool]vg.Length{} // of the right and of the left block
	for _, a := range c.Actions {
		text, ok := a.(*recorder.FillString)
		if right := ok && text.Point.X > dc.Max.X/2; ok && strings.HasPrefix(text.String, "[E") {
			last[right] = min(dc.Max.Y, text.Point.Y)
			if y, found := last[right]; !found || text.Point.Y < y {
				last[right] = text.Point.Y
			}
		} else if ok && strings.HasPrefix(text.String, "E") {
			names[right] = text.Point.Y
		}
	}
	for right, y := range names {
		if gap := last[right] - y; gap < 10 || gap > 40 {
			t.Errorf("right block %v: names %v below the last row", right, gap)
		}
	}
	if len(names) != 2 || names[true] <= names[false] {
		t.Errorf("names at %v", names)
	}
}
