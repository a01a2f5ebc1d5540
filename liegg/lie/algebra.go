package lie

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie/internal/check"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// Algebra is a named linear space of n×n matrices, stored as a basis that is
// orthonormal in the Frobenius product. It need not be closed under the
// bracket; ClosureResidual measures that. The zero value is not usable: start
// from a named algebra or Span.
type Algebra struct {
	name   string
	n      int
	basis  []*mat.Dense
	affine bool
}

// dependentNorm is the relative norm below which the part of a matrix outside the
// span of the earlier ones counts as zero.
const dependentNorm = 1e-10

// Span returns the algebra spanned by gens, all n×n. The basis is made
// orthonormal in their order, by Gram–Schmidt done twice, which is as
// accurate as a Householder QR. Zero matrices, and matrices that depend on
// earlier ones to within 1e-10 of their norm, are dropped. Span does not
// complete the space to a closed algebra. It panics without matrices;
// Trivial(n) is the zero algebra.
func Span(name string, gens ...*mat.Dense) Algebra {
	if len(gens) == 0 {
		panic("lie: Span: no generators; Trivial(n) is the zero algebra")
	}
	a := Algebra{name: name, n: check.Square("Span", gens[0])}
	for i, g := range gens {
		if n := check.Square("Span", g); n != a.n {
			panic(fmt.Sprintf("lie: Span: generator %d is %d×%d, the first is %d×%d", i, n, n, a.n, a.n))
		}
		a.extend(g)
	}
	return a
}

// With returns the algebra spanned by gens, made orthonormal as Span does: with the name of a, and
// of affine maps if a is. It is {0} without matrices, and panics if one differs from a in size.
func (a Algebra) With(gens ...*mat.Dense) Algebra {
	out := Algebra{name: a.name, n: a.n, affine: a.affine}
	for _, g := range gens {
		if r, c := g.Dims(); r != a.n || c != a.n {
			panic(fmt.Sprintf("lie: With: a generator is %d×%d, %s of %d×%d", r, c, a.name, a.n, a.n))
		}
		out.extend(g)
	}
	return out
}

// extend adds the part of g outside the span, if any, to the basis.
func (a *Algebra) extend(g *mat.Dense) {
	rest := dense.WithoutExponent(g)
	norm := mat.Norm(rest, 2)
	if norm == 0 {
		return
	}
	rest.Scale(1/norm, rest)
	for range 2 {
		a.subtract(rest)
		left := mat.Norm(rest, 2)
		if left <= dependentNorm {
			return
		}
		rest.Scale(1/left, rest)
	}
	a.basis = append(a.basis, rest)
}

// subtract removes the projection on the algebra from m, in place.
func (a Algebra) subtract(m *mat.Dense) {
	for _, e := range a.basis {
		dense.AddScaled(m, -dense.Inner(e, m), e)
	}
}

// Name returns the name that the algebra was given, such as "so(3)".
func (a Algebra) Name() string { return a.name }

// SpanAffine is Span for affine maps in homogeneous form [A b; 0 0]; the
// algebra reports Homogeneous. It panics if the last row of a generator is
// not zero.
func SpanAffine(name string, gens ...*mat.Dense) Algebra {
	a := Span(name, gens...)
	for i, g := range gens {
		for j := range a.n {
			if g.At(a.n-1, j) != 0 {
				panic(fmt.Sprintf("lie: SpanAffine: the last row of generator %d is not zero", i))
			}
		}
	}
	a.affine = true
	return a
}

// Dim returns the number of basis matrices.
func (a Algebra) Dim() int { return len(a.basis) }

// Size returns n for n×n matrices. Homogeneous matrices of affine maps of R^n
// have size n+1.
func (a Algebra) Size() int { return a.n }

// Homogeneous reports whether the matrices are affine maps in homogeneous
// form: true for Affine, SE and Translations, and for sums and homogeneous
// conjugates of them.
func (a Algebra) Homogeneous() bool { return a.affine }

// Basis returns copies of the orthonormal basis.
func (a Algebra) Basis() []*mat.Dense {
	out := make([]*mat.Dense, len(a.basis))
	for i, e := range a.basis {
		out[i] = mat.DenseCopyOf(e)
	}
	return out
}

// Generator returns Σ_k h_k E_k over the basis. It panics if the length of h
// is not Dim.
func (a Algebra) Generator(h []float64) *mat.Dense {
	if len(h) != len(a.basis) {
		panic(fmt.Sprintf("lie: Generator: %d coefficients for %s of dimension %d", len(h), a.name, len(a.basis)))
	}
	m := mat.NewDense(a.n, a.n, nil)
	for k, e := range a.basis {
		if h[k] != 0 {
			dense.AddScaled(m, h[k], e)
		}
	}
	return m
}

// String returns the name, dimension and size, such as "so(3): dimension 3,
// 3×3 matrices".
func (a Algebra) String() string {
	return fmt.Sprintf("%s: dimension %d, %d×%d matrices", a.name, len(a.basis), a.n, a.n)
}

// Renamed returns the same algebra under another name.
func (a Algebra) Renamed(name string) Algebra {
	a.name = name
	return a
}

// Sum returns the span of a and b together, in one space of n×n matrices:
// Sum(SO(3), Scaling(3)) holds rotations and scaling. It panics if the sizes
// differ.
func Sum(a, b Algebra) Algebra {
	sameSize("Sum", a, b)
	s := Algebra{name: a.name + " + " + b.name, n: a.n, affine: a.affine && b.affine}
	for _, e := range append(a.Basis(), b.basis...) {
		s.extend(e)
	}
	return s
}

// Conjugate returns q·a·q⁻¹, made orthonormal again: the algebra after the
// change of coordinates x ↦ q·x. It panics if q and the algebra differ in
// size, and returns an error if q is singular to working precision. The
// dimension drops if rounding makes generators equal in the new coordinates,
// for example about an origin more than 10⁹ units of length away.
func (a Algebra) Conjugate(q *mat.Dense) (Algebra, error) {
	if n := check.Square("Conjugate", q); n != a.n {
		panic(fmt.Sprintf("lie: Conjugate: q is %d×%d, the algebra %d×%d", n, n, a.n, a.n))
	}
	inverse, err := Inverse(q)
	if err != nil {
		return Algebra{}, fmt.Errorf("lie: conjugating %s: %w: choose better conditioned coordinates", a.name, err)
	}
	c := a.conjugated(q, inverse)
	if c.Dim() < a.Dim() && c.affine {
		c = a.translationsFirst().conjugated(q, inverse)
	}
	return c, nil
}

func (a Algebra) conjugated(q, inverse *mat.Dense) Algebra {
	c := Algebra{name: a.name + " conjugated", n: a.n, affine: a.affine && isAffine(q)}
	for _, e := range a.basis {
		moved := mat.NewDense(a.n, a.n, nil)
		moved.Product(q, e, inverse)
		c.extend(moved)
	}
	return c
}

// translationsFirst returns the same algebra of affine maps in a basis sorted
// by the norm of the linear parts. If the origin is moved far away, all maps
// with a linear part come close to translations, so translations must not be
// mixed with them.
func (a Algebra) translationsFirst() Algebra {
	linear := mat.NewDense(a.Dim(), (a.n-1)*(a.n-1), nil)
	for k, e := range a.basis {
		linear.SetRow(k, LinearPart(e).RawMatrix().Data)
	}
	var gram mat.SymDense
	gram.SymOuterK(1, linear)
	_, vectors := dense.EigenSym(&gram)
	sorted := a
	sorted.basis = nil
	for k := range a.basis {
		sorted.basis = append(sorted.basis, a.Generator(mat.Col(nil, k, vectors)))
	}
	return sorted
}

// Inverse returns q⁻¹. For translations of any length, and blocks of them, q
// = 1 + τ with τ² = 0, it is exact. For affine maps (L, t) it is (L⁻¹,
// −L⁻¹t), so that a large t does not spoil L⁻¹. It returns an error if q is
// singular to working precision, and panics if q is not square or holds NaN
// or Inf.
func Inverse(q *mat.Dense) (*mat.Dense, error) {
	n := check.Square("Inverse", q)
	if inverse, ok := inverseTranslation(q); ok {
		return inverse, nil
	}
	inverse := mat.NewDense(n, n, nil)
	if n < 2 || !isAffine(q) || q.At(n-1, n-1) == 0 {
		return inverse, invert(inverse, q)
	}
	var l mat.Dense
	if err := invert(&l, LinearPart(q)); err != nil {
		return nil, err
	}
	var t mat.VecDense
	t.MulVec(&l, q.ColView(n-1).(*mat.VecDense).SliceVec(0, n-1))
	w := q.At(n-1, n-1)
	inverse.Slice(0, n-1, 0, n-1).(*mat.Dense).Copy(&l)
	for i := range n - 1 {
		inverse.Set(i, n-1, -t.AtVec(i)/w)
	}
	inverse.Set(n-1, n-1, 1/w)
	return inverse, nil
}

// invert stores q⁻¹ in inverse. Rows are scaled to one size first: mixed units alone make no
// matrix singular.
func invert(inverse, q *mat.Dense) error {
	scaled := mat.DenseCopyOf(q)
	n, _ := q.Dims()
	sizes := make([]float64, n)
	for i := range n {
		row := scaled.RawRowView(i)
		if sizes[i] = floats.Norm(row, math.Inf(1)); sizes[i] == 0 {
			sizes[i] = 1
		}
		floats.Scale(1/sizes[i], row)
	}
	if err := inverse.Inverse(scaled); err != nil {
		return err
	}
	inverse.Apply(func(_, j int, v float64) float64 { return v / sizes[j] }, inverse)
	return nil
}

// inverseTranslation returns 2 − q, which is q⁻¹ if (q − 1)² = 0. ok reports
// whether that holds.
func inverseTranslation(q *mat.Dense) (inverse *mat.Dense, ok bool) {
	n, _ := q.Dims()
	τ, square := mat.DenseCopyOf(q), new(mat.Dense)
	for i := range n {
		τ.Set(i, i, τ.At(i, i)-1)
	}
	square.Mul(τ, τ)
	if mat.Norm(square, math.Inf(1)) != 0 {
		return nil, false
	}
	inverse = mat.NewDense(n, n, nil)
	inverse.Sub(inverse, τ)
	for i := range n {
		inverse.Set(i, i, inverse.At(i, i)+1)
	}
	return inverse, true
}

// isAffine reports whether the last row of q is (0, …, 0, q_nn).
func isAffine(q *mat.Dense) bool {
	n, _ := q.Dims()
	for _, v := range q.RawRowView(n - 1)[:n-1] {
		if v != 0 {
			return false
		}
	}
	return true
}
