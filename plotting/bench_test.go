package plotting

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// What a cell that shows a picture waits for: drawing and encoding.

func BenchmarkPNGSpectrum(b *testing.B) {
	y := make([]float64, 25)
	for i := range y {
		y[i] = math.Exp(float64(i))
	}
	benchmarkPNG(b, func() Figure { return Spectrum(Series{Y: y}) })
}

func BenchmarkPNGFunction(b *testing.B) {
	f := func(x, y float64) float64 { return x*x + y*y }
	h := mat.NewDense(2, 2, []float64{0, -1, 1, 0})
	benchmarkPNG(b, func() Figure { return Function(f, Plane{}, h) })
}

func benchmarkPNG(b *testing.B, draw func() Figure) {
	bytes := 0
	for b.Loop() {
		data, _, _, err := encodePNG(draw())
		if err != nil {
			b.Fatal(err)
		}
		bytes = len(data)
	}
	b.ReportMetric(float64(bytes), "B/picture")
}
