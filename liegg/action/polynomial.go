package action

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action/internal/scatter"
	"github.com/liegg/lab/liegg/action/polynomial"
	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
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

// Velocity returns the field with coefficients h at each of the points.
func (p Polynomials) Velocity(h []float64) func(v, x []float64) {
	f := polynomial.Field{Exponents: p.candidates, Coefficients: p.coefficients(slices.Clone(h))}
	return func(v, x []float64) {
		for i := 0; i < len(x); i += p.n {
			point := x[i : i+p.n]
			if p.centre != nil {
				point = floats.SubTo(make([]float64, p.n), point, p.centre)
			}
			f.AtTo(v[i:i+p.n], point)
		}
	}
}

// Lift returns the generator of a field, such as one returned by Fields; it
// is the inverse of Field. It panics if the field is on another Rⁿ or of a
// higher degree than the candidates.
func (p Polynomials) Lift(f polynomial.Field) *mat.Dense {
	if n, _ := f.Coefficients.Dims(); n != p.n || f.Degree() > p.degree {
		panic(fmt.Sprintf("action: Lift: f must be a field on R%s of degree at most %d, got %v", spelling.Superscript(p.n), p.degree, f))
	}
	at, c := monomial.Places(p.candidates), mat.NewDense(p.n, len(p.candidates), nil)
	for k, α := range f.Exponents {
		if column, ok := at[monomial.Key(α)]; ok {
			for i := range p.n {
				c.Set(i, column, f.Coefficients.At(i, k))
			}
		}
	}
	return p.lifted(c)
}

// Describe writes the fields of an algebra of generators, with Report and
// Closure of polynomial.Fields; verdicts of package liegg print it. For an action that
// was taken about a centre it needs local generators, and says where their
// origin is.
func (p Polynomials) Describe(a lie.Algebra, tolerance float64) string {
	f := p.Fields(a, tolerance)
	text := f.Report(tolerance)
	if len(f) > 1 {
		text += "\n" + f.Closure(p.degree).String()
	}
	if p.centre != nil {
		text += "\nx is measured from " + lie.PointText(p.centre, 0)
	}
	return text
}

// Fields returns a readable basis of the fields that an algebra of generators
// spans: the reduced row echelon form of their coefficients, by coordinates
// and with the constant monomial first, so that ∂ₓ + 2x∂ᵧ has a leading 1.
// tolerance keeps noise from becoming a pivot, see lie.Echelon; 0 means .05.
func (p Polynomials) Fields(a lie.Algebra, tolerance float64) polynomial.Fields {
	if a.Dim() == 0 {
		return nil
	}
	m := len(p.candidates)
	size := max(m, p.n)
	square := make([]*mat.Dense, a.Dim())
	for d, h := range a.Basis() {
		square[d] = mat.NewDense(size, size, nil)
		c := p.Field(h).Coefficients
		for i := range p.n {
			for k := range m {
				square[d].Set(i, (k+1)%m, c.At(i, k))
			}
		}
	}
	var fields polynomial.Fields
	for _, e := range lie.Echelon(lie.Span("fields", square...), tolerance) {
		c := mat.NewDense(p.n, m, nil)
		c.Apply(func(i, k int, _ float64) float64 { return e.At(i, (k+1)%m) }, c)
		fields = append(fields, polynomial.Field{Exponents: p.candidates, Coefficients: c})
	}
	return fields
}
