package linalg

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// panel is the number of reflectors after which the rest of the matrix is brought up to date.
const panel = 12

// reduction brings a symmetric matrix to tridiagonal form, A = Q·T·Qᵀ. It is LAPACK's dsytrd
// (Dongarra, Sorensen, Hammarling, J. Comput. Appl. Math. 27, 1989) with all vectors along rows.
// gonum's, which follows the columns, takes three times as long.
type reduction struct {
	n int
	// a holds the upper triangle row by row, with stride n. Row i keeps the reflector
	// H_i = 1 − τ_i·u·uᵀ, u = (0, …, 0, 1, a_i,i+2, a_i,i+3, …).
	a, τ []float64
	t    tridiagonal // without its values
}

// reduced reduces the matrix whose upper triangle is a, n×n with n ≥ 2, and keeps a.
func reduced(a []float64, n int) *reduction {
	r := &reduction{n: n, a: a, τ: make([]float64, n-1)}
	r.t.diagonal, r.t.beside = make([]float64, n), make([]float64, n-1)
	u, w := make([]float64, panel*n), make([]float64, panel*n)
	for first := 0; first < n-1; first += panel {
		last := min(first+panel, n-1)
		clear(u)
		for i := first; i < last; i++ {
			r.step(i, i-first, u, w)
		}
		r.update(last, last-first, u, w)
	}
	r.t.diagonal[n-1] = a[n*n-1]
	return r
}

// step finds reflector i, which has the given number of others before it in its panel. The rest of
// the matrix without these is A − Σ_j (u_j·w_jᵀ + w_j·u_jᵀ), with u_j and w_j in the rows of u and w.
func (r *reduction) step(i, before int, u, w []float64) {
	n := r.n
	row := r.a[i*n+i : i*n+n]
	for j := range before {
		uj, wj := u[j*n+i:j*n+n], w[j*n+i:j*n+n]
		floats.AddScaled(row, -uj[0], wj)
		floats.AddScaled(row, -wj[0], uj)
	}
	r.t.diagonal[i] = row[0]
	x := row[1:]
	r.t.beside[i], r.τ[i] = reflect(x)
	ui, wi := u[before*n+i+1:before*n+n], w[before*n+i+1:before*n+n]
	ui[0] = 1
	copy(ui[1:], x[1:])
	clear(wi)
	if r.τ[i] == 0 {
		return
	}
	r.times(i+1, ui, wi)
	for j := range before {
		uj, wj := u[j*n+i+1:j*n+n], w[j*n+i+1:j*n+n]
		along, across := floats.Dot(wj, ui), floats.Dot(uj, ui)
		floats.AddScaled(wi, -along, uj)
		floats.AddScaled(wi, -across, wj)
	}
	floats.Scale(r.τ[i], wi)
	floats.AddScaled(wi, -r.τ[i]/2*floats.Dot(wi, ui), ui)
}

// reflect replaces x by (β, v_1, v_2, …) such that H = 1 − τ·v·vᵀ with v_0 = 1 takes x to
// (β, 0, 0, …). τ is 0 if x has that form already.
func reflect(x []float64) (β, τ float64) {
	rest := floats.Norm(x[1:], 2)
	if rest < 1e-150 { // far below rounding, and 1/rest must be finite
		return x[0], 0
	}
	α := x[0]
	β = -math.Copysign(math.Hypot(α, rest), α)
	floats.Scale(1/(α-β), x[1:])
	x[0] = β
	return β, (β - α) / β
}

// times adds A·x to y, for the part of A from a row and column on.
func (r *reduction) times(from int, x, y []float64) {
	for i := range x {
		row := r.a[(from+i)*r.n+from+i : (from+i)*r.n+r.n]
		y[i] += floats.Dot(row, x[i:])
		floats.AddScaled(y[i+1:], x[i], row[1:])
	}
}

// update takes the reflectors of a panel from the rest of the matrix.
func (r *reduction) update(from, count int, u, w []float64) {
	n := r.n
	for i := from; i < n; i++ {
		row := r.a[i*n+i : i*n+n]
		for j := range count {
			uj, wj := u[j*n+i:j*n+n], w[j*n+i:j*n+n]
			floats.AddScaled(row, -uj[0], wj)
			floats.AddScaled(row, -wj[0], uj)
		}
	}
}
