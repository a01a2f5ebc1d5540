package lie

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
)

// casimir is j(j+1) of so(3), or m² of so(2), as a matrix on the outputs.
func (c *Content) casimir(closed []*mat.Dense, n int) (*mat.Dense, error) {
	output := func(m *mat.Dense) *mat.Dense {
		size, _ := m.Dims()
		return mat.DenseCopyOf(m.Slice(n, size, n, size))
	}
	if len(closed) == 1 {
		c.Of = "so(2)"
		turn := CompactOf(mat.DenseCopyOf(closed[0].Slice(0, n, 0, n)), 1e-3)
		if !turn.Compact {
			return nil, fmt.Errorf("%w (the generator is no rotation of the inputs: %s)", ErrNoIrreps, turn.Reason)
		}
		b := output(closed[0])
		b.Scale(1/speed(mat.DenseCopyOf(closed[0].Slice(0, n, 0, n))), b)
		c.Residual = c.offFrequencies(b)
		square := mulDense(b, b)
		square.Scale(-1, square)
		return square, nil
	}
	basis := Span("", closed...)
	structure := Structure(basis)
	killing := structure.Killing()
	var inverse mat.Dense
	if err := inverse.Inverse(killing); err != nil {
		return nil, fmt.Errorf("%w (the Killing form of the generators is degenerate)", ErrNoIrreps)
	}
	twist, err := c.name(structure, signatureOf(killing, 0))
	if err != nil {
		return nil, err
	}
	inverse.Mul(&inverse, twist.T())
	size, _ := closed[0].Dims()
	sum := mat.NewDense(size-n, size-n, nil)
	for k, x := range basis.basis {
		for l, y := range basis.basis {
			addScaled(sum, inverse.At(k, l), mulDense(output(x), output(y)))
		}
	}
	return sum, nil
}

// name names the algebra by the signature of its Killing form. The Casimir element pairs E_k with
// twist·E_l.
func (c *Content) name(s *StructureConstants, of Signature) (twist *mat.Dense, err error) {
	twist = linalg.Identity(s.Dim())
	switch {
	case s.Dim() == 3:
		c.Of = "so(3)"
		if of.Plus > 0 {
			c.Of = "sl(2)"
		}
		twist.Scale(2, twist)
		return twist, nil
	case s.Dim() == 10:
		if φ := s.centralised(); mat.Norm(φ, 2) > exactness {
			return nil, fmt.Errorf("%w (the algebra of %d generators is not simple)", ErrNoIrreps, s.Dim())
		}
		c.Of = map[int]string{0: "so(5)", 4: "so(1,4)", 6: "sp(4)"}[of.Plus]
		twist.Scale(12, twist)
		return twist, nil
	}
	j := s.centralised()
	var square mat.Dense
	square.Mul(j, j)
	turn := -mat.Trace(&square) / 6
	if addIdentity(&square, turn); turn <= 0 || mat.Norm(&square, 2) > exactness {
		return nil, fmt.Errorf("%w (the 6 generators are not so(1,3))", ErrNoIrreps)
	}
	c.Of = "so(1,3)"
	addScaled(twist, 1/math.Sqrt(turn), j)
	twist.Scale(2, twist)
	return twist, nil
}

// centralised returns a random matrix without trace that commutes with ad x for all x. It is 0 for
// a simple algebra, unless that has a complex structure.
func (s *StructureConstants) centralised() *mat.Dense {
	φ := s.commuting(rand.New(rand.NewPCG(13, 0)))
	addIdentity(φ, -mat.Trace(φ)/float64(s.Dim()))
	return φ
}

// offFrequencies is the relative distance of the eigenvalues of a generator from frequencies.
func (c *Content) offFrequencies(b *mat.Dense) float64 {
	λ, _ := eigenvalues(b)
	off, whole := 0.0, 0.0
	for _, v := range λ {
		_, away := c.label(complex(imag(v)*imag(v), 0))
		off, whole = off+real(v)*real(v)+away*away, whole+real(v)*real(v)+imag(v)*imag(v)
	}
	if whole == 0 {
		return 0
	}
	return math.Sqrt(off / whole)
}
