package lie

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// StructureConstants holds c_ij^k = ⟨E_k,[E_i,E_j]⟩ over the orthonormal
// basis E_1 … E_d of an algebra. If the space is closed, [E_i,E_j] = Σ_k
// c_ij^k E_k. Indices run from 0.
type StructureConstants struct {
	ad []*mat.Dense // ad[i] has c_ij^k at row k, column j
}

// Structure returns the structure constants of a. If a is not closed under
// the bracket, the brackets are projected on a.
func Structure(a Algebra) *StructureConstants {
	d := a.Dim()
	s := &StructureConstants{ad: make([]*mat.Dense, d)}
	for i := range s.ad {
		s.ad[i] = mat.NewDense(d, d, nil)
	}
	if d < 2 {
		return s
	}
	basis := a.stacked()
	for i, x := range a.basis[:d-1] {
		constants := basis.Over(basis.Brackets(x, i+1))
		for j := i + 1; j < d; j++ {
			for k, v := range constants.RawRowView(j - i - 1) {
				s.ad[i].Set(k, j, v)
				s.ad[j].Set(k, i, -v)
			}
		}
	}
	return s
}

// Dim returns d, the dimension of the algebra.
func (s *StructureConstants) Dim() int { return len(s.ad) }

// At returns c_ij^k. It panics unless 0 ≤ i, j, k < Dim.
func (s *StructureConstants) At(i, j, k int) float64 {
	s.within("At: i", i)
	s.within("At: j", j)
	s.within("At: k", k)
	return s.ad[i].At(k, j)
}

// Adjoint returns the d×d matrix of ad E_i: y ↦ [E_i,y] in the coordinates of
// the basis. It panics unless 0 ≤ i < Dim.
func (s *StructureConstants) Adjoint(i int) *mat.Dense {
	s.within("Adjoint: i", i)
	return mat.DenseCopyOf(s.ad[i])
}

// Killing returns the Killing form K_ij = tr(ad E_i · ad E_j), d×d. It panics
// for an algebra of dimension 0, because gonum has no empty matrices.
func (s *StructureConstants) Killing() *mat.SymDense {
	d := s.Dim()
	atLeast("Killing: dimension of the algebra", d, 1)
	rows, columns := mat.NewDense(d, d*d, nil), mat.NewDense(d, d*d, nil)
	for i, x := range s.ad {
		rows.SetRow(i, mat.DenseCopyOf(x).RawMatrix().Data)
		columns.SetRow(i, mat.DenseCopyOf(x.T()).RawMatrix().Data)
	}
	var traces mat.Dense
	traces.Mul(rows, columns.T())
	k := mat.NewSymDense(d, nil)
	for i := range d {
		for j := i; j < d; j++ {
			k.SetSym(i, j, traces.At(i, j))
		}
	}
	return k
}

func (s *StructureConstants) within(what string, i int) {
	if i < 0 || i >= s.Dim() {
		panic(fmt.Sprintf("lie: %s = %d of an algebra of dimension %d", what, i, s.Dim()))
	}
}

// scale returns max_i ‖ad E_i‖_F, the size against which structure constants
// of the basis count as small.
func (s *StructureConstants) scale() float64 {
	var most float64
	for _, m := range s.ad {
		most = max(most, mat.Norm(m, 2))
	}
	return most
}

// in returns the constants in the orthonormal basis given by the columns of
// o. If there are fewer than d columns, they span a subspace.
func (s *StructureConstants) in(o mat.Matrix) *StructureConstants {
	_, d := o.Dims()
	t := &StructureConstants{ad: make([]*mat.Dense, d)}
	for i := range t.ad {
		m := s.combine(func(b int) float64 { return o.At(b, i) })
		t.ad[i] = mat.NewDense(d, d, nil)
		t.ad[i].Product(o.T(), m, o)
	}
	return t
}

// combine returns Σ_b h(b)·ad E_b.
func (s *StructureConstants) combine(h func(b int) float64) *mat.Dense {
	d := s.Dim()
	m := mat.NewDense(d, d, nil)
	for b, x := range s.ad {
		if v := h(b); v != 0 {
			dense.AddScaled(m, v, x)
		}
	}
	return m
}

// inConstants computes brackets from structure constants.
type inConstants struct{ *StructureConstants }

// Adjoints returns ad of the first d columns of the orthogonal matrix o, in
// the basis of all its columns.
func (s inConstants) Adjoints(o *mat.Dense, d int) []*mat.Dense {
	m, _ := o.Dims()
	out := make([]*mat.Dense, d)
	for i := range out {
		x := s.combine(func(b int) float64 { return o.At(b, i) })
		out[i] = mat.NewDense(m, m, nil)
		out[i].Product(o.T(), x, o)
	}
	return out
}
