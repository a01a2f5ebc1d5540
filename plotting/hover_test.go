package plotting

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/pixels"
)

// textsOf returns what the values of a figure say, in order.
func textsOf(f Figure) string {
	var texts []string
	for _, v := range valuesOf(f) {
		texts = append(texts, v.Text)
	}
	return strings.Join(texts, "; ")
}

// Values are told as they were given, with their intervals, also if marks are moved side by side. What is
// not drawn is not told.
func TestValuesOfCharts(t *testing.T) {
	nan := math.NaN()
	near := Series{Name: "b", X: []float64{10, 100}, Y: []float64{.1, nan}, Lower: []float64{.05, nan}, Upper: []float64{.2, nan}}
	far := near
	far.Name = "a"
	for want, chart := range map[string]*Chart{
		"index 1: 0; index 2: 0.2":                             Spectrum(Series{Y: []float64{0, .2, nan, -1}}),
		"a, n 10: 0.1 (0.05 … 0.2); b, n 10: 0.1 (0.05 … 0.2)": Trend(far, near).Labelled("n", ""),
		"hidden 1: 0.3; output: 0.001":                         Depth([]string{"hidden 1", "conv", "output"}, Series{Y: []float64{.3, 0, .001}}),
		"step 2: 3; step 4: 1":                                 LogCurves(Series{X: []float64{2, 3, 4}, Y: []float64{3, -1, 1}}).Labelled("step", "loss"),
		"generator 1: 0.01 (0.005 … 0.02); generator 2: 0.5":   Defects([]Estimate{{Value: .01, Lower: .005, Upper: .02}, {Value: .5}}, .1),
		"H, t 0: 0; H, t 1: 0.4 (0.3 … 0.5)":                   Flows(FlowAxes{}, FlowCurve{Name: "H", T: []float64{0, 1}, Value: []float64{0, .4}, Lower: []float64{0, .3}, Upper: []float64{0, .5}}).Labelled("t", ""),
		"":                                                     Heatmap(Pixels(1, 2, []float64{1, 2}), Cells{}),
	} {
		if got := textsOf(chart); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got, want := textsOf(Grid(2, testChart(), testChart())), textsOf(testChart()); got != want+"; "+want {
		t.Errorf("a grid says %s, want twice %s", got, want)
	}
	if n := len(valuesOf(LogCurves(Series{Y: make1(1234)}))); n < mostReadings/2 || n > mostReadings {
		t.Errorf("%d of 1234 values can be pointed at", n)
	}
}

func make1(n int) []float64 {
	ones := make([]float64, n)
	for i := range ones {
		ones[i] = 1 + float64(i)
	}
	return ones
}

// A value lies where its mark is drawn: there the picture has the colour of the series.
func TestValuesLieOnTheirMarks(t *testing.T) {
	lone := Series{Y: []float64{.1, .5, .02}}
	for name, f := range map[string]Figure{
		"spectrum": Spectrum(lone).Titled("a title"), "trend": Trend(Series{X: []float64{1, 10, 1000}, Y: lone.Y}),
		"layout": Grid(2, Heatmap(Pixels(1, 2, []float64{1, 2}), Cells{}), Spectrum(lone)).Titled("two"),
	} {
		width, height := sizeOf(f)
		img := pixelsOf(f, width, height, pixels.CSSDPI)
		for _, v := range valuesOf(f) {
			x, y := int(v.X*float64(img.Rect.Dx())), int(v.Y*float64(img.Rect.Dy()))
			if got := color.NRGBAModel.Convert(img.At(x, y)); got != color.Color(look.SeriesColor(0)) {
				t.Errorf("%s: at (%d, %d) of %v × %v is %v, not a mark", name, x, y, width, height, got)
			}
		}
	}
	if v := valuesOf(Spectrum(lone)); len(v) != 3 {
		t.Errorf("%v", v)
	}
}

// Pictures in sheets have values; frames of sliders have none.
func TestHover(t *testing.T) {
	fragment, err := HTML(Hover(testChart()))
	if err != nil || strings.Count(fragment, "type=\"radio\"") != 3 || !strings.Contains(fragment, `aria-label="index 3: 2"`) {
		t.Errorf("%v: %.500s", err, fragment)
	}
	images, scripts := imagesOf(t, fragment)
	if len(images) != 1 || images[0]["alt"] != "polarization spectrum over index" || scripts != 0 {
		t.Errorf("%d scripts, images %.300v", scripts, images)
	}
	for _, v := range []Sheet{shown{spectral3{}}, turned()} {
		fragment, err := HTML(v)
		_, slider := v.(*Frames)
		if strings.Contains(fragment, "type=\"radio\"") == slider || err != nil {
			t.Errorf("%T, %v: %.300s", v, err, fragment)
		}
	}
	defer func() {
		if p, _ := recover().(string); p != "plotting: Hover: f is nil" {
			t.Errorf("panics with %q", p)
		}
	}()
	Hover(nil)
}
