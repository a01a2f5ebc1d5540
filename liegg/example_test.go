package liegg_test

import (
	"fmt"
	"log"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/lie"
)

// Two machines read halves of the samples. The candidates are x∂x, x∂y, y∂x and y∂y, and a row
// holds the derivatives of f = (x² + y²)/2 along them.
func ExamplePolarization_Merge() {
	half := func(points ...[2]float64) *liegg.Polarization {
		rows, metric := mat.NewDense(len(points), 4, nil), mat.NewSymDense(4, nil)
		for i, p := range points {
			x, y := p[0], p[1]
			rows.SetRow(i, []float64{x * x, x * y, y * x, y * y})
			t := mat.NewDense(2, 4, []float64{x, 0, y, 0, 0, x, 0, y}) // columns: velocities of the candidates
			var square mat.SymDense
			square.SymOuterK(x*x+y*y, t.T())
			metric.AddSym(metric, &square)
		}
		p := liegg.NewPolarization(4)
		if err := p.Add(liegg.Chunk{Samples: len(points), Outputs: 1, Rows: rows, Metric: metric}); err != nil {
			log.Fatal(err)
		}
		return p
	}
	all := half([2]float64{1, 0}, [2]float64{0, 2}, [2]float64{1, 1})
	if err := all.Merge(half([2]float64{-1, 2}, [2]float64{3, 1}, [2]float64{2, -1})); err != nil {
		log.Fatal(err)
	}
	spectrum, err := all.Spectrum(lie.GL(2))
	if err != nil {
		log.Fatal(err)
	}
	rotation := spectrum.BySingular[0]
	fmt.Printf("%d samples: s = %.3f for a matrix that is antisymmetric up to %.3f\n", all.Samples(), rotation.Singular, rotation.Bias)
	// Output: 6 samples: s = 0.000 for a matrix that is antisymmetric up to 0.000
}
