package lie

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie/internal/check"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// Bracket returns the commutator [a,b] = ab − ba. It panics if the sizes
// differ.
func Bracket(a, b *mat.Dense) *mat.Dense {
	n := check.Square("Bracket", a)
	if m := check.Square("Bracket", b); m != n {
		panic(fmt.Sprintf("lie: Bracket: %d×%d with %d×%d", n, n, m, m))
	}
	ab, ba := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	ab.Mul(a, b)
	ba.Mul(b, a)
	ab.Sub(ab, ba)
	return ab
}

// Project returns the orthogonal projection of h on the algebra. It panics if
// the sizes differ.
func Project(h *mat.Dense, a Algebra) *mat.Dense {
	fit("Project", h, a)
	p := mat.NewDense(a.n, a.n, nil)
	for _, e := range a.basis {
		dense.AddScaled(p, dense.Inner(e, h), e)
	}
	return p
}

// ClosureResidual returns max_{i<j} ‖[E_i,E_j] − proj [E_i,E_j]‖_F over the
// orthonormal basis: how far the space is from being closed under the bracket.
// It lies in [0, √2], is rounding error for a Lie algebra, and is 0 for
// dimensions 0 and 1. ClosureAngle relates it to the distance to a Lie algebra.
func ClosureResidual(a Algebra) float64 {
	if len(a.basis) < 2 {
		return 0
	}
	s, worst := a.stacked(), 0.
	for i, x := range a.basis[:len(a.basis)-1] {
		rest := s.Brackets(x, i+1)
		var inside mat.Dense
		inside.Mul(s.Over(rest), s.Rows)
		rest.Sub(rest, &inside)
		count, _ := rest.Dims()
		for j := range count {
			worst = math.Max(worst, floats.Norm(rest.RawRowView(j), 2))
		}
	}
	return worst
}

// ClosureAngle returns arcsin(ClosureResidual(a)/8), in radians: the smallest
// angle error that explains why brackets leave the space. A space at the
// largest principal angle θ from a Lie algebra has a residual of at most
// about 8·sin θ.
func ClosureAngle(a Algebra) float64 { return ResidualAngle(ClosureResidual(a)) }

// ResidualAngle returns the largest principal angle from a Lie algebra at which a space of generators
// has a closure residual of this size, in radians.
func ResidualAngle(residual float64) float64 { return math.Asin(residual / 8) }

// Bias returns ‖h − ½(h − hᵀ)‖_F = ½‖h + hᵀ‖_F, the distance of h from the
// skew-symmetric matrices: the paper's symmetry bias (arXiv:2210.04345). It
// scales with h; for generators of unit Frobenius norm it lies in [0, 1]. For
// an affine map in homogeneous form pass LinearPart(h): translations are
// rigid motions, and the bias is then the distance from se(n).
func Bias(h *mat.Dense) float64 {
	n := check.Square("Bias", h)
	s := mat.NewDense(n, n, nil)
	s.Apply(func(i, j int, v float64) float64 { return v/2 + h.At(j, i)/2 }, h)
	return mat.Norm(s, 2)
}

// fit panics unless h has the size of the algebra.
func fit(what string, h *mat.Dense, a Algebra) {
	if n := check.Square(what, h); n != a.n {
		panic(fmt.Sprintf("lie: %s: the matrix is %d×%d, %s of %d×%d", what, n, n, a.name, a.n, a.n))
	}
}

func (a Algebra) stacked() dense.Stacked {
	return dense.NewStacked(a.n, mat.DenseCopyOf(dense.StackedColumns(a.basis).T()))
}

func sameSize(what string, a, b Algebra) {
	if a.n != b.n {
		panic(fmt.Sprintf("lie: %s: %s is of %d×%d matrices, %s of %d×%d", what, a.name, a.n, a.n, b.name, b.n, b.n))
	}
}
