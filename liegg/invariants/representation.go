package invariants

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
)

// representation is an algebra that acts on polynomials of several variables: all inputs and, if
// maps are affine, the constant 1 as the last variable.
type representation struct {
	matrices   []*mat.Dense // on the variables, of unit Frobenius norm before copies are taken
	inputs     int          // without the constant
	component  []int        // of each variable: no matrix mixes variables of different components
	components int
	angle      float64 // error of the matrices, relative to their size
}

// copies returns the representation on c vectors, one after the other.
func copies(a lie.Algebra, c int, angle float64) representation {
	n := a.Size()
	if a.Homogeneous() {
		n--
	}
	r := representation{inputs: c * n, angle: angle}
	variables := r.inputs
	if a.Homogeneous() {
		variables++
	}
	for _, h := range a.Basis() {
		m := mat.NewDense(variables, variables, nil)
		for v := range c {
			m.Slice(v*n, (v+1)*n, v*n, (v+1)*n).(*mat.Dense).Copy(h.Slice(0, n, 0, n))
			if a.Homogeneous() {
				m.Slice(v*n, (v+1)*n, variables-1, variables).(*mat.Dense).Copy(h.Slice(0, n, n, n+1))
			}
		}
		r.matrices = append(r.matrices, m)
	}
	r.findComponents(variables)
	return r
}

// rounding is the size of entries, relative to generators of unit norm, and of singular values that
// count as zero in an exact algebra.
const rounding = 1e-9

// findComponents joins variables that a matrix mixes.
func (r *representation) findComponents(variables int) {
	r.component = make([]int, variables)
	for i := range r.component {
		r.component[i] = i
	}
	for _, m := range r.matrices {
		for i := range variables {
			for j := range variables {
				if a, b := r.component[i], r.component[j]; a != b && math.Abs(m.At(i, j)) > rounding {
					for k, c := range r.component {
						if c == b {
							r.component[k] = a
						}
					}
				}
			}
		}
	}
	number := map[int]int{}
	for i, c := range r.component {
		if _, ok := number[c]; !ok {
			number[c] = len(number)
		}
		r.component[i] = number[c]
	}
	r.components = len(number)
}

// affine reports whether the last variable is the constant 1.
func (r representation) affine() bool { return len(r.component) > r.inputs }

// points draws generic points, with the constant 1 behind them if maps are affine.
func (r representation) points(count int) [][]float64 {
	random := rand.New(rand.NewPCG(20, 0))
	all := make([][]float64, count)
	for k := range all {
		x := make([]float64, len(r.component))
		for i := range x {
			x[i] = random.NormFloat64()
		}
		if r.affine() {
			x[r.inputs] = 1
		}
		all[k] = x
	}
	return all
}

// orbitDimension returns the rank of [A₁x … A_dx] at generic points x. doubt says why it may be
// another, "" if it is certain.
func (r representation) orbitDimension() (dimension int, doubt string) {
	if len(r.matrices) == 0 {
		return 0, ""
	}
	best := make([]float64, min(len(r.component), len(r.matrices))) // singular values, the largest over points
	for _, x := range r.points(32) {
		at := mat.NewDense(len(x), len(r.matrices), nil)
		for k, m := range r.matrices {
			var v mat.VecDense
			v.MulVec(m, mat.NewVecDense(len(x), x))
			at.SetCol(k, v.RawVector().Data)
		}
		at.Scale(math.Sqrt(float64(len(x)))/mat.Norm(mat.NewVecDense(len(x), x), 2), at)
		for k, σ := range singularValues(at) {
			best[k] = math.Max(best[k], σ)
		}
	}
	limit := math.Max(1e3*rounding, r.angle*math.Sqrt(float64(len(r.matrices))))
	for _, σ := range best {
		if σ > limit {
			dimension++
		}
		if σ > limit/2 && σ < 2*limit {
			doubt = fmt.Sprintf("the dimension of orbits is not certain: a singular value of %.2g is about what the error of the algebra explains (%.2g)", σ, limit)
		}
	}
	return dimension, doubt
}

// singularValues returns them in descending order; none if they did not converge.
func singularValues(m *mat.Dense) []float64 {
	var svd mat.SVD
	if !svd.Factorize(m, mat.SVDNone) {
		return nil
	}
	return svd.Values(nil)
}
