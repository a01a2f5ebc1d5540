package action

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action/internal/scatter"
	"github.com/liegg/lab/liegg/action/polynomial"
	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// Polynomials is the space of polynomial vector fields on Rⁿ up to a degree
// p, v(x) = Σ_iα c_iα x^α ∂_i: candidates for symmetries that are not linear.
// One field moves each of c points of Rⁿ; an input is the points one after
// the other, as for Vectors. Coefficients are the c_iα, row i after row i−1,
// with the monomials x^α in the order x₁ … xₙ, x₁², x₁x₂, …, 1 (by degree,
// the constant last). So K = n·C(n+p, p), and degree 1 is the affine action.
//
// A generator is the field's Carleman lift: the square matrix L for which
// d/dt m(x) = L·m(x) along the field, where m are the monomials up to degree
// D = max(1, 2p−1) in the same order and terms of higher degree are dropped
// (Kowalski and Steeb, "Nonlinear Dynamical Systems and Carleman
// Linearization", 1991). The first n rows are the field itself. D is high
// enough for these rows of a bracket of lifts to be the bracket of the
// fields, with the sign of matrices, [A,B] ↦ −[v_A, v_B]. So fields close if
// their lifts do. Fields may close even if their matrices do not;
// Bracket of a polynomial.Field is exact.
//
// Fields of degree ≥ 2 may move points to infinity in a finite time, so that
// no matrix moves all of them (Mover). NewOrbits follows them as far as they
// stay within the range of the data.
type Polynomials struct {
	n, c, degree int
	centre       []float64 // see Centred; nil for the origin

	inner, dual *mat.SymDense // as in Vectors

	candidates [][]int // monomials of the fields
	lift       [][]int // monomials of the generators
	place      map[string]int
}

// Polynomial returns the polynomial vector fields up to a degree on c points of
// Rⁿ. It panics unless n, c ≥ 1 and 0 ≤ degree ≤ 100.
func Polynomial(n, c, degree int) Polynomials {
	if n < 1 || c < 1 || degree < 0 || degree > 100 {
		panic(fmt.Sprintf("action: Polynomial: n and c must be at least 1 and the degree in 0 … 100, got n = %d, c = %d, degree %d", n, c, degree))
	}
	p := Polynomials{n: n, c: c, degree: degree}
	p.candidates = monomial.List(n, degree)
	p.lift = monomial.List(n, max(1, 2*degree-1))
	p.place = monomial.Places(p.lift)
	return p
}

// Dim returns n·C(n+p, p).
func (p Polynomials) Dim() int { return p.n * len(p.candidates) }

// Homogeneous reports whether generators are [A b; 0 0], which holds up to
// degree 1.
func (p Polynomials) Homogeneous() bool { return p.degree <= 1 }

// Generator returns the Carleman lift of the field with coefficients h.
func (p Polynomials) Generator(h []float64) *mat.Dense {
	return p.lifted(p.fromCentre(p.coefficients(h)))
}

// coefficients returns h as rows, one per coordinate.
func (p Polynomials) coefficients(h []float64) *mat.Dense {
	if len(h) != p.Dim() {
		panic(fmt.Sprintf("action: a generator has %d coefficients, got len(h) = %d", p.Dim(), len(h)))
	}
	return mat.NewDense(p.n, len(p.candidates), h)
}

// lifted fills in d/dt x^β = Σ_i β_i x^(β−e_i) v_i(x).
func (p Polynomials) lifted(c *mat.Dense) *mat.Dense {
	l := mat.NewDense(len(p.lift), len(p.lift), nil)
	moved := make([]int, p.n)
	for row, β := range p.lift {
		for i := range p.n {
			for k, α := range p.candidates {
				for j := range moved {
					moved[j] = α[j] + β[j]
				}
				moved[i]--
				if column, ok := p.place[monomial.Key(moved)]; ok && β[i] > 0 {
					l.Set(row, column, l.At(row, column)+float64(β[i])*c.At(i, k))
				}
			}
		}
	}
	return l
}

// Field returns the field of a generator. It panics if h has another size.
func (p Polynomials) Field(h *mat.Dense) polynomial.Field {
	if rows, columns := h.Dims(); rows != len(p.lift) || columns != len(p.lift) {
		panic(fmt.Sprintf("action: Field: h must be %d×%d, got %d×%d", len(p.lift), len(p.lift), rows, columns))
	}
	f := polynomial.Field{Exponents: p.candidates, Coefficients: mat.NewDense(p.n, len(p.candidates), nil)}
	for i := range p.n {
		for k, α := range p.candidates {
			f.Coefficients.Set(i, k, h.At(i, p.place[monomial.Key(α)]))
		}
	}
	return f
}

// Check returns an error unless inputs have n·c numbers.
func (p Polynomials) Check(input []int) error { return p.points().Check(input) }

// Tangents returns the velocities x^α ∂_i, [batch, K, input…].
func (p Polynomials) Tangents(x *Node) *Node {
	batch, m := x.Shape().Dim(0), len(p.candidates)
	delta := Reshape(nodes.IdentityMatrix(x, p.n), 1, p.n, 1, 1, p.n)
	values := Reshape(TransposeAllAxes(p.values(x), 0, 2, 1), batch, 1, m, p.c, 1)
	return Reshape(Mul(delta, values), append([]int{batch, p.Dim()}, x.Shape().Dimensions[1:]...)...)
}

// Contract returns Σ_v g_v m(x_v)ᵀ as [batch, K].
func (p Polynomials) Contract(x, g *Node) *Node {
	batch := x.Shape().Dim(0)
	outer := Einsum("bvi,bvj->bij", Reshape(g, batch, p.c, p.n), p.values(x))
	return Reshape(outer, batch, p.Dim())
}

// Metric returns S ⊗ Σᵢ wᵢ Σ_v m(x_v) m(x_v)ᵀ with S = 1 unless the action is
// whitened.
func (p Polynomials) Metric(x, w *Node) *Node {
	return kronecker(p.inner, p.n, p.moment(x, w))
}

// Inner returns S of a whitened action, nil for the Euclidean inner product.
func (p Polynomials) Inner() *mat.SymDense { return p.inner }

// Norm returns Σ_v x_vᵀS x_v of velocities x as [batch].
func (p Polynomials) Norm(x *Node) *Node { return p.points().squares(x, p.inner) }

// DualNorm returns Σ_v g_vᵀS⁻¹g_v as [batch].
func (p Polynomials) DualNorm(g *Node) *Node { return p.points().squares(g, p.dual) }

// points returns the linear action on the same points.
func (p Polynomials) points() Vectors { return newVectors(p.n, p.c, false) }

func (p Polynomials) whitened(x *tensors.Tensor) (Action, error) {
	v, err := p.points().Whitened(x)
	p.inner, p.dual = v.inner, v.dual
	return p, err
}

// values returns the monomials at each point, [batch, c, M].
func (p Polynomials) values(x *Node) *Node {
	points := Reshape(x, x.Shape().Dim(0), p.c, p.n)
	if p.centre != nil {
		points = Sub(points, nodes.Constant(x, p.centre, 1, 1, p.n))
	}
	return monomial.Nodes(points, p.candidates)
}

// centred uses the monomials of the difference from the mean of all points.
func (p Polynomials) centred(values []float64, dtype dtypes.DType) Action {
	p.centre = scatter.Centre(values, p.n, dtype)
	return p
}

func (p Polynomials) translates() bool { return true }

// LocalGenerator is Generator with the fields in coordinates whose origin is
// the centre.
func (p Polynomials) LocalGenerator(h []float64) *mat.Dense { return p.lifted(p.coefficients(h)) }

// Centring is x ↦ x − c up to degree 1: see Centred. Lifts of a higher degree
// drop different monomials about another point, so no matrix transforms them.
func (p Polynomials) Centring() *mat.Dense {
	if p.degree > 1 {
		return nil
	}
	return away(p.centre)
}

// fromCentre converts coefficients over monomials of x − c to coefficients
// over the same monomials of x.
func (p Polynomials) fromCentre(local *mat.Dense) *mat.Dense {
	if p.centre == nil {
		return local
	}
	var c mat.Dense
	c.Mul(local, p.expansion(-1))
	return &c
}

// localCoefficients is Coefficients for generators in the coordinates of the
// inputs.
func (p Polynomials) localCoefficients(matrices []*mat.Dense) (h *mat.Dense, off []float64, err error) {
	atOrigin := p
	atOrigin.centre = nil
	h, off, err = Coefficients(atOrigin, matrices...)
	if err != nil {
		return nil, nil, err
	}
	for j := range matrices {
		var local mat.Dense
		local.Mul(p.coefficients(mat.Col(nil, j, h)), p.expansion(1))
		h.SetCol(j, local.RawMatrix().Data)
	}
	return h, off, nil
}

// expansion returns E with (x ± c)^α = Σ_β E_αβ x^β over the candidates'
// monomials, by the binomial theorem: E_αβ = Π_i C(α_i, β_i)·(±c_i)^(α_i −
// β_i).
func (p Polynomials) expansion(sign float64) *mat.Dense {
	m := len(p.candidates)
	e := mat.NewDense(m, m, nil)
	e.Apply(func(row, column int, _ float64) float64 {
		product := 1.0
		for i, α := range p.candidates[row] {
			β := p.candidates[column][i]
			if β > α {
				return 0
			}
			product *= binomial(α, β) * math.Pow(sign*p.centre[i], float64(α-β))
		}
		return product
	}, e)
	return e
}

// binomial returns C(n, k) for k ≤ n.
func binomial(n, k int) float64 {
	b := 1.0
	for i := range k {
		b = b * float64(n-i) / float64(i+1)
	}
	return b
}

// String returns, for example, "polynomial fields of degree 2 on 1 point of
// R³, K = 30".
func (p Polynomials) String() string {
	return fmt.Sprintf("polynomial fields of degree %d on %s of R%s, K = %d", p.degree, spelling.Count(p.c, "point"), spelling.Superscript(p.n), p.Dim())
}
