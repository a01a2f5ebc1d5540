package dependence

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/internal/cores"
)

// Samples of more than 16 numbers are first sketched: their numbers are added up with random
// signs in 64 sums (Charikar, Chen and Farach-Colton, Finding frequent items in data
// streams, 2002). The sketch is then projected to its 16 principal directions.
const (
	directions = 16
	sums       = 64
)

// prepared returns the samples in at most 16 white coordinates with short tails, and the
// number of these coordinates.
func prepared(x [][]float64, random *rand.Rand) (y []float64, width int) {
	n := len(x[0])
	centre, scale, step := robust(x)
	width = n
	if n > directions {
		width = sums
	}
	y = make([]float64, len(x)*width)
	bucket, sign := make([]int, n), make([]float64, n)
	for j := range n {
		bucket[j], sign[j] = j, 1
		if n > directions {
			bucket[j], sign[j] = random.IntN(sums), float64(2*random.IntN(2)-1)
		}
	}
	of := func(i int) {
		to := y[i*width : (i+1)*width]
		for j, v := range x[i] {
			if step[j] > 0 && n <= directions {
				v = spread(v, step[j], random)
			}
			if scale[j] > 0 {
				to[bucket[j]] += sign[j] * short((v-centre[j])*scale[j], n)
			}
		}
	}
	if n > directions { // draws nothing at random
		cores.Do(len(x), of)
		return whitened(y, width)
	}
	for i := range x {
		of(i)
	}
	return whitened(y, width)
}

// short gives a coordinate short tails: logarithmic ones, or bounded ones if there are many
// coordinates, which is cheaper.
func short(v float64, n int) float64 {
	if n > directions {
		return v / (1 + math.Abs(v)/reach)
	}
	return asinh(v)
}

// asinh is math.Asinh up to rounding of 1e-16, and several times as fast.
func asinh(v float64) float64 {
	u := math.Abs(v)
	if u > 1e8 {
		return math.Copysign(math.Ln2+math.Log(u), v)
	}
	return math.Copysign(math.Log(u+math.Sqrt(u*u+1)), v)
}

// reach bounds the tails of a coordinate, in units of its spread.
const reach = 10

// robust returns the median of each coordinate, the reciprocal of its spread, and the step
// of the lattice on which its values lie, which is 0 if they lie on none. The spread is the
// median absolute deviation, or the standard deviation if the former is 0. The scale of a
// constant coordinate is 0.
func robust(x [][]float64) (centre, scale, step []float64) {
	n, most := len(x[0]), 256
	if n > directions {
		most = 64
	}
	stride := max(1, len(x)/most)
	centre, scale, step = make([]float64, n), make([]float64, n), make([]float64, n)
	column := make([]float64, 0, most+1)
	for j := range n {
		column = column[:0]
		for i := 0; i < len(x); i += stride {
			column = append(column, x[i][j])
		}
		slices.Sort(column)
		step[j] = spacing(column)
		m := column[len(column)/2]
		square := 0.
		for i, v := range column {
			column[i] = math.Abs(v - m)
			square += (v - m) * (v - m)
		}
		slices.Sort(column)
		size := column[len(column)/2] * 1.4826
		if size == 0 {
			size = math.Sqrt(square / float64(len(column)))
		}
		centre[j] = m
		if size > 0 {
			scale[j] = 1 / size
		}
	}
	if n > directions {
		keepQuiet(scale)
	}
	return centre, scale, step
}

// keepQuiet limits the scale of coordinates that hardly vary, such as the blank paper around
// digits. Amplified, their noise would hide the other coordinates.
func keepQuiet(scale []float64) {
	var sizes []float64
	for _, s := range scale {
		if s > 0 {
			sizes = append(sizes, 1/s)
		}
	}
	if len(sizes) == 0 {
		return
	}
	slices.Sort(sizes)
	loud := sizes[3*len(sizes)/4]
	for j, s := range scale {
		scale[j] = min(s, 1/loud)
	}
}

// whitened rotates and scales the points to unit variance in the directions that they fill,
// or in the 16 of largest variance if there are more.
func whitened(y []float64, n int) (z []float64, width int) {
	count := len(y) / n
	var e mat.EigenSym
	if !e.Factorize(covariance(y, n), true) {
		return nil, 0
	}
	values := e.Values(nil)
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	var used []int
	for j := max(0, n-directions); j < n; j++ {
		if values[j] > 1e-10*values[n-1] {
			used = append(used, j)
		}
	}
	width = len(used)
	if width == 0 {
		return nil, 0
	}
	w := mat.NewDense(n, width, nil)
	for to, j := range used {
		for i := range n {
			w.Set(i, to, vectors.At(i, j)/math.Sqrt(values[j]))
		}
	}
	var product mat.Dense
	product.Mul(mat.NewDense(count, n, y), w)
	return product.RawMatrix().Data, width
}

// covariance returns the covariance of some of the points.
func covariance(y []float64, n int) *mat.SymDense {
	const most = 1024
	count := len(y) / n
	stride := max(1, count/most)
	some := mat.NewDense((count+stride-1)/stride, n, nil)
	for i := 0; i < count; i += stride {
		some.SetRow(i/stride, y[i*n:(i+1)*n])
	}
	var c mat.SymDense
	stat.CovarianceMatrix(&c, some, nil)
	return &c
}
