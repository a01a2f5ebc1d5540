package linalg

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
)

// panel is the number of reflectors after which the rest of the matrix is brought up to date.
const panel = 12

// together is the number of rows that are multiplied at a time.
const together = 8

// reduction brings a symmetric matrix to tridiagonal form, A = Q·T·Qᵀ. It is LAPACK's dsytrd
// (Dongarra, Sorensen, Hammarling, J. Comput. Appl. Math. 27, 1989) with all vectors along rows,
// and with products of some rows at a time, which read a vector once for four of them. gonum's
// dsytrd, which follows the columns, takes several times as long.
type reduction struct {
	n int
	// a holds the upper triangle row by row, with stride n. Row i keeps the reflector
	// H_i = 1 − τ_i·u·uᵀ, u = (0, …, 0, a_i,i+1 = 1, a_i,i+2, …).
	a, τ []float64
	t    tridiagonal // without its values
}

// reduced reduces the matrix whose upper triangle is a, n×n with n ≥ 2, and keeps a.
func reduced(a []float64, n int) *reduction {
	r := &reduction{n: n, a: a, τ: make([]float64, n-1)}
	r.t.diagonal, r.t.beside = make([]float64, n), make([]float64, n-1)
	p := reflectors{n: n, rows: make([]float64, 2*panel*n), along: make([]float64, 2*panel)}
	for first := 0; first < n-1; first += panel {
		last := min(first+panel, n-1)
		p.count = 0
		clear(p.rows)
		for i := first; i < last; i++ {
			r.step(i, &p)
		}
		for i := last; i < n; i++ {
			p.takeFrom(r.row(i, i), i)
		}
	}
	r.t.diagonal[n-1] = a[n*n-1]
	return r
}

// row is row i of the matrix from a column on.
func (r *reduction) row(i, from int) []float64 { return r.a[i*r.n+from : i*r.n+r.n] }

// step finds reflector i, of which p holds those before it in its panel.
func (r *reduction) step(i int, p *reflectors) {
	p.takeFrom(r.row(i, i), i)
	r.t.diagonal[i] = r.row(i, i)[0]
	u := r.row(i, i+1)
	r.t.beside[i], r.τ[i] = reflect(u)
	if r.τ[i] != 0 {
		w := make([]float64, len(u))
		r.times(i+1, u, w)
		p.takeTimes(w, u, i+1)
		floats.Scale(r.τ[i], w)
		floats.AddScaled(w, -r.τ[i]/2*floats.Dot(w, u), u)
		p.add(u, w, i+1)
	}
}

// reflect replaces x by v with v_0 = 1, such that H = 1 − τ·v·vᵀ takes x to (β, 0, 0, …). τ is 0
// if x has that form already.
func reflect(x []float64) (β, τ float64) {
	α, rest := x[0], floats.Norm(x[1:], 2)
	x[0] = 1
	if rest < 1e-150 { // far below rounding, and 1/rest must be finite
		return α, 0
	}
	β = -math.Copysign(math.Hypot(α, rest), α)
	floats.Scale(1/(α-β), x[1:])
	return β, (β - α) / β
}

// times adds A·x to y, for the part of A from a row and column on.
func (r *reduction) times(from int, x, y []float64) {
	for i := 0; i < len(x); i += together {
		next := min(i+together, len(x))
		for k := i; k < next; k++ { // the triangle on the diagonal
			row := r.row(from+k, from+k)[:next-k]
			y[k] += floats.Dot(row, x[k:next])
			floats.AddScaled(y[k+1:next], x[k], row[1:])
		}
		if next < len(x) {
			right := general(next-i, len(x)-next, r.n, r.a[(from+i)*r.n+from+next:])
			blas64.Gemv(blas.NoTrans, 1, right, vector(x[next:]), 1, vector(y[i:next]))
			blas64.Gemv(blas.Trans, 1, right, vector(x[i:next]), 1, vector(y[next:]))
		}
	}
}

// reflectors holds the reflectors u_j of a panel, with their w_j. They turn the rest A of the matrix into
// A − Σ_j (u_j·w_jᵀ + w_j·u_jᵀ).
type reflectors struct {
	n, count int
	rows     []float64 // u_1, w_1, u_2, w_2, …, of length n
	along    []float64 // for products, a number for each row
}

func (p *reflectors) add(u, w []float64, from int) {
	copy(p.rows[2*p.count*p.n+from:], u)
	copy(p.rows[(2*p.count+1)*p.n+from:], w)
	p.count++
}

// takeFrom brings row i of the matrix up to date, from the diagonal on.
func (p *reflectors) takeFrom(row []float64, i int) {
	if p.count == 0 {
		return
	}
	along := p.along[:2*p.count]
	for j := range p.count {
		along[2*j], along[2*j+1] = p.rows[(2*j+1)*p.n+i], p.rows[2*j*p.n+i]
	}
	blas64.Gemv(blas.Trans, -1, p.from(i), vector(along), 1, vector(row))
}

// takeTimes takes their product with u from w; both have the entries from a row on.
func (p *reflectors) takeTimes(w, u []float64, from int) {
	if p.count == 0 {
		return
	}
	along := p.along[:2*p.count]
	blas64.Gemv(blas.NoTrans, 1, p.from(from), vector(u), 0, vector(along))
	for j := range p.count {
		along[2*j], along[2*j+1] = along[2*j+1], along[2*j]
	}
	blas64.Gemv(blas.Trans, -1, p.from(from), vector(along), 1, vector(w))
}

// from is the rows from a column on.
func (p *reflectors) from(column int) blas64.General {
	return general(2*p.count, p.n-column, p.n, p.rows[column:])
}

func general(rows, columns, stride int, data []float64) blas64.General {
	return blas64.General{Rows: rows, Cols: columns, Stride: stride, Data: data}
}

func vector(x []float64) blas64.Vector { return blas64.Vector{N: len(x), Inc: 1, Data: x} }
