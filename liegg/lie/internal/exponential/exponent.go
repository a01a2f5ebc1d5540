// Package exponential computes exp(t·h) for arguments of any size, by scaling and squaring of
// the real Schur form.
package exponential

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Exponent holds the matrix t·h in the form D·Q·T·Qᵀ·D⁻¹, after a permutation
// of the coordinates that makes it block triangular. D is diagonal, Q
// orthogonal within the blocks, and T quasi-triangular. Powers of two are
// stored separately, because t·h itself may overflow.
type Exponent struct {
	order     []int      // position i holds coordinate order[i] of h
	scale     []int      // log₂ of D
	q         *mat.Dense // Q
	small     *mat.Dense // T·2^−squarings, of norm 1 or less
	squarings int
	blocks    []irreducibleBlock // of T
}

// New computes this form of t·h.
func New(h *mat.Dense, t float64) *Exponent {
	n, _ := h.Dims()
	order, starts := irreducible(h)
	e := newEntries(h, order)
	fraction, power := math.Frexp(t)
	most := -power // 2^(most+power) ≥ 1 bounds t·h
	for k, to := range starts[1:] {
		e.balance(starts[k], to)
		most = max(most, e.largest(starts[k], to, starts[k], to))
	}
	e.shrinkCouplings(starts, most)
	f := &Exponent{order: order, scale: e.scale, q: mat.NewDense(n, n, nil)}
	f.squarings = most + power + 2*bits.Len(uint(n)) // since ‖T‖₁ ≤ n√n·max|t·h|
	for k, to := range starts[1:] {
		m := e.largest(starts[k], to, starts[k], to)
		b, q := newIrreducibleBlock(e.block(starts[k], to, starts[k], to, -m))
		b.at, b.fraction, b.power = starts[k], fraction, power+m
		f.q.Slice(b.at, to, b.at, to).(*mat.Dense).Copy(q)
		f.blocks = append(f.blocks, b)
	}
	f.small = mat.NewDense(n, n, nil)
	f.small.Product(f.q.T(), e.block(0, n, 0, n, power-f.squarings), f.q)
	f.small.Scale(fraction, f.small)
	for _, b := range f.blocks { // drop what rounding leaves below the diagonal
		b.set(f.small, f.squarings)
	}
	return f
}

// irreducible returns an order of the coordinates in which m is block upper
// triangular, and the start of each block, with n at the end. Two coordinates
// are in one block if each reaches the other by non-zero entries.
func irreducible(m *mat.Dense) (order, starts []int) {
	n, _ := m.Dims()
	reach := reachable(m)
	count, first := make([]int, n), make([]int, n) // count: how many i reaches; first: the first of its block
	for i := range n {
		first[i] = i
		for j := range n {
			if reach[i][j] {
				count[i]++
				if reach[j][i] {
					first[i] = min(first[i], j)
				}
			}
		}
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(count[j], count[i]), cmp.Compare(first[i], first[j]))
	})
	for k, i := range order {
		if k == 0 || first[i] != first[order[k-1]] {
			starts = append(starts, k)
		}
	}
	return order, append(starts, n)
}

// reachable returns the transitive closure: whether i reaches j (Warshall, J.
// ACM 9, 1962). Every coordinate reaches itself.
func reachable(m *mat.Dense) [][]bool {
	n, _ := m.Dims()
	reach := make([][]bool, n)
	for i := range reach {
		reach[i] = make([]bool, n)
		for j, v := range m.RawRowView(i) {
			reach[i][j] = v != 0 || i == j
		}
	}
	for k := range n {
		for i := range n {
			for j := 0; reach[i][k] && j < n; j++ {
				reach[i][j] = reach[i][j] || reach[k][j]
			}
		}
	}
	return reach
}

// entries holds the entries of D⁻¹·h·D, as fractions in (−1, 1) and powers of
// two.
type entries struct {
	n        int
	fraction []float64
	Exponent []int
	scale    []int // log₂ of D
}

func newEntries(h *mat.Dense, order []int) *entries {
	n := len(order)
	e := &entries{n, make([]float64, n*n), make([]int, n*n), make([]int, n)}
	for i, row := range order {
		for j, column := range order {
			e.fraction[i*n+j], e.Exponent[i*n+j] = math.Frexp(h.At(row, column))
		}
	}
	return e
}

func (e *entries) power(i, j int) int { return e.Exponent[i*e.n+j] - e.scale[i] + e.scale[j] }

// zeroPower is below the power of two of any product of entries.
const zeroPower = math.MinInt32

// largest returns the largest power of two in rows r0…r1 and columns c0…c1,
// or zeroPower if all entries are zero.
func (e *entries) largest(r0, r1, c0, c1 int) int {
	most := zeroPower
	for i := r0; i < r1; i++ {
		for j := c0; j < c1; j++ {
			if e.fraction[i*e.n+j] != 0 {
				most = max(most, e.power(i, j))
			}
		}
	}
	return most
}

// block returns 2^shift times rows r0…r1 and columns c0…c1.
func (e *entries) block(r0, r1, c0, c1, shift int) *mat.Dense {
	m := mat.NewDense(r1-r0, c1-c0, nil)
	for i := r0; i < r1; i++ {
		for j := c0; j < c1; j++ {
			m.Set(i-r0, j-c0, math.Ldexp(e.fraction[i*e.n+j], e.power(i, j)+shift))
		}
	}
	return m
}

// balance scales the coordinates of a block so that its rows and columns have
// similar norms, which evens out different units (Osborne, J. ACM 7, 1960).
// It leaves a block alone unless the whole block shrinks by as much as the
// coordinates are scaled. Otherwise scaling back would amplify rounding
// errors (Watkins, Electron. Trans. Numer. Anal. 23, 2006).
func (e *entries) balance(from, to int) {
	const sweeps, harmless = 50, 4
	before := e.largest(from, to, from, to)
	for sweep, changed := 0, true; changed && sweep < sweeps; sweep++ {
		changed = false
		for i := from; i < to; i++ {
			row := max(e.largest(i, i+1, from, i), e.largest(i, i+1, i+1, to))
			column := max(e.largest(from, i, i, i+1), e.largest(i+1, to, i, i+1))
			if shift := (row - column) / 2; row > zeroPower && column > zeroPower && shift != 0 {
				e.scale[i] += shift
				changed = true
			}
		}
	}
	scale := e.scale[from:to]
	if e.largest(from, to, from, to)+slices.Max(scale)-slices.Min(scale) > before+harmless {
		clear(scale)
	}
}

// shrinkCouplings scales whole blocks of coordinates so that the entries beside
// the diagonal blocks are no larger than 2^most.
func (e *entries) shrinkCouplings(starts []int, most int) {
	for k, to := range starts[1:] {
		from := starts[k]
		if p := e.largest(0, from, from, to); p > zeroPower {
			for i := from; i < to; i++ {
				e.scale[i] += most - p
			}
		}
	}
}

// Exp returns e^−μ·exp(t·h).
func (f *Exponent) Exp(μ float64) *mat.Dense {
	n := len(f.order)
	x := mat.NewDense(n, n, nil)
	x.Exp(f.small)
	x.Scale(math.Exp(math.Ldexp(-μ, -f.squarings)), x)
	f.setDiagonal(x, f.squarings, μ)
	for level := f.squarings - 1; level >= 0; level-- {
		x = sparseProduct(x, x)
		f.setDiagonal(x, level, μ)
	}
	x = sparseProduct(sparseProduct(f.q, x), f.q.T())
	out := mat.NewDense(n, n, nil)
	for i, row := range f.order {
		for j, column := range f.order {
			out.Set(row, column, math.Ldexp(x.At(i, j), f.scale[i]-f.scale[j]))
		}
	}
	return out
}

// setDiagonal writes the diagonal blocks of exp((T − μ)·2^−level) into x.
func (f *Exponent) setDiagonal(x *mat.Dense, level int, μ float64) {
	for _, b := range f.blocks {
		b.setExp(x, level, math.Ldexp(μ, -level))
	}
}

// Growth returns the largest real part of the eigenvalues of t·h.
func (f *Exponent) Growth() float64 {
	most := -math.MaxFloat64
	for _, b := range f.blocks {
		most = max(most, b.growth())
	}
	return min(most, math.MaxFloat64)
}

// sparseProduct returns x·y with 0·Inf = 0: the growth of a coordinate does
// not matter where it does not contribute.
func sparseProduct(x, y mat.Matrix) *mat.Dense {
	n, _ := x.Dims()
	out := mat.NewDense(n, n, nil)
	for i := range n {
		row := out.RawRowView(i)
		for k := range n {
			a := x.At(i, k)
			for j := 0; a != 0 && j < n; j++ {
				if b := y.At(k, j); b != 0 {
					row[j] += a * b
				}
			}
		}
	}
	return out
}
