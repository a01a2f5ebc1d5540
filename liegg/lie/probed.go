package lie

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// probed are the equations of one subspace V that only ask for [x,V] ⊂ V for a few random
// x in V. If these x generate V, as almost all of them do unless V is nearly nilpotent, the
// equations hold exactly if V is closed; the caller has to verify it. They cost less than
// the equations of all brackets by the factor Dim/probeCount, and take no ad of the ambient algebra.
//
// Displacements x are as in chart. Residuals have one row for each element of the basis
// of V, over the basis of the orthogonal complement.
type probed struct {
	*flag
	n, d       int
	elements   []*mat.Dense // x_r, n×n
	shares     *mat.Dense   // of the basis in x_r, a row for each
	constants  []*mat.Dense // ⟨U_k,[x_r,U_j]⟩ at row j, column k
	inside     stacked      // the basis U_k of V
	outside    *mat.Dense   // the basis of its complement as rows, row by row
	rest       []*mat.Dense
	complement *mat.Dense // outside, transposed
}

// probeCount is the number of elements: two random ones generate a semisimple algebra.
const probeCount = 4

// probesOf returns random matrices, whose projections on subspaces are the elements.
func probesOf(w ambient) []*mat.Dense {
	random := rand.New(rand.NewPCG(4, 0))
	out := make([]*mat.Dense, probeCount)
	for r := range out {
		h := make([]float64, w.space.Dim())
		for k := range h {
			h[k] = random.NormFloat64()
		}
		out[r] = w.space.Generator(h)
	}
	return out
}

func (f *flag) probed() *probed {
	w := f.ambient.(ambient)
	m, _ := f.basis.Dims()
	c := &probed{flag: f, n: w.space.n, d: f.sizes[0]}
	c.inside = newStacked(c.n, w.rows(f.basis.Slice(0, m, 0, c.d)))
	c.shares = mat.NewDense(len(f.probes), c.d, nil)
	if c.d < m {
		c.outside = w.rows(f.basis.Slice(0, m, c.d, m))
		c.complement = mat.DenseCopyOf(c.outside.T())
	}
	for r, probe := range f.probes {
		share := mat.NewVecDense(c.d, c.shares.RawRowView(r))
		share.MulVec(c.inside.rows, mat.NewVecDense(c.n*c.n, probe.RawMatrix().Data))
		share.ScaleVec(1/mat.Norm(share, 2), share)
		var x mat.VecDense
		x.MulVec(c.inside.rows.T(), share)
		c.elements = append(c.elements, mat.NewDense(c.n, c.n, x.RawVector().Data))
		brackets := c.inside.brackets(c.elements[r], 0)
		c.constants = append(c.constants, c.inside.over(brackets))
		c.rest = append(c.rest, c.zero())
		if c.outside != nil {
			c.rest[r].Mul(brackets, c.complement)
		}
	}
	return c
}

func (c *probed) zero() *mat.Dense {
	m, _ := c.basis.Dims()
	return mat.NewDense(c.d, max(m-c.d, 1), nil)
}

func (c *probed) zeros() []*mat.Dense {
	out := make([]*mat.Dense, len(c.elements))
	for r := range out {
		out[r] = c.zero()
	}
	return out
}

func (c *probed) residual() []*mat.Dense { return c.rest }

// jacobian writes the change of residual for the displacement x to out:
//
//	[x_r,δ_j] + [δ(x_r),U_j] − Σ_k c_rj^k δ_k, outside of V.
func (c *probed) jacobian(out []*mat.Dense, x *mat.Dense) {
	if c.outside == nil {
		return
	}
	m, _ := x.Dims()
	δ := x.Slice(c.d, m, 0, c.d).T()
	var rows, shared mat.Dense
	rows.Mul(δ, c.outside)
	shared.Mul(c.shares, &rows)
	moved := newStacked(c.n, &rows)
	for r, element := range c.elements {
		b := moved.brackets(element, 0)
		b.Add(b, c.inside.brackets(mat.NewDense(c.n, c.n, shared.RawRowView(r)), 0))
		out[r].Mul(c.constants[r], δ)
		var outside mat.Dense
		outside.Mul(b, c.complement)
		out[r].Sub(&outside, out[r])
	}
}

// transposed writes the transpose of jacobian applied to w to x. The transpose of
// y ↦ [a,y] is w ↦ [aᵀ,w], and of a ↦ [a,y] it is w ↦ [w,yᵀ].
func (c *probed) transposed(x *mat.Dense, w []*mat.Dense) {
	x.Zero()
	if c.outside == nil {
		return
	}
	sum, inside := mat.NewDense(c.d, c.n*c.n, nil), c.zero()
	for r, element := range c.elements {
		var rows, part mat.Dense
		rows.Mul(w[r], c.outside)
		wide := newStacked(c.n, &rows)
		sum.Add(sum, wide.brackets(mat.DenseCopyOf(element.T()), 0))
		z := c.inside.transposedSum(wide)
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

// transposedSum returns Σ_j [W_j,E_jᵀ] for matrices W_j.
func (s stacked) transposedSum(w stacked) *mat.Dense {
	count, _ := s.rows.Dims()
	below := func(m *mat.Dense) *mat.Dense { return mat.NewDense(count*s.n, s.n, m.RawMatrix().Data) }
	var sum, back mat.Dense
	sum.Mul(below(w.turned).T(), below(s.turned))
	back.Mul(below(s.rows).T(), below(w.rows))
	sum.Sub(&sum, &back)
	return &sum
}

// largest returns the largest norm of one bracket's residual.
func (c *probed) largest(w []*mat.Dense) float64 {
	var most float64
	for _, m := range w {
		for j := range c.d {
			most = math.Max(most, floats.Norm(m.RawRowView(j), 2))
		}
	}
	return most
}

// rows returns matrices, given as columns of coordinates, as rows of their entries.
func (w ambient) rows(v mat.Matrix) *mat.Dense {
	_, count := v.Dims()
	rows := mat.NewDense(count, w.space.n*w.space.n, nil)
	for k, at := range w.place {
		for j := range count {
			rows.Set(j, at, v.At(k, j))
		}
	}
	return rows
}
