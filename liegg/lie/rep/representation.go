package rep

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/check"
)

// Representation defines how generators act on another space: a linear map
// A ↦ ρ(A) from n×n to m×m matrices. A
// representation of a Lie algebra preserves brackets, ρ([A,B]) = [ρ(A),
// ρ(B)]. The zero value is not usable.
type Representation struct {
	summands []int // dimensions of the summands of Direct; nil for one

	name string
	n, m int
	form
}

// form is how a representation is made. It is data and not a function, so that whatever
// holds a representation can be stored.
type form interface {
	of(a *mat.Dense) *mat.Dense
	group(g *mat.Dense) *mat.Dense // its exponential: group(exp a) = exp(of a)
}

// Name returns the name, such as "R³ ⊗ R³".
func (r Representation) Name() string { return r.name }

// Dim returns m, the dimension of the space they act on.
func (r Representation) Dim() int { return r.m }

// Summands returns the dimensions of the summands of Direct, each of which may
// have its own unit. Each of several Invariants is a summand, and the Copies of
// a representation together are one. For other representations it returns m.
func (r Representation) Summands() []int {
	if r.summands == nil {
		return []int{r.m}
	}
	return slices.Clone(r.summands)
}

// Of returns ρ(a), m×m. It panics unless a is n×n.
func (r Representation) Of(a *mat.Dense) *mat.Dense {
	if n := check.Square("Representation.Of", a); n != r.n {
		panic(fmt.Sprintf("lie: Representation.Of: a is %d×%d, %s takes %d×%d", n, n, r.name, r.n, r.n))
	}
	return r.of(a)
}

// OfMap returns ρ(g), m×m, of an invertible matrix g of the group: how outputs move under a
// finite transformation, with ρ(exp(A)) = exp(ρ(A)) and ρ(gh) = ρ(g)ρ(h). Vectors and tensors
// are reflected as polar ones; axial vectors and pseudotensors take a factor det(g) more. It
// panics unless g is n×n and invertible.
func (r Representation) OfMap(g *mat.Dense) *mat.Dense {
	if n := check.Square("Representation.OfMap", g); n != r.n {
		panic(fmt.Sprintf("lie: Representation.OfMap: g is %d×%d, %s takes %d×%d", n, n, r.name, r.n, r.n))
	}
	if log, _ := mat.LogDet(g); math.IsNaN(log) || math.IsInf(log, 0) {
		panic("lie: Representation.OfMap: g is singular or not finite")
	}
	return r.group(g)
}

// Standard returns the representation on Rⁿ itself: ρ(A) = A.
func Standard(n int) Representation {
	mustBePositive("Standard", "n", n)
	return Representation{nil, spelling.Power(n), n, n, itself{}}
}

type itself struct{}

func (itself) of(a *mat.Dense) *mat.Dense    { return mat.DenseCopyOf(a) }
func (itself) group(g *mat.Dense) *mat.Dense { return mat.DenseCopyOf(g) }

// Invariants returns the representation on m numbers that n×n generators
// leave unchanged: ρ(A) = 0.
func Invariants(n, m int) Representation {
	mustBePositive("Invariants", "n", n)
	mustBePositive("Invariants", "m", m)
	return Representation{slices.Repeat([]int{1}, m), fmt.Sprintf("%d invariants", m), n, m, invariants{m}}
}

type invariants struct{ count int }

func (v invariants) of(*mat.Dense) *mat.Dense    { return mat.NewDense(v.count, v.count, nil) }
func (v invariants) group(*mat.Dense) *mat.Dense { return linalg.Identity(v.count) }

// Dual returns the representation of gradients and other covectors, ρ*(A) =
// −ρ(A)ᵀ.
func Dual(r Representation) Representation {
	return Representation{r.summands, "(" + r.name + ")*", r.n, r.m, dual{r}}
}

type dual struct{ r Representation }

func (d dual) of(a *mat.Dense) *mat.Dense {
	var m mat.Dense
	m.Scale(-1, d.r.of(a).T())
	return &m
}

func (d dual) group(g *mat.Dense) *mat.Dense {
	inverse, err := lie.Inverse(d.r.group(g))
	if err != nil {
		panic(err)
	}
	return mat.DenseCopyOf(inverse.T())
}

// Tensor returns the product r ⊗ s, ρ(A) = r(A) ⊗ 1 + 1 ⊗ s(A). Its elements
// are matrices T_ij, flattened row by row: ρ(A)·T = r(A)·T + T·s(A)ᵀ. Tensor
// panics unless r and s take generators of the same size.
func Tensor(r, s Representation) Representation {
	mustMatch("Tensor", r, s)
	return Representation{nil, r.name + " ⊗ " + s.name, r.n, r.m * s.m, product{r, s}}
}

type product struct{ r, s Representation }

func (p product) of(a *mat.Dense) *mat.Dense { return kroneckerSum(p.r.of(a), p.s.of(a)) }

func (p product) group(g *mat.Dense) *mat.Dense {
	var m mat.Dense
	m.Kronecker(p.r.group(g), p.s.group(g))
	return &m
}

// SymmetricSquare returns the symmetric part of r ⊗ r, of dimension m(m+1)/2.
// Coordinates are T_ii and √2·T_ij, i < j, row by row through the upper
// triangle, so that their length is the norm of the matrix T.
func SymmetricSquare(r Representation) Representation {
	return Representation{nil, "S²(" + r.name + ")", r.n, r.m * (r.m + 1) / 2, symmetric{r, symmetricEmbedding(r.m)}}
}

type symmetric struct {
	r     Representation
	embed *mat.Dense
}

func (s symmetric) of(a *mat.Dense) *mat.Dense {
	m := s.r.of(a)
	return s.restricted(kroneckerSum(m, m))
}

func (s symmetric) group(g *mat.Dense) *mat.Dense {
	m := s.r.group(g)
	var square mat.Dense
	square.Kronecker(m, m)
	return s.restricted(&square)
}

// restricted returns a map of all tensors in the coordinates of the symmetric ones.
func (s symmetric) restricted(m *mat.Dense) *mat.Dense {
	var restricted mat.Dense
	restricted.Product(s.embed.T(), m, s.embed)
	return &restricted
}

// Direct returns the direct sum r₁ ⊕ r₂ ⊕ …, with the coordinates one after
// the other: an energy and forces on four atoms of R³ move by
//
//	Direct(Invariants(3, 1), Copies(Standard(3), 4))
//
// It panics without summands, and unless all take generators of
// the same size.
func Direct(rs ...Representation) Representation {
	if len(rs) == 0 {
		panic("lie: Direct: no representations")
	}
	names, dim, summands := make([]string, len(rs)), 0, []int(nil)
	for i, r := range rs {
		mustMatch("Direct", rs[0], r)
		names[i], dim, summands = r.name, dim+r.m, append(summands, r.Summands()...)
	}
	return Representation{summands, strings.Join(names, " ⊕ "), rs[0].n, dim, direct(slices.Clone(rs))}
}

type direct []Representation

func (d direct) of(a *mat.Dense) *mat.Dense {
	return d.diagonal(func(r Representation) *mat.Dense { return r.of(a) })
}

func (d direct) group(g *mat.Dense) *mat.Dense {
	return d.diagonal(func(r Representation) *mat.Dense { return r.group(g) })
}

// diagonal puts the matrices of the summands along the diagonal.
func (d direct) diagonal(of func(r Representation) *mat.Dense) *mat.Dense {
	dim := 0
	for _, r := range d {
		dim += r.m
	}
	sum, at := mat.NewDense(dim, dim, nil), 0
	for _, r := range d {
		sum.Slice(at, at+r.m, at, at+r.m).(*mat.Dense).Copy(of(r))
		at += r.m
	}
	return sum
}

// Copies returns the sum of c copies of r, for example for channels that all
// transform in the same way.
func Copies(r Representation, c int) Representation {
	mustBePositive("Copies", "c", c)
	rs := make([]Representation, c)
	for i := range rs {
		rs[i] = r
	}
	copies := Direct(rs...)
	copies.name = fmt.Sprintf("%d × %s", c, r.name)
	if len(r.Summands()) == 1 {
		copies.summands = nil // of one kind
	}
	return copies
}

// kroneckerSum returns a ⊗ 1 + 1 ⊗ b.
func kroneckerSum(a, b *mat.Dense) *mat.Dense {
	m, _ := a.Dims()
	n, _ := b.Dims()
	sum := mat.NewDense(m*n, m*n, nil)
	for i := range m {
		for j := range n {
			for k := range m {
				sum.Set(i*n+j, k*n+j, sum.At(i*n+j, k*n+j)+a.At(i, k))
			}
			for k := range n {
				sum.Set(i*n+j, i*n+k, sum.At(i*n+j, i*n+k)+b.At(j, k))
			}
		}
	}
	return sum
}

// symmetricEmbedding has orthonormal columns that map the entries of the
// upper triangle, row by row, to a symmetric matrix.
func symmetricEmbedding(m int) *mat.Dense {
	e, column := mat.NewDense(m*m, m*(m+1)/2, nil), 0
	for i := range m {
		for j := i; j < m; j++ {
			if i == j {
				e.Set(i*m+i, column, 1)
			} else {
				e.Set(i*m+j, column, math.Sqrt2/2)
				e.Set(j*m+i, column, math.Sqrt2/2)
			}
			column++
		}
	}
	return e
}

func mustMatch(function string, r, s Representation) {
	if r.n != s.n {
		panic(fmt.Sprintf("lie: %s: %s takes %d×%d generators, %s takes %d×%d", function, r.name, r.n, r.n, s.name, s.n, s.n))
	}
}

func mustBePositive(function, argument string, v int) {
	if v < 1 {
		panic(fmt.Sprintf("lie: %s: %s must be at least 1, got %d", function, argument, v))
	}
}

// String returns the name and the sizes: "R³ ⊗ R³: 3×3 to 9×9 matrices".
func (r Representation) String() string {
	return fmt.Sprintf("%s: %d×%d to %d×%d matrices", r.name, r.n, r.n, r.m, r.m)
}
