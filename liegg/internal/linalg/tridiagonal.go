package linalg

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/lapack/gonum"
	"gonum.org/v1/gonum/mat"
)

// tridiagonal is a symmetric tridiagonal matrix T whose largest entry is about 1, with its
// eigenvalues, ascending.
type tridiagonal struct{ diagonal, beside, values []float64 }

// Constants of inverse iteration.
const (
	ε           = 0x1p-52
	clustered   = 1e-3 // values this close, relative to the largest, need vectors made orthogonal (as in dstein)
	mostInverse = 8    // iterations
)

// smallest returns orthonormal eigenvectors of the count smallest values, as columns. If
// inverse iteration falls short of working precision, it computes all of them at once.
func (t tridiagonal) smallest(count int) *mat.Dense {
	if rows, ok := t.inverseIteration(count); ok {
		return mat.DenseCopyOf(rows.T())
	}
	return t.all(count)
}

// inverseIteration returns the vectors as rows.
func (t tridiagonal) inverseIteration(count int) (rows *mat.Dense, ok bool) {
	n, size := len(t.diagonal), max(math.Abs(t.values[0]), math.Abs(t.values[len(t.values)-1]))
	rows = mat.NewDense(count, n, nil)
	random := rand.New(rand.NewPCG(1, 0))
	work := make([]float64, 4*n)
	cluster, shift := 0, math.Inf(-1)
	for j := range count {
		if j > 0 && t.values[j]-t.values[j-1] > clustered*size {
			cluster = j
		}
		shift = max(t.values[j], shift+10*ε*size) // equal shifts would find one vector twice
		x := rows.RawRowView(j)
		for i := range x {
			x[i] = random.NormFloat64()
		}
		found := false
		for step := 0; step < mostInverse && !found; step++ {
			if !t.solve(shift, x, work) || !orthonormalise(x, rows, cluster, j) {
				return nil, false
			}
			found = step > 0 && t.residual(t.values[j], x) <= 10*math.Sqrt(float64(n))*ε*size
		}
		if !found {
			return nil, false
		}
	}
	return rows, true
}

// solve replaces x by a multiple of (T − shift)⁻¹x. Work is 4·n numbers to work with.
func (t tridiagonal) solve(shift float64, x, work []float64) bool {
	n := len(x)
	below, d, above, b := work[:n-1], work[n:2*n], work[2*n:3*n-1], work[3*n:]
	for range 3 {
		copy(below, t.beside)
		copy(above, t.beside)
		copy(b, x)
		for i, v := range t.diagonal {
			d[i] = v - shift
		}
		if (gonum.Implementation{}).Dgtsv(n, 1, below, d, above, b, 1) {
			copy(x, b)
			return true
		}
		shift -= 2 * ε // a pivot is exactly zero
	}
	return false
}

// orthonormalise makes x orthogonal to the rows from…to and of length 1, by Gram–Schmidt done
// twice.
func orthonormalise(x []float64, rows *mat.Dense, from, to int) bool {
	n, along := len(x), make([]float64, to-from)
	for range 2 {
		largest := floats.Norm(x, math.Inf(1))
		if !(largest > 0) || math.IsInf(largest, 0) {
			return false
		}
		floats.Scale(1/largest, x)
		floats.Scale(1/floats.Norm(x, 2), x)
		if from < to {
			others := rows.Slice(from, to, 0, n).(*mat.Dense).RawMatrix()
			v, c := blas64.Vector{N: n, Inc: 1, Data: x}, blas64.Vector{N: to - from, Inc: 1, Data: along}
			blas64.Gemv(blas.NoTrans, 1, others, v, 0, c)
			blas64.Gemv(blas.Trans, -1, others, c, 1, v)
		}
	}
	length := floats.Norm(x, 2)
	floats.Scale(1/length, x)
	return length > 0
}

// residual returns ‖T·x − λ·x‖.
func (t tridiagonal) residual(λ float64, x []float64) float64 {
	sum := 0.
	for i := range x {
		r := (t.diagonal[i] - λ) * x[i]
		if i > 0 {
			r += t.beside[i-1] * x[i-1]
		}
		if i < len(t.beside) {
			r += t.beside[i] * x[i+1]
		}
		sum += r * r
	}
	return math.Sqrt(sum)
}

// all returns the first count of all vectors.
func (t tridiagonal) all(count int) *mat.Dense {
	n := len(t.diagonal)
	dense := mat.NewSymDense(n, nil)
	for i, v := range t.diagonal {
		dense.SetSym(i, i, v)
	}
	for i, v := range t.beside {
		dense.SetSym(i, i+1, v)
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(dense, true) {
		panic("linalg: the vectors of a tridiagonal matrix whose values converged did not")
	}
	var v mat.Dense
	eigen.VectorsTo(&v)
	return mat.DenseCopyOf(v.Slice(0, n, 0, count))
}
