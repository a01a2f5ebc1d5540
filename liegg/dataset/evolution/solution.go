package evolution

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Solution holds u(x, t) on a grid: U[k][i] = u(X[i], T[k]).
type Solution struct {
	X, T []float64
	U    [][]float64
	// Periodic says that u is periodic in x, with the period len(X)·(X[1] − X[0]).
	Periodic bool
}

// String says how large the grid is.
func (s Solution) String() string {
	kind := map[bool]string{true: ", periodic", false: ""}[s.Periodic]
	return fmt.Sprintf("u(x, t) at %d × %d points%s", len(s.X), len(s.T), kind)
}

// check returns an error unless the grid is even in both directions and u finite.
func (s Solution) check() error {
	for _, axis := range []struct {
		name   string
		values []float64
	}{{"X", s.X}, {"T", s.T}} {
		if err := even(axis.name, axis.values); err != nil {
			return err
		}
	}
	if len(s.U) != len(s.T) {
		return fmt.Errorf("evolution: U has %d rows for %d times T", len(s.U), len(s.T))
	}
	for k, row := range s.U {
		if len(row) != len(s.X) {
			return fmt.Errorf("evolution: U[%d] has %d numbers for %d points X", k, len(row), len(s.X))
		}
		for i, u := range row {
			if math.IsNaN(u) || math.IsInf(u, 0) {
				return fmt.Errorf("evolution: U[%d][%d] is %v: leave out solutions that are not finite", k, i, u)
			}
		}
	}
	return nil
}

// even returns an error unless the points of an axis are equally spaced, up to a millionth of
// the spacing, and ascending.
func even(name string, points []float64) error {
	n := len(points)
	if n < 2 {
		return fmt.Errorf("evolution: %s must have at least 2 points, got %d", name, n)
	}
	step := (points[n-1] - points[0]) / float64(n-1)
	if !(step > 0) || math.IsInf(step, 0) {
		return fmt.Errorf("evolution: %s must ascend, but goes from %g to %g", name, points[0], points[n-1])
	}
	// Rounding of points far from 0 is no unevenness.
	slack := 1e-6*step + 4e-16*math.Max(math.Abs(points[0]), math.Abs(points[n-1]))
	for i, p := range points {
		if want := points[0] + float64(i)*step; !(math.Abs(p-want) <= slack) {
			return fmt.Errorf("evolution: the grid is not even: %s[%d] is %g, and %g with a spacing of %g: interpolate the data to an even grid first", name, i, p, want, step)
		}
	}
	return nil
}

// Wave is a random periodic function at n points of [−length/2, length/2): a mean within ±2·size
// and the given number of harmonics with amplitudes up to 2·size and random phases, all uniform.
func Wave(random *rand.Rand, n int, length float64, harmonics int, size float64) []float64 {
	u, mean := make([]float64, n), 2*size*(2*random.Float64()-1)
	for i := range u {
		u[i] = mean
	}
	for k := 1; k <= harmonics; k++ {
		amplitude, phase := 2*size*random.Float64(), 2*math.Pi*random.Float64()
		for i, x := range points(n, length) {
			u[i] += amplitude * math.Cos(2*math.Pi*float64(k)*x/length+phase)
		}
	}
	return u
}

// points returns n points of [−length/2, length/2).
func points(n int, length float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = length * (float64(i)/float64(n) - .5)
	}
	return x
}

// At returns u at any x and the k-th time of a periodic solution: the trigonometric polynomial
// through the points (Henrici, SIAM Review 21, 1979). It panics for other solutions.
func (s Solution) At(x float64, k int) float64 {
	if !s.Periodic {
		panic("evolution: At: the solution is not periodic")
	}
	n := float64(len(s.X))
	length := (s.X[1] - s.X[0]) * n
	sum := 0.
	for i, u := range s.U[k] {
		angle := math.Pi * math.Remainder(x-s.X[i], length) / length
		switch sin, cos := math.Sincos(angle); {
		case math.Abs(sin) < 1e-12:
			return u
		case len(s.X)%2 == 0:
			sum += u * math.Sin(n*angle) * cos / sin / n
		default:
			sum += u * math.Sin(n*angle) / sin / n
		}
	}
	return sum
}
