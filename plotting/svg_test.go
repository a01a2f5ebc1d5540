package plotting

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// A figure is shown as SVG on request, with its text for readers who cannot see it, and saved as any other.
func TestAsSVG(t *testing.T) {
	asked := AsSVG(testChart().Titled(`"a" & b`))
	d, err := displayData(asked)
	svg, _ := d.Data[mimeImageSVG].(string)
	if err != nil || !strings.HasPrefix(svg, `<svg role="img" aria-label="&#34;a&#34; &amp; b; polarization spectrum over index" `) || len(d.Data) != 2 {
		t.Errorf("%v: %.300s", err, svg)
	}
	for _, name := range []string{"a.svg", "a.png", "a.gif"} {
		if err := Save(asked, filepath.Join(t.TempDir(), name)); err != nil {
			t.Error(err)
		}
	}
	bars := Bars([]string{"a"}, []float64{1})
	if w, h := sizeOf(AsSVG(bars)); w != bars.Width || h != bars.Height {
		t.Errorf("%v × %v", w, h)
	}
}

// Texts say what charts without series show.
func TestDescribeValues(t *testing.T) {
	m := mat.NewDense(2, 2, []float64{1, -2, math.NaN(), .5})
	three := Estimates([]float64{.5, 2, math.NaN()}, []float64{.4, math.NaN(), math.NaN()}, []float64{.6, math.NaN(), math.NaN()})
	images := Strip([]mat.Matrix{m, m, m}, nil)
	for want, f := range map[string]Figure{
		"table of 2 × 2 values from -2 to 1; 1 cell is NaN or infinite (×)":      Heatmap(m, Cells{}),
		"width over depth; table of 1 × 2 values from 0.01 to 3":                 Table([]string{"8"}, []string{"1", "2"}, mat.NewDense(1, 2, []float64{.01, 3})).Labelled("depth", "width"),
		"ratio; a 0.5 (0.4 … 0.6), b 2, c NaN; 1 value is NaN, infinite, or ≤ 0": Ratios([]string{"a", "b", "c"}, three, nil),
		"a 0.25, b 0.75":  Bars([]string{"a", "b"}, []float64{.25, .75}),
		"image (3 times)": images,
		"image; polarization spectrum over index; image": Grid(3, images.Figures[0], testChart(), images.Figures[1]),
	} {
		if got := describe(f); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Texts say what charts and layouts show.
func TestDescribe(t *testing.T) {
	two := LogCurves(Series{Name: "training", Y: []float64{2, 1}}, Series{Name: "validation", Y: []float64{3, -1}}).Labelled("step", "loss")
	const curves = "loss over step; series: training, validation; 1 of 4 points left out: NaN, infinite, or y ≤ 0"
	for want, f := range map[string]Figure{
		curves: two, "both; " + curves + "; polarization spectrum over index": Grid(2, two, testChart()).Titled("both"),
		"a picture": Grid(1), "an empty chart": &Chart{}, "image; t = 1": Pictures([]mat.Matrix{mat.NewDense(1, 1, nil)}, []string{"t = 1"})[0],
	} {
		if got := describe(f); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
