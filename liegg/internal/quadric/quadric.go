// Package quadric finds surfaces of degree one and two on which all data lie, and tells which motions
// leave them. Unit vectors, one-hot columns, numbers that take two values, and constant columns lie on
// such surfaces.
package quadric

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// Inputs of up to fullWidth numbers are tried with all products of two numbers. Wider ones, up to
// mostWidth, are tried with the squares only.
const (
	fullWidth = 16
	mostWidth = 120
)

// Quadrics are surfaces uᵀQu = 0. A point x has the coordinates u = (1, z)/√(1 + ‖z‖²), where z is x
// less the medians of the data, in units of their spread. So no sample is far larger than others.
type Quadrics struct {
	centre, unit []float64
	pairs        [][2]int   // the products u_i·u_j that are combined
	c            *mat.Dense // of each surface, a column: the coefficients of these products
	steepness    []float64  // of each surface: the root mean square of |∇(uᵀQu)|
}

// Through returns the surfaces within the given distance of which the samples lie, as a root mean
// square, in the coordinates u. The samples are inputs of so many numbers, one after the other in
// values. It returns nil if there are none, if there are too few samples to tell, less than two for each
// product, or if inputs are too wide. thickness below 1e-10 counts as 1e-10, which rounding explains.
func Through(values []float64, width int, thickness float64) *Quadrics {
	q := &Quadrics{pairs: pairsOf(width)}
	samples, products := len(values)/width, len(q.pairs)
	if products == 0 || samples < 2*products {
		return nil
	}
	q.measure(values, width)
	m := mat.NewDense(samples, products, nil)
	for i := range samples {
		q.products(m.RawRowView(i), q.projective(values[i*width:(i+1)*width]))
	}
	thickness = math.Max(thickness, 1e-10)
	c := thin(m, 2*thickness)
	if c == nil {
		return nil
	}
	return q.keep(c, m, values, thickness)
}

// pairsOf lists the products of the coordinates u₀ … u_width; none if there are too many.
func pairsOf(width int) (pairs [][2]int) {
	for i := 0; i <= width && width <= mostWidth; i++ {
		for j := i; j <= width; j++ {
			if width <= fullWidth || i == j || i == 0 {
				pairs = append(pairs, [2]int{i, j})
			}
		}
	}
	return pairs
}

// measure sets the median and the spread of each number. The unit of a constant, to rounding, is its
// size.
func (q *Quadrics) measure(values []float64, width int) {
	const rounding = 1e-13
	for j := range width {
		centre, unit := participation.MedianAndSpread(tensor.Column(values, j, width))
		if unit <= rounding*math.Abs(centre) {
			unit = math.Abs(centre)
		}
		if unit == 0 {
			unit = 1
		}
		q.centre, q.unit = append(q.centre, centre), append(q.unit, unit)
	}
}

// projective returns the coordinates u of a point.
func (q *Quadrics) projective(x []float64) []float64 {
	u := make([]float64, len(x)+1)
	u[0] = 1
	for j, v := range x {
		u[j+1] = (v - q.centre[j]) / q.unit[j]
	}
	floats.Scale(1/floats.Norm(u, 2), u)
	return u
}

// products writes u_i², and √2·u_i·u_j for i ≠ j. The squares of all products add up to 1.
func (q *Quadrics) products(to, u []float64) {
	for p, ij := range q.pairs {
		to[p] = u[ij[0]] * u[ij[1]]
		if ij[0] != ij[1] {
			to[p] *= math.Sqrt2
		}
	}
}

// thin returns orthonormal columns C, of which the root mean square of M·C over the rows of M is at
// most so large; nil if there are none. The Gram matrix of M finds them, and M·C, which has more
// digits, tells them apart.
func thin(m *mat.Dense, most float64) *mat.Dense {
	const gramDigits = 1e-7 // amplitudes below which the Gram matrix tells nothing
	c := smallest(m, math.Max(most, gramDigits))
	if c == nil {
		return nil
	}
	turn := smallest(linalg.Times(m, c), most)
	if turn == nil {
		return nil
	}
	return linalg.Times(c, turn)
}

// smallest returns the eigenvectors of MᵀM/n with root mean squares of up to most; nil if there are none,
// or if they cannot be computed.
func smallest(m *mat.Dense, most float64) *mat.Dense {
	n, _ := m.Dims()
	var gram mat.SymDense
	gram.SymOuterK(1/float64(n), m.T())
	e, ok := linalg.NewEigen(&gram)
	if !ok {
		return nil
	}
	count := upTo(e.Values(), most*most)
	if count == 0 {
		return nil
	}
	return e.Vectors(count)
}

// upTo returns how many of ascending values do not exceed a bound.
func upTo(values []float64, bound float64) int {
	return sort.Search(len(values), func(i int) bool { return values[i] > bound })
}

// keep keeps the surfaces that have a normal, and of which the samples are within the given distance:
// |uᵀQu|/|∇(uᵀQu)| of root mean squares. It returns nil if there are none.
func (q *Quadrics) keep(c, m *mat.Dense, values []float64, thickness float64) *Quadrics {
	const noNormal = 1e-6
	samples, _ := m.Dims()
	off, width := linalg.Times(m, c), len(q.unit)
	_, count := c.Dims()
	var kept []int
	for r := range count {
		squares := 0.
		for i := range samples {
			g := q.gradient(c.ColView(r), q.projective(values[i*width:(i+1)*width]))
			squares += floats.Dot(g, g)
		}
		steep, away := math.Sqrt(squares/float64(samples)), mat.Norm(off.ColView(r), 2)/math.Sqrt(float64(samples))
		if steep > noNormal && away <= thickness*steep {
			kept, q.steepness = append(kept, r), append(q.steepness, steep)
		}
	}
	if kept == nil {
		return nil
	}
	q.c = mat.NewDense(len(q.pairs), len(kept), nil)
	for k, r := range kept {
		q.c.SetCol(k, mat.Col(nil, r, c))
	}
	return q
}

// gradient returns ∇(uᵀQu) for the coefficients of one surface.
func (q *Quadrics) gradient(c mat.Vector, u []float64) []float64 {
	g := make([]float64, len(u))
	for p, ij := range q.pairs {
		by := c.AtVec(p)
		if i, j := ij[0], ij[1]; i == j {
			g[i] += 2 * by * u[i]
		} else {
			g[i] += math.Sqrt2 * by * u[j]
			g[j] += math.Sqrt2 * by * u[i]
		}
	}
	return g
}

// Leaving returns how many of d motions, or combinations of them, leave the surfaces. The velocity of
// sample i along motion k is in row i·d + k of velocities, one number for each of the inputs'. A motion
// leaves if more than the given share of its velocity, as a root mean square, is across the surfaces.
func (q *Quadrics) Leaving(values []float64, velocities *mat.Dense, across float64) int {
	width := len(q.unit)
	samples := len(values) / width
	rows, _ := velocities.Dims()
	d := rows / samples
	_, surfaces := q.c.Dims()
	all, out := mat.NewSymDense(d, nil), mat.NewSymDense(d, nil)
	w, normal := mat.NewDense(d, width, nil), mat.NewVecDense(d, nil)
	for i := range samples {
		u := q.projective(values[i*width : (i+1)*width])
		for k := range d {
			to := floats.DivTo(w.RawRowView(k), velocities.RawRowView(i*d+k), q.unit)
			floats.Scale(u[0], to) // as u is the point in these units
		}
		all.SymRankK(all, 1, w)
		for r := range surfaces {
			g := q.gradient(q.c.ColView(r), u)
			normal.MulVec(w, mat.NewVecDense(width, g[1:]))
			out.SymRankOne(out, 1/(q.steepness[r]*q.steepness[r]), normal)
		}
	}
	axes, ok := linalg.AxesOf(all, 0)
	if !ok || axes.Vectors == nil {
		return 0
	}
	e, ok := linalg.NewEigen(linalg.Congruent(out, axes.Above(linalg.Nothing).Whiten()))
	if !ok {
		return 0
	}
	return len(e.Values()) - upTo(e.Values(), across*across)
}
