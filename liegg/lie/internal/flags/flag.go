// Package flags finds Lie algebras, with given ideals, near a subspace of an ambient algebra.
package flags

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// Flag is a nested family of subspaces V = F_0 ⊃ F_1 ⊃ … of an ambient Lie
// algebra, together with the required brackets: [F_p, F_q] ⊂ F_t with t =
// Target[p][q]. One subspace with target 0 asks for a subalgebra; more levels
// ask for an algebra with given ideals.
type Flag struct {
	Ambient Brackets
	Basis   *mat.Dense // orthogonal; its first Sizes[k] columns span F_k
	Sizes   []int      // descending; the level after the last is {0}
	Target  [][]int

	start *mat.Dense // F_0 at the start of settle, as columns; nil if settle did not run
	reach float64    // angle from start beyond which settle gives up

	Probes []*mat.Dense // see Probed; nil to ask for all brackets
}

// equations are the conditions of the required brackets on small displacements of a flag.
type equations interface {
	dense.LinearMap               // the change of residual
	residual() []*mat.Dense       // the parts of the brackets that are required to vanish
	largest([]*mat.Dense) float64 // the largest norm of one bracket in a residual
}

func (f *Flag) equations() equations {
	if f.Probes != nil {
		return f.Probed()
	}
	return f.chart()
}

// Brackets computes brackets of an ambient algebra.
type Brackets interface {
	// Adjoints returns ad of the first d columns of the orthogonal matrix o,
	// in the basis of all its columns.
	Adjoints(o *mat.Dense, d int) []*mat.Dense
}

// size returns the dimension of F_k, 0 past the last.
func (f *Flag) size(k int) int {
	if k < len(f.Sizes) {
		return f.Sizes[k]
	}
	return 0
}

// columns returns the range of basis columns in F_p but not in F_p+1.
func (f *Flag) columns(p int) (from, to int) { return f.size(p + 1), f.size(p) }

// chart is the neighbourhood of the flag to first order. A displacement x
// moves column i by Σ_c x_ci U_c, over the c outside the smallest F that
// holds i.
type chart struct {
	*Flag
	ad     []*mat.Dense // of the columns of V, in the flag's own basis
	m, d   int
	lo     int          // rows of x above this are all zero
	asked  int          // rows of brackets above this are never required to vanish
	frozen []*mat.Dense // work space of Jacobian
}

func (f *Flag) chart() *chart {
	m, _ := f.Basis.Dims()
	c := &chart{Flag: f, m: m, d: f.Sizes[0], lo: f.Sizes[len(f.Sizes)-1], asked: f.Sizes[0]}
	for _, row := range f.Target {
		for _, t := range row {
			c.asked = min(c.asked, f.size(t))
		}
	}
	c.ad = f.Ambient.Adjoints(f.Basis, c.d)
	c.frozen = c.Zeros()
	return c
}

// Zeros returns one matrix per column j of V. Its column i holds the required
// rows of the bracket [U_i,U_j].
func (c *chart) Zeros() []*mat.Dense {
	out := make([]*mat.Dense, c.d)
	for j := range out {
		out[j] = mat.NewDense(max(c.m-c.asked, 1), c.d, nil)
	}
	return out
}

// eachBlock visits the blocks of columns (from…to) of the brackets with
// column j that share a target, given as its size f.
func (c *chart) eachBlock(j int, visit func(from, to, f int)) {
	q := c.level(j)
	for p := range c.Sizes {
		if from, to := c.columns(p); from < to {
			visit(from, to, c.size(c.Target[p][q]))
		}
	}
}

func (c *chart) level(i int) int {
	k := 0
	for i < c.size(k+1) {
		k++
	}
	return k
}

// residual returns the parts of the brackets that are required to vanish.
func (c *chart) residual() []*mat.Dense {
	out := c.Zeros()
	for j, w := range out {
		c.eachBlock(j, func(from, to, f int) {
			for i := from; i < to; i++ {
				for r := f; r < c.m; r++ {
					w.Set(r-c.asked, i, -c.ad[j].At(r, i))
				}
			}
		})
	}
	return out
}

// Jacobian writes the change of residual for the displacement x, m×d, to out:
//
//	[δ_i,U_j] + [U_i,δ_j] − Σ_k<f c_ij^k δ_k, rows f and below.
func (c *chart) Jacobian(out []*mat.Dense, x *mat.Dense) {
	if c.m == c.asked || c.m == c.lo {
		return
	}
	for j, z := range c.frozen {
		z.Mul(c.ad[j].Slice(c.asked, c.m, c.lo, c.m), x.Slice(c.lo, c.m, 0, c.d))
	}
	for j, w := range out {
		w.Zero()
		c.eachBlock(j, func(from, to, f int) {
			if f == c.m {
				return
			}
			part := w.Slice(f-c.asked, c.m-c.asked, from, to).(*mat.Dense)
			if f > 0 {
				part.Mul(x.Slice(f, c.m, 0, f), c.ad[j].Slice(0, f, from, to))
			}
			for r := f - c.asked; r < c.m-c.asked; r++ {
				row, own := w.RawRowView(r), c.frozen[j].RawRowView(r)
				for i := from; i < to; i++ {
					row[i] += c.frozen[i].At(r, j) - own[i]
				}
			}
		})
	}
}

// Transposed writes the transpose of Jacobian applied to w, whose brackets are
// antisymmetric in i and j, to x.
func (c *chart) Transposed(x *mat.Dense, w []*mat.Dense) {
	x.Zero()
	if c.m == c.asked || c.m == c.lo {
		return
	}
	var part mat.Dense
	rows := x.Slice(c.lo, c.m, 0, c.d).(*mat.Dense)
	for j, wj := range w {
		part.Reset()
		part.Mul(c.ad[j].Slice(c.asked, c.m, c.lo, c.m).T(), wj)
		part.Scale(-2, &part)
		rows.Add(rows, &part)
		c.eachBlock(j, func(from, to, f int) {
			if f == 0 || f == c.m {
				return
			}
			part.Reset()
			part.Mul(wj.Slice(f-c.asked, c.m-c.asked, from, to), c.ad[j].Slice(0, f, from, to).T())
			into := x.Slice(f, c.m, 0, f).(*mat.Dense)
			into.Add(into, &part)
		})
	}
	c.mask(x)
}

// mask zeroes the part of x that does not move the flag.
func (c *chart) mask(x *mat.Dense) {
	for p := range c.Sizes {
		from, to := c.columns(p)
		for r := range c.size(p) {
			for i := from; i < to; i++ {
				x.Set(r, i, 0)
			}
		}
	}
}

// back returns the displacement that leads to the flag spanned by the columns
// of v, m×d, to second order.
func (f *Flag) back(v *mat.Dense) *mat.Dense {
	var y mat.Dense
	y.Mul(f.Basis.T(), v)
	m, _ := y.Dims()
	x := mat.NewDense(m, f.Sizes[0], nil)
	for p, k := range f.Sizes {
		from, to := f.columns(p)
		if k == m || from == to {
			continue
		}
		var t, g mat.Dense
		if t.Inverse(y.Slice(0, k, 0, k)) != nil {
			continue
		}
		g.Mul(y.Slice(k, m, 0, k), &t)
		x.Slice(k, m, from, to).(*mat.Dense).Copy(g.Slice(0, m-k, from, to))
	}
	return x
}

// move displaces the flag by x and makes its basis orthogonal again.
func (f *Flag) move(x *mat.Dense) {
	m, d := x.Dims()
	v := mat.NewDense(m, d, nil)
	v.Mul(f.Basis, x)
	v.Add(v, f.Basis.Slice(0, m, 0, d))
	f.Basis = dense.Completed(v)
}

// largest returns the largest norm of one bracket's residual.
func (*chart) largest(w []*mat.Dense) float64 {
	var most float64
	for _, m := range w {
		r, d := m.Dims()
		for i := range d {
			var sum float64
			for k := range r {
				sum += m.At(k, i) * m.At(k, i)
			}
			most = max(most, math.Sqrt(sum))
		}
	}
	return most
}

// Ask requires that the brackets of the spaces of dimensions k and l lie in
// the space of dimension t.
func (f *Flag) Ask(k, l, t int) {
	p, q := slices.Index(f.Sizes, k), slices.Index(f.Sizes, l)
	to := slices.Index(f.Sizes, t)
	if t == 0 {
		to = len(f.Sizes)
	}
	f.Target[p][q] = max(f.Target[p][q], to)
}
