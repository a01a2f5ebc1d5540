package dense

import "gonum.org/v1/gonum/mat"

// Stacked holds matrices as the rows of one, so that brackets with all of them, and their
// products with all of them, are products of large matrices.
type Stacked struct {
	n      int
	Rows   *mat.Dense // count×n²: the matrices, row by row
	turned *mat.Dense // the same of their transposes
}

// NewStacked takes n×n matrices as the rows of one. The rows are not copied.
func NewStacked(n int, rows *mat.Dense) Stacked {
	count, nn := rows.Dims()
	s := Stacked{n, rows, mat.NewDense(count, nn, nil)}
	for k := range count {
		row, turned := rows.RawRowView(k), s.turned.RawRowView(k)
		for i := range n {
			for j := range n {
				turned[j*n+i] = row[i*n+j]
			}
		}
	}
	return s
}

// Brackets returns [x,E_j] for the matrices E_j from the given one on, as rows.
func (s Stacked) Brackets(x *mat.Dense, from int) *mat.Dense {
	d, nn := s.Rows.Dims()
	count := d - from
	out := mat.NewDense(count, nn, nil)
	part := func(m *mat.Dense) *mat.Dense { // the matrices below each other, (count·n)×n
		return mat.NewDense(count*s.n, s.n, m.RawMatrix().Data[from*nn:])
	}
	mat.NewDense(count*s.n, s.n, out.RawMatrix().Data).Mul(part(s.Rows), x)
	var turned mat.Dense
	turned.Mul(part(s.turned), x.T()) // (x·E_j)ᵀ = E_jᵀ·xᵀ
	for k := range count {
		row := out.RawRowView(k)
		for i := range s.n {
			for j, v := range turned.RawRowView(k*s.n + i) {
				row[j*s.n+i] = v - row[j*s.n+i]
			}
		}
	}
	return out
}

// Over returns ⟨E_k,B_j⟩ at row j, column k, for matrices B_j given as rows.
func (s Stacked) Over(rows *mat.Dense) *mat.Dense {
	var c mat.Dense
	c.Mul(rows, s.Rows.T())
	return &c
}

// TransposedSum returns Σ_j [W_j,E_jᵀ] for matrices W_j.
func (s Stacked) TransposedSum(w Stacked) *mat.Dense {
	count, _ := s.Rows.Dims()
	below := func(m *mat.Dense) *mat.Dense { return mat.NewDense(count*s.n, s.n, m.RawMatrix().Data) }
	var sum, back mat.Dense
	sum.Mul(below(w.turned).T(), below(s.turned))
	back.Mul(below(s.Rows).T(), below(w.Rows))
	sum.Sub(&sum, &back)
	return &sum
}

// StackedColumns returns the n²×d matrix whose columns are d n×n matrices, row by row. There must be one at
// least.
func StackedColumns(ms []*mat.Dense) *mat.Dense {
	n, _ := ms[0].Dims()
	m := mat.NewDense(n*n, len(ms), nil)
	for k, e := range ms {
		for i := range n {
			for j, v := range e.RawRowView(i) {
				m.Set(i*n+j, k, v)
			}
		}
	}
	return m
}
