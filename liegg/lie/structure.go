package lie

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie/internal/check"
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
	check.AtLeast("Killing: dimension of the algebra", d, 1)
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

// Scale returns max_i ‖ad E_i‖_F, the size against which structure constants
// of the basis count as small.
func (s *StructureConstants) Scale() float64 {
	var most float64
	for _, m := range s.ad {
		most = max(most, mat.Norm(m, 2))
	}
	return most
}

// In returns the constants in the orthonormal basis given by the columns of
// o. If there are fewer than d columns, they span a subspace.
func (s *StructureConstants) In(o mat.Matrix) *StructureConstants {
	_, d := o.Dims()
	t := &StructureConstants{ad: make([]*mat.Dense, d)}
	for i := range t.ad {
		m := s.AdjointOf(func(b int) float64 { return o.At(b, i) })
		t.ad[i] = mat.NewDense(d, d, nil)
		t.ad[i].Product(o.T(), m, o)
	}
	return t
}

// AdjointOf returns Σ_b h(b)·ad E_b.
func (s *StructureConstants) AdjointOf(h func(b int) float64) *mat.Dense {
	d := s.Dim()
	m := mat.NewDense(d, d, nil)
	for b, x := range s.ad {
		if v := h(b); v != 0 {
			dense.AddScaled(m, v, x)
		}
	}
	return m
}

// String returns a line for each non-zero bracket of two basis elements, such
// as "[E₁,E₂] = 0.71 E₃", numbered from 1. Coefficients below a twentieth of
// the largest are left out, and so are brackets beyond the first hundred.
func (s *StructureConstants) String() string {
	const most = 100
	d := s.Dim()
	lines := []string{fmt.Sprintf("structure constants of dimension %d", d)}
	least := s.largest() / 20
	for i := range d {
		for j := i + 1; j < d; j++ {
			if sum := s.bracket(i, j, least); sum != "" {
				lines = append(lines, fmt.Sprintf("[E%s,E%s] = %s", spelling.Subscript(i+1), spelling.Subscript(j+1), sum))
			}
		}
	}
	switch left := len(lines) - 1 - most; {
	case len(lines) == 1:
		lines[0] += ", all zero"
	case left > 0:
		lines = append(lines[:1+most], fmt.Sprintf("… %d more", left))
	}
	return strings.Join(lines, "\n")
}

// largest returns max |c_ij^k|.
func (s *StructureConstants) largest() (largest float64) {
	for _, m := range s.ad {
		largest = math.Max(largest, largestEntry(m))
	}
	return largest
}

// bracket writes Σ_k c_ij^k E_k without coefficients up to least, "" if none
// remains.
func (s *StructureConstants) bracket(i, j int, least float64) string {
	var b strings.Builder
	for k := range s.Dim() {
		c := s.At(i, j, k)
		if math.Abs(c) <= least {
			continue
		}
		if b.Len() > 0 && c > 0 {
			b.WriteString(" + ")
		} else if b.Len() > 0 {
			b.WriteString(" − ")
			c = -c
		}
		fmt.Fprintf(&b, "%s E%s", spelling.TwoDigits(c), spelling.Subscript(k+1))
	}
	return b.String()
}
