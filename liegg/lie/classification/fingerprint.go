package classification

import (
	"fmt"
	"math/cmplx"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// Fingerprint holds dimensions that distinguish Lie algebras regardless of
// their matrices. Compare fingerprints with ==.
type Fingerprint struct {
	Dim     int       // of g
	Derived int       // of [g,g]
	Centre  int       // of {x : [x,g] = 0}
	Radical int       // of the largest solvable ideal
	Rank    int       // of a Cartan subalgebra: the number of zero eigenvalues of ad x for generic x
	Killing Signature // of the Killing form tr(ad x · ad y)
}

// String returns, for example, "dimension 6: commutators span 6, the centre
// 0, the largest solvable ideal (radical) 3; rank 2; Killing form with the
// signs (0,3,3)".
func (f Fingerprint) String() string {
	return fmt.Sprintf("dimension %d: commutators span %d, the centre %d, the largest solvable ideal (radical) %d; rank %d; Killing form with the signs %v",
		f.Dim, f.Derived, f.Centre, f.Radical, f.Rank, f.Killing)
}

func (g structured) fingerprint(angle float64) Fingerprint {
	d, r := g.constants.Dim(), g.series.dims
	if d == 0 {
		return Fingerprint{}
	}
	return Fingerprint{
		Dim:     d,
		Derived: d - r[0] + r[1],
		Centre:  dense.Width(g.centre(angle)),
		Radical: r[0],
		Rank:    g.rank(angle),
		Killing: g.killing(angle),
	}
}

// centre returns the elements of the radical that commute with everything, up
// to the error of brackets that the angle error explains.
func (g structured) centre(angle float64) *mat.Dense {
	d, r := g.constants.Dim(), g.series.dims[0]
	if r == 0 {
		return nil
	}
	radical := g.series.space(r)
	stack := mat.NewDense(d*d, r, nil)
	for i := range d {
		stack.Slice(i*d, (i+1)*d, 0, r).(*mat.Dense).Mul(g.constants.Adjoint(i), radical)
	}
	z := dense.NullSpace(stack, angle+1e-7)
	if z == nil {
		return nil
	}
	var out mat.Dense
	out.Mul(radical, z)
	return &out
}

// killing counts signs. R_1 is null and the semisimple part is not; the angle
// error decides the rest.
func (g structured) killing(angle float64) Signature {
	d, r := g.constants.Dim(), g.series.dims
	rest := g.series.beyond(r[1])
	if rest == nil {
		return Signature{Zero: d}
	}
	var k mat.Dense
	k.Product(rest.T(), g.constants.Killing(), rest)
	scale := g.constants.Scale()
	tol := KillingTolerance*angle*max(scale*scale, angle) + 1e-9*(1+scale*scale)
	if r[0] == 0 {
		tol = 0
	}
	s := SignatureOf(linalg.SymmetricPart(&k), tol)
	s.Zero += r[1]
	return s
}

// rank returns the smallest number of zero eigenvalues of ad x over some
// random x.
func (g structured) rank(angle float64) int {
	d := g.constants.Dim()
	least := d
	tol := 1e-4
	if g.series.dims[0] > 0 {
		tol = max(tol, angle/2)
	}
	random := rand.New(rand.NewPCG(6, 0))
	for range 12 {
		ad := g.constants.AdjointOf(func(int) float64 { return random.NormFloat64() })
		least = min(least, zeros(ad, tol))
	}
	return least
}

// zeros counts the eigenvalues of m below tol of the largest, or all of them
// if the largest is a rounding error.
func zeros(m *mat.Dense, tol float64) int {
	d, _ := m.Dims()
	values, ok := dense.Eigenvalues(m)
	if !ok {
		return d
	}
	var radius float64
	for _, λ := range values {
		radius = max(radius, cmplx.Abs(λ))
	}
	n := 0
	for _, λ := range values {
		if cmplx.Abs(λ) <= tol*radius || radius < 1e-3*mat.Norm(m, 2) || radius < 1e-9 {
			n++
		}
	}
	return n
}
