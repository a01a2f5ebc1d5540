package flags

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// Probed are the equations of one subspace V that only ask for [x,V] ⊂ V for a few random
// x in V. If these x generate V, as almost all of them do unless V is nearly nilpotent, the
// equations hold exactly if V is closed; the caller has to verify it. They cost less than
// the equations of all brackets by the factor Dim/ProbeCount, and take no ad of the ambient algebra.
//
// Displacements x are as in chart. Residuals have one row for each element of the basis
// of V, over the basis of the orthogonal complement.
type Probed struct {
	*Flag
	n, d       int
	elements   []*mat.Dense  // x_r, n×n
	shares     *mat.Dense    // of the basis in x_r, a row for each
	constants  []*mat.Dense  // ⟨U_k,[x_r,U_j]⟩ at row j, column k
	inside     dense.Stacked // the basis U_k of V
	outside    *mat.Dense    // the basis of its complement as rows, row by row
	rest       []*mat.Dense
	complement *mat.Dense // outside, transposed
}

// matrices are an ambient algebra of n×n matrices.
type matrices interface {
	Brackets
	Size() int
	// rows returns matrices, given as columns of coordinates, as rows of their entries.
	Rows(v mat.Matrix) *mat.Dense
}

// ProbeCount is the number of elements: two random ones generate a semisimple algebra.
const ProbeCount = 4

// Probed returns the equations for the flag's probes.
func (f *Flag) Probed() *Probed {
	w := f.Ambient.(matrices)
	m, _ := f.Basis.Dims()
	c := &Probed{Flag: f, n: w.Size(), d: f.Sizes[0]}
	c.inside = dense.NewStacked(c.n, w.Rows(f.Basis.Slice(0, m, 0, c.d)))
	c.shares = mat.NewDense(len(f.Probes), c.d, nil)
	if c.d < m {
		c.outside = w.Rows(f.Basis.Slice(0, m, c.d, m))
		c.complement = mat.DenseCopyOf(c.outside.T())
	}
	for r, probe := range f.Probes {
		share := mat.NewVecDense(c.d, c.shares.RawRowView(r))
		share.MulVec(c.inside.Rows, mat.NewVecDense(c.n*c.n, probe.RawMatrix().Data))
		share.ScaleVec(1/mat.Norm(share, 2), share)
		var x mat.VecDense
		x.MulVec(c.inside.Rows.T(), share)
		c.elements = append(c.elements, mat.NewDense(c.n, c.n, x.RawVector().Data))
		brackets := c.inside.Brackets(c.elements[r], 0)
		c.constants = append(c.constants, c.inside.Over(brackets))
		c.rest = append(c.rest, c.zero())
		if c.outside != nil {
			c.rest[r].Mul(brackets, c.complement)
		}
	}
	return c
}

func (c *Probed) zero() *mat.Dense {
	m, _ := c.Basis.Dims()
	return mat.NewDense(c.d, max(m-c.d, 1), nil)
}

// Zeros returns one matrix for each element.
func (c *Probed) Zeros() []*mat.Dense {
	out := make([]*mat.Dense, len(c.elements))
	for r := range out {
		out[r] = c.zero()
	}
	return out
}

func (c *Probed) residual() []*mat.Dense { return c.rest }

// Jacobian writes the change of residual for the displacement x to out:
//
//	[x_r,δ_j] + [δ(x_r),U_j] − Σ_k c_rj^k δ_k, outside of V.
func (c *Probed) Jacobian(out []*mat.Dense, x *mat.Dense) {
	if c.outside == nil {
		return
	}
	m, _ := x.Dims()
	δ := x.Slice(c.d, m, 0, c.d).T()
	var rows, shared mat.Dense
	rows.Mul(δ, c.outside)
	shared.Mul(c.shares, &rows)
	moved := dense.NewStacked(c.n, &rows)
	for r, element := range c.elements {
		b := moved.Brackets(element, 0)
		b.Add(b, c.inside.Brackets(mat.NewDense(c.n, c.n, shared.RawRowView(r)), 0))
		out[r].Mul(c.constants[r], δ)
		var outside mat.Dense
		outside.Mul(b, c.complement)
		out[r].Sub(&outside, out[r])
	}
}

// Transposed writes the transpose of Jacobian applied to w to x. The transpose of
// y ↦ [a,y] is w ↦ [aᵀ,w], and of a ↦ [a,y] it is w ↦ [w,yᵀ].
func (c *Probed) Transposed(x *mat.Dense, w []*mat.Dense) {
	x.Zero()
	if c.outside == nil {
		return
	}
	sum, inside := mat.NewDense(c.d, c.n*c.n, nil), c.zero()
	for r, element := range c.elements {
		var rows, part mat.Dense
		rows.Mul(w[r], c.outside)
		wide := dense.NewStacked(c.n, &rows)
		sum.Add(sum, wide.Brackets(mat.DenseCopyOf(element.T()), 0))
		z := c.inside.TransposedSum(wide)
		for j, share := range c.shares.RawRowView(r) {
			floats.AddScaled(sum.RawRowView(j), share, z.RawMatrix().Data)
		}
		part.Mul(c.constants[r].T(), w[r])
		inside.Sub(inside, &part)
	}
	var outside mat.Dense
	outside.Mul(sum, c.complement)
	inside.Add(inside, &outside)
	m, _ := x.Dims()
	x.Slice(c.d, m, 0, c.d).(*mat.Dense).Copy(inside.T())
}

// largest returns the largest norm of one bracket's residual.
func (c *Probed) largest(w []*mat.Dense) float64 {
	var most float64
	for _, m := range w {
		for j := range c.d {
			most = math.Max(most, floats.Norm(m.RawRowView(j), 2))
		}
	}
	return most
}
