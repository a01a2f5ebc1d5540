package evolution

import (
	"math"

	"gonum.org/v1/gonum/dsp/fourier"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// spectral returns the derivatives of periodic rows up to an order, as [row][derivative][point],
// from waves up to a number on the interval.
func spectral(rows [][]float64, length float64, order, waves int) [][][]float64 {
	n := len(rows[0])
	fft := fourier.NewFFT(n)
	out := make([][][]float64, len(rows))
	for r, row := range rows {
		v := fft.Coefficients(nil, row)
		for m := range v {
			if m > waves {
				v[m] = 0
			}
		}
		for j := range order + 1 {
			if j > 0 {
				for m := range v {
					v[m] *= complex(0, 2*math.Pi*float64(m)/length)
				}
				if n%2 == 0 && j == 1 {
					v[n/2] = 0 // the grid does not tell its phase
				}
			}
			d := fft.Sequence(nil, v)
			floats.Scale(1/float64(n), d)
			out[r] = append(out[r], d)
		}
	}
	return out
}

// localPolynomial returns the weights, by which the values at 2·half + 1 points spaced by step are
// multiplied and added, of the derivatives up to an order at the middle point of the polynomial of
// a degree that fits them best.
func localPolynomial(half, degree, order int, step float64) [][]float64 {
	points := 2*half + 1
	powers, identity := mat.NewDense(points, degree+1, nil), mat.NewDense(points, points, nil)
	for i := range points {
		x := float64(i-half) / float64(half)
		for p := range degree + 1 {
			powers.Set(i, p, math.Pow(x, float64(p)))
		}
		identity.Set(i, i, 1)
	}
	var coefficients mat.Dense // of the polynomial, for a 1 at each of the points
	if err := coefficients.Solve(powers, identity); err != nil {
		panic("evolution: " + err.Error()) // powers have full rank: there are more points than degrees
	}
	weights, factor := make([][]float64, order+1), 1.
	for j := range weights {
		if j > 0 {
			factor *= float64(j) / (step * float64(half))
		}
		weights[j] = mat.Row(nil, j, &coefficients)
		floats.Scale(factor, weights[j])
	}
	return weights
}
