package trials

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// student draws independent numbers of Student's t distribution. For two degrees of freedom
// or fewer, the variance is infinite.
func student(freedom float64, width int) Draw {
	return each(width, func(rng *rand.Rand, x []float64) {
		t := distuv.StudentsT{Sigma: 1, Nu: freedom, Src: rng}
		for i := range x {
			x[i] = t.Rand()
		}
	})
}

// studentTogether draws samples from the multivariate t distribution: all numbers of a sample
// are large together.
func studentTogether(freedom float64, width int) Draw {
	return each(width, func(rng *rand.Rand, x []float64) {
		chi := distuv.ChiSquared{K: freedom, Src: rng}
		far := math.Sqrt(freedom / chi.Rand())
		for i := range x {
			x[i] = far * rng.NormFloat64()
		}
	})
}

// lognormal draws numbers of either sign whose logarithm has the standard deviation s.
func lognormal(s float64, width int) Draw {
	return each(width, func(rng *rand.Rand, x []float64) {
		for i := range x {
			x[i] = math.Exp(s * rng.NormFloat64())
			if rng.IntN(2) == 0 {
				x[i] = -x[i]
			}
		}
	})
}

// scaled multiplies the samples by a factor.
func scaled(by float64, d Draw) Draw {
	return func(rng *rand.Rand, n int) []float64 {
		values := d(rng, n)
		for i := range values {
			values[i] *= by
		}
		return values
	}
}

// outlier moves one sample away by a factor.
func outlier(by float64, width int, d Draw) Draw {
	return func(rng *rand.Rand, n int) []float64 {
		values := d(rng, n)
		at := rng.IntN(n) * width
		for i := range values[at : at+width] {
			values[at+i] *= by
		}
		return values
	}
}

// uniform draws a number between two others.
func uniform(rng *rand.Rand, from, to float64) float64 { return from + (to-from)*rng.Float64() }

// logUniform draws a number with a uniform logarithm.
func logUniform(rng *rand.Rand, from, to float64) float64 {
	return math.Exp(uniform(rng, math.Log(from), math.Log(to)))
}

// direction fills x with a random unit vector times r.
func direction(rng *rand.Rand, r float64, x []float64) {
	squares := 0.
	for i := range x {
		x[i] = rng.NormFloat64()
		squares += x[i] * x[i]
	}
	for i := range x {
		x[i] *= r / math.Sqrt(squares)
	}
}

// shell draws vectors of n numbers with lengths in an interval.
func shell(from, to float64, n, c int) Draw {
	return each(n*c, func(rng *rand.Rand, x []float64) {
		for i := range c {
			direction(rng, uniform(rng, from, to), x[i*n:(i+1)*n])
		}
	})
}

// lattice draws points with whole numbers between −most and most.
func lattice(most, width int) Draw {
	return each(width, func(rng *rand.Rand, x []float64) {
		for i := range x {
			x[i] = float64(rng.IntN(2*most+1) - most)
		}
	})
}

// shifted moves the samples away from the origin.
func shifted(by float64, d Draw) Draw {
	return func(rng *rand.Rand, n int) []float64 {
		values := d(rng, n)
		for i := range values {
			values[i] += by
		}
		return values
	}
}
