package lie

import "gonum.org/v1/gonum/mat"

// stacked holds matrices as the rows of one, so that brackets with all of them, and their
// products with all of them, are products of large matrices.
type stacked struct {
	n      int
	rows   *mat.Dense // count×n²: the matrices, row by row
	turned *mat.Dense // the same of their transposes
}

func newStacked(n int, rows *mat.Dense) stacked {
	count, nn := rows.Dims()
	s := stacked{n, rows, mat.NewDense(count, nn, nil)}
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

func (a Algebra) stacked() stacked {
	return newStacked(a.n, mat.DenseCopyOf(a.columns().T()))
}

// brackets returns [x,E_j] for the matrices E_j from the given one on, as rows.
func (s stacked) brackets(x *mat.Dense, from int) *mat.Dense {
	d, nn := s.rows.Dims()
	count := d - from
	out := mat.NewDense(count, nn, nil)
	part := func(m *mat.Dense) *mat.Dense { // the matrices below each other, (count·n)×n
		return mat.NewDense(count*s.n, s.n, m.RawMatrix().Data[from*nn:])
	}
	mat.NewDense(count*s.n, s.n, out.RawMatrix().Data).Mul(part(s.rows), x)
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

// over returns ⟨E_k,B_j⟩ at row j, column k, for matrices B_j given as rows.
func (s stacked) over(rows *mat.Dense) *mat.Dense {
	var c mat.Dense
	c.Mul(rows, s.rows.T())
	return &c
}
