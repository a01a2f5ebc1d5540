package lie

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg/internal/linalg"
	"gonum.org/v1/gonum/mat"
)

// Representation tells how generators act on a space other than the one they
// are matrices of: a linear map A ↦ ρ(A) from n×n to m×m matrices. A
// representation of a Lie algebra preserves brackets, ρ([A,B]) = [ρ(A),
// ρ(B)]. The zero value is not usable.
type Representation struct {
	summands []int // dimensions of the summands of Direct; nil for one

	name  string
	n, m  int
	of    func(a *mat.Dense) *mat.Dense
	group func(g *mat.Dense) *mat.Dense // its exponential: group(exp a) = exp(of a)
}

// Name returns the name, such as "R³ ⊗ R³".
func (r Representation) Name() string { return r.name }

// Dim returns m, the dimension of the space they act on.
func (r Representation) Dim() int { return r.m }

// Summands returns the dimensions of the summands of Direct, of which each may
// have a unit of its own; every one of several Invariants is one, and Copies of
// a representation are one together. For other representations it is m alone.
func (r Representation) Summands() []int {
	if r.summands == nil {
		return []int{r.m}
	}
	return slices.Clone(r.summands)
}

// Of returns ρ(a), m×m. It panics unless a is n×n.
func (r Representation) Of(a *mat.Dense) *mat.Dense {
	if n := size("Representation.Of", a); n != r.n {
		panic(fmt.Sprintf("lie: Representation.Of: a is %d×%d, %s takes %d×%d", n, n, r.name, r.n, r.n))
	}
	return r.of(a)
}

// OfMap returns ρ(g), m×m, of an invertible matrix g of the group: how outputs move under a
// finite transformation, with ρ(exp(A)) = exp(ρ(A)) and ρ(gh) = ρ(g)ρ(h). Vectors and tensors
// are reflected as polar ones; axial vectors and pseudotensors take a factor det(g) more. It
// panics unless g is n×n and invertible.
func (r Representation) OfMap(g *mat.Dense) *mat.Dense {
	if n := size("Representation.OfMap", g); n != r.n {
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
	itself := func(a *mat.Dense) *mat.Dense { return mat.DenseCopyOf(a) }
	return Representation{nil, power(n), n, n, itself, itself}
}

// Invariants returns the representation on m numbers that n×n generators
// leave unchanged: ρ(A) = 0.
func Invariants(n, m int) Representation {
	mustBePositive("Invariants", "n", n)
	mustBePositive("Invariants", "m", m)
	zero := func(*mat.Dense) *mat.Dense { return mat.NewDense(m, m, nil) }
	return Representation{slices.Repeat([]int{1}, m), fmt.Sprintf("%d invariants", m), n, m, zero, func(*mat.Dense) *mat.Dense { return linalg.Identity(m) }}
}

// Dual returns the representation of gradients and other covectors, ρ*(A) =
// −ρ(A)ᵀ.
func Dual(r Representation) Representation {
	return Representation{r.summands, "(" + r.name + ")*", r.n, r.m, func(a *mat.Dense) *mat.Dense {
		var d mat.Dense
		d.Scale(-1, r.of(a).T())
		return &d
	}, func(g *mat.Dense) *mat.Dense {
		inverse, err := Inverse(r.group(g))
		if err != nil {
			panic(err)
		}
		return mat.DenseCopyOf(inverse.T())
	}}
}

// Tensor returns the product r ⊗ s, ρ(A) = r(A) ⊗ 1 + 1 ⊗ s(A). Its elements
// are matrices T_ij, flattened row by row: ρ(A)·T = r(A)·T + T·s(A)ᵀ. Tensor
// panics unless r and s take generators of the same size.
func Tensor(r, s Representation) Representation {
	mustMatch("Tensor", r, s)
	return Representation{nil, r.name + " ⊗ " + s.name, r.n, r.m * s.m, func(a *mat.Dense) *mat.Dense {
		return kroneckerSum(r.of(a), s.of(a))
	}, func(g *mat.Dense) *mat.Dense {
		var p mat.Dense
		p.Kronecker(r.group(g), s.group(g))
		return &p
	}}
}

// SymmetricSquare returns the symmetric part of r ⊗ r, of dimension m(m+1)/2.
// Coordinates are T_ii and √2·T_ij, i < j, row by row through the upper
// triangle, so that their length is the norm of the matrix T.
func SymmetricSquare(r Representation) Representation {
	embed := symmetricEmbedding(r.m)
	dim := r.m * (r.m + 1) / 2
	return Representation{nil, "S²(" + r.name + ")", r.n, dim, func(a *mat.Dense) *mat.Dense {
		m := r.of(a)
		var s mat.Dense
		s.Product(embed.T(), kroneckerSum(m, m), embed)
		return &s
	}, func(g *mat.Dense) *mat.Dense {
		m := r.group(g)
		var square, s mat.Dense
		square.Kronecker(m, m)
		s.Product(embed.T(), &square, embed)
		return &s
	}}
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
	diagonal := func(of func(r Representation) *mat.Dense) *mat.Dense {
		sum, at := mat.NewDense(dim, dim, nil), 0
		for _, r := range rs {
			sum.Slice(at, at+r.m, at, at+r.m).(*mat.Dense).Copy(of(r))
			at += r.m
		}
		return sum
	}
	return Representation{summands, strings.Join(names, " ⊕ "), rs[0].n, dim,
		func(a *mat.Dense) *mat.Dense {
			return diagonal(func(r Representation) *mat.Dense { return r.of(a) })
		},
		func(g *mat.Dense) *mat.Dense {
			return diagonal(func(r Representation) *mat.Dense { return r.group(g) })
		}}
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
