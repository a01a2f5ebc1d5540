package invariants

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/lie"
)

// block holds the monomials of one degree in each component, a space that the algebra maps to
// itself. Coordinates belong to the monomials √(d!/α!)·x^α, in which orthogonal matrices act
// orthogonally (the Bombieri product).
type block struct {
	multidegree []int
	list        [][]int // exponents
	weights     []float64
	at          map[string]int
}

// mostMonomials is the largest size of a block.
const mostMonomials = 2000

// multidegrees lists all degrees in the components that add up to a total.
func multidegrees(components, total int) (list [][]int) {
	for _, δ := range monomial.List(components, total) {
		if sum(δ) == total {
			list = append(list, δ)
		}
	}
	return list
}

// size returns the number of monomials of a multidegree.
func (r representation) size(multidegree []int) float64 {
	counts := make([]int, r.components)
	for _, c := range r.component {
		counts[c]++
	}
	size := 1.
	for c, degree := range multidegree {
		for k := 1; k <= degree; k++ { // C(counts+degree−1, degree)
			size *= float64(counts[c]+k-1) / float64(k)
		}
	}
	return size
}

// block lists the monomials of a multidegree.
func (r representation) block(multidegree []int) block {
	list := [][]int{make([]int, len(r.component))}
	for c, degree := range multidegree {
		var variables []int
		for i, of := range r.component {
			if of == c {
				variables = append(variables, i)
			}
		}
		var longer [][]int
		for _, α := range list {
			for _, own := range multidegrees(len(variables), degree) {
				β := slices.Clone(α)
				for k, i := range variables {
					β[i] = own[k]
				}
				longer = append(longer, β)
			}
		}
		list = longer
	}
	b := block{multidegree: multidegree, list: list, at: monomial.Places(list)}
	for _, α := range list {
		b.weights = append(b.weights, math.Sqrt(factorial(sum(α))/product(α)))
	}
	return b
}

func factorial(n int) float64 { return math.Gamma(float64(n) + 1) }

// product returns α!.
func product(α []int) float64 {
	p := 1.
	for _, e := range α {
		p *= factorial(e)
	}
	return p
}

// null returns an orthonormal basis of the invariants in the block, as columns; nil if there are
// none. open says that a singular value is close to what the error of the algebra explains; "" if not.
func (b block) null(r representation) (basis *mat.Dense, open string, err error) {
	m := len(b.list)
	gram := mat.NewSymDense(m, nil)
	for _, a := range r.matrices {
		for _, row := range b.derivation(a) {
			for i, v := range row {
				for j, w := range row {
					if i <= j {
						gram.SetSym(i, j, gram.At(i, j)+v*w)
					}
				}
			}
		}
	}
	e, ok := linalg.NewEigen(gram)
	if !ok {
		return nil, "", fmt.Errorf("invariants: eigenvalues did not converge for %d monomials: lower Settings.Degree", m)
	}
	// An error δA of a generator changes a derivation of degree d by at most d‖δA‖.
	degree := float64(max(1, sum(b.multidegree)))
	limit := degree * math.Max(1e-6, r.angle*math.Sqrt(float64(len(r.matrices))))
	count := 0
	for _, λ := range e.Values() {
		σ := math.Sqrt(math.Max(λ, 0))
		if σ <= limit {
			count++
		}
		if σ > limit/3 && σ < 3*limit {
			open = fmt.Sprintf("in degree %d a polynomial changes by %.2g, about what the error of the algebra explains (%.2g)", sum(b.multidegree), σ, limit)
		}
	}
	if count == 0 {
		return nil, open, nil
	}
	return e.Vectors(count), open, nil
}

// derivation returns the rows of A on the block: x^α becomes Σ_ij A_ij x_j ∂_i x^α.
func (b block) derivation(a *mat.Dense) []map[int]float64 {
	rows := make([]map[int]float64, len(b.list))
	for i := range rows {
		rows[i] = map[int]float64{}
	}
	n, _ := a.Dims()
	for k, α := range b.list {
		for i := range n {
			if α[i] == 0 {
				continue
			}
			for j := range n {
				v := a.At(i, j)
				if v == 0 {
					continue
				}
				if i == j {
					rows[k][k] += v * float64(α[i])
					continue
				}
				β := slices.Clone(α)
				β[i]--
				β[j]++
				if to, ok := b.at[monomial.Key(β)]; ok { // otherwise v is rounding
					rows[to][k] += v * math.Sqrt(float64(α[i]*β[j]))
				}
			}
		}
	}
	return rows
}

// coordinates returns a polynomial of the block.
func (b block) coordinates(t terms) []float64 {
	v := make([]float64, len(b.list))
	for key, c := range t {
		k := b.at[key]
		v[k] = c / b.weights[k]
	}
	return v
}

// without returns the part of a space orthogonal to some vectors, both as orthonormal columns or,
// for the vectors, rows; nil if nothing is left.
func without(space *mat.Dense, vectors [][]float64, tolerance float64) *mat.Dense {
	if len(vectors) == 0 {
		return space
	}
	size, dim := space.Dims()
	inside := mat.NewDense(dim, len(vectors), nil)
	for k, v := range vectors {
		unit := mat.NewVecDense(size, slices.Clone(v))
		unit.ScaleVec(1/mat.Norm(unit, 2), unit)
		var c mat.VecDense
		c.MulVec(space.T(), unit)
		inside.SetCol(k, c.RawVector().Data)
	}
	var svd mat.SVD
	if !svd.Factorize(inside, mat.SVDFullU) {
		return nil
	}
	rank := svd.Rank(tolerance)
	if rank == dim {
		return nil
	}
	var u, rest mat.Dense
	svd.UTo(&u)
	rest.Mul(space, u.Slice(0, dim, rank, dim))
	return &rest
}

// echelon returns the reduced row echelon form of the columns of a space. lie.Echelon, which takes
// square matrices, does the work.
func echelon(space *mat.Dense, tolerance float64) (rows [][]float64) {
	size, dim := space.Dims()
	side := int(math.Ceil(math.Sqrt(float64(size))))
	var squares []*mat.Dense
	for k := range dim {
		m := mat.NewDense(side, side, nil)
		copy(m.RawMatrix().Data, mat.Col(nil, k, space))
		squares = append(squares, m)
	}
	for _, m := range lie.Echelon(lie.Span("", squares...), tolerance) {
		rows = append(rows, m.RawMatrix().Data[:size])
	}
	return rows
}
