package plotting

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// checkTicks reports ticks that are too many, not finite, outside of the axis or not
// in order, and labels that are not distinct.
func checkTicks(t *testing.T, name string, ticks []plot.Tick, low, high float64) (labelled int) {
	t.Helper()
	const most = 80 // with those between powers of ten
	if len(ticks) > most {
		t.Fatalf("%s: %d ticks on [%g, %g]", name, len(ticks), low, high)
	}
	labels, values := map[string]bool{}, map[float64]bool{}
	for _, tick := range ticks {
		room := 1e-6 * (high/2 - low/2)
		if !numbers.Finite(tick.Value) || tick.Value < low-room || tick.Value > high+room {
			t.Errorf("%s: a tick at %g of [%g, %g]", name, tick.Value, low, high)
		}
		if values[tick.Value] || tick.Label != "" && labels[tick.Label] {
			t.Errorf("%s: two ticks at %g, %q, of [%g, %g]", name, tick.Value, tick.Label, low, high)
		}
		values[tick.Value] = true
		if tick.Label != "" {
			labels[tick.Label] = true
			labelled++
		}
	}
	if labelled > axes.MostTicks+1 {
		t.Errorf("%s: %d labels on [%g, %g]", name, labelled, low, high)
	}
	return labelled
}

var tickers = map[string]plot.Ticker{
	"even": axes.EvenTicks{}, "index": axes.IndexTicks{}, "π": axes.PiTicks{}, "degrees": axes.DegreeTicks{}, "log": axes.LogTicks{},
}

// Ticks of an axis as it is drawn, whatever its ends.
func FuzzTicks(f *testing.F) {
	for _, ends := range [][2]float64{{0, 1}, {1e16, 1e16}, {-1e308, 1e308}, {.1234501, .1234509}, {-math.MaxFloat64, math.MaxFloat64}, {0, 5e-324},
		{1, 1 + 1e-15}, {1e6, 1e6 + 1}, {math.NaN(), 1}, {math.Inf(1), math.Inf(-1)}, {0, 1e300}, {1e15, 1e15 + 100}, {-1e-9, 1e-9}, {3, 2}} {
		f.Add(ends[0], ends[1])
	}
	f.Fuzz(func(t *testing.T, low, high float64) {
		for name, ticker := range tickers {
			a := plot.New().X
			a.Scale, a.Min, a.Max = axes.LinearScale{}, low, high
			if _, log := ticker.(axes.LogTicks); log {
				a.Scale = axes.LogScale{}
			}
			a = axes.Drawable(a)
			if got := checkTicks(t, name, ticker.Ticks(a.Min, a.Max), a.Min, a.Max); got < 2 && (name == "even" || name == "log") {
				t.Errorf("%d labels on [%g, %g]", got, a.Min, a.Max)
			}
			for _, v := range []float64{a.Min, a.Max, a.Min/2 + a.Max/2} {
				if at := a.Norm(v); !(at >= -1e-9 && at <= 1+1e-9) {
					t.Errorf("%s: %g stands at %g of [%g, %g]", name, v, at, a.Min, a.Max)
				}
			}
			if name == "log" {
				zero := axes.LogTicks{Zero: a.Min, Label: "0", First: numbers.Positive(10 * a.Min)}
				checkTicks(t, "log with zero", zero.Ticks(a.Min, a.Max), a.Min, a.Max)
			}
			ticker.Ticks(low, high) // as a bare plot asks: it must end
		}
	})
}

func TestLabelsTellNumbersApart(t *testing.T) {
	for _, test := range []struct {
		y    []float64
		want []string
	}{
		{[]float64{1e16, 1e16}, []string{"6e15", "8e15", "1e16", "1.2e16", "1.4e16"}},
		{[]float64{-1e308, 1e308}, []string{"-1e308", "-5e307", "0", "5e307", "1e308"}},
		{[]float64{.1234501, .1234509}, []string{"0.1234502", "0.1234504", "0.1234506", "0.1234508"}},
		{[]float64{1e7, 1e7, 1e7}, []string{"6e6", "8e6", "1e7", "1.2e7", "1.4e7"}},
		{[]float64{0, 0}, []string{"-1.0", "-0.5", "0", "0.5", "1.0"}},
		{[]float64{1e6, 1e6 + 5}, []string{"1000000", "1000001", "1000002", "1000003", "1000004", "1000005"}},
	} {
		a := axes.Drawable(Curves(Series{Y: test.y}).Y)
		var got []string
		for _, tick := range a.Tick.Marker.Ticks(a.Min, a.Max) {
			got = append(got, tick.Label)
		}
		if fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%v: labels %v, want %v", test.y, got, test.want)
		}
	}
}

// charts of all kinds, of numbers y; they hold both signs.
func charts(y []float64) map[string]Figure {
	var positive []float64
	var spans []Estimate
	for _, v := range y {
		positive = append(positive, math.Abs(v))
		spans = append(spans, Estimate{Value: math.Abs(v), Lower: math.Abs(v) / 2, Upper: math.Abs(v)})
	}
	n := len(y)
	names, square := make([]string, n), mat.NewDense(n, n, nil)
	form := mat.NewSymDense(n, nil)
	for i := range n {
		names[i] = fmt.Sprintf("number %d of them", i)
		for j := range n {
			square.Set(i, j, y[(i+j)%n])
		}
		form.SetSym(i, i, y[i])
	}
	s := Series{Name: "a", X: y, Y: y}
	p := Series{Name: "b", X: positive, Y: positive, Lower: positive, Upper: positive}
	bare := Series{Y: positive, Lower: positive, Upper: positive}
	half := Plane{X: y[0] / 4, Y: y[1] / 4, Radius: math.Abs(y[2] / 4)}
	return map[string]Figure{
		"Curves": Curves(s), "LogCurves": LogCurves(p), "Trend": Trend(p, p, p), "Scatter": Scatter(p), "Bias": Bias(y),
		"Depth": Depth(names, bare, bare), "Spectrum": Spectrum(Series{Y: y}), "Angles": Angles(Series{Y: y}), "Defects": Defects(spans, positive[0]),
		"Heatmap": Heatmap(square, Cells{Numbers: true}), "Table": Table(names, names, square), "KillingForm": KillingForm(form, positive[0], names),
		"StructureConstants": StructureConstants(n, func(i, j, k int) float64 { return y[k] }, names),
		"Flows":              Flows(FlowAxes{Angle: true}, FlowCurve{T: y, Value: y, Lower: y, Upper: y, Cut: positive[0]}),
		"Flows, log":         Flows(FlowAxes{Log: true}, FlowCurve{T: y, Value: positive, Lower: y, Upper: positive}),
		"Field":              Field(mat.NewDense(2, 2, []float64{y[0], y[1], y[2], y[0]}), half), "Function": Function(func(x, z float64) float64 { return y[0] + x*z }, half, nil),
		"Strip": Strip([]mat.Matrix{square}, nil),
	}
}

// mustDraw draws f without pixels, and fails where it draws at no place.
func mustDraw(t *testing.T, name string, f Figure) {
	t.Helper()
	w, h := sizeOf(f)
	c := &recorder.Canvas{}
	f.Draw(draw.Canvas{Canvas: c, Rectangle: vg.Rectangle{Max: vg.Point{X: w, Y: h}}})
	if !numbers.Finite(float64(w)) || !numbers.Finite(float64(h)) || w > 20*vg.Inch || h > 20*vg.Inch {
		t.Errorf("%s: a picture of %v × %v", name, w, h)
	}
	for _, action := range c.Actions {
		if text, ok := action.(*recorder.FillString); ok && !(numbers.Finite(float64(text.Point.X)) && numbers.Finite(float64(text.Point.Y))) {
			t.Errorf("%s: the text %q stands at %v", name, text.String, text.Point)
		}
	}
}

func TestChartsOfAllMagnitudes(t *testing.T) {
	for _, size := range []float64{5e-324, 1e-310, 1e-200, 1, 1e16, 1e200, 1e308, math.MaxFloat64} {
		for name, f := range charts([]float64{size, -size, size / 3}) {
			mustDraw(t, fmt.Sprintf("%s of %g", name, size), f)
		}
		for name, f := range charts([]float64{size, size, size}) {
			mustDraw(t, fmt.Sprintf("%s of nothing but %g", name, size), f)
		}
	}
}

func FuzzCharts(f *testing.F) {
	f.Add(uint64(1), 0., 3.)
	f.Add(uint64(2), 308., 0.)
	f.Add(uint64(3), -300., 600.)
	f.Fuzz(func(t *testing.T, seed uint64, power, spread float64) {
		if !(math.Abs(power) < 310) || !(math.Abs(spread) < 640) {
			t.Skip()
		}
		r := rand.New(rand.NewPCG(seed, 0))
		y := make([]float64, 3+r.IntN(6))
		for i := range y {
			y[i] = r.NormFloat64() * math.Pow(10, power+spread*(r.Float64()-.5))
			if !numbers.Finite(y[i]) {
				y[i] = math.MaxFloat64
			}
			if y[i] == 0 {
				y[i] = 1
			}
		}
		for name, f := range charts(y) {
			mustDraw(t, name, f)
		}
	})
}
