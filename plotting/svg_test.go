package plotting

import (
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
