package rep

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// casimir is j(j+1) of so(3), or m² of so(2), as a matrix on the outputs.
func (c *Content) casimir(closed []*mat.Dense, n int) (sum *mat.Dense, err error) {
	output := func(m *mat.Dense) *mat.Dense {
		size, _ := m.Dims()
		return mat.DenseCopyOf(m.Slice(n, size, n, size))
	}
	if len(closed) == 1 {
		c.Of = "so(2)"
		h := mat.DenseCopyOf(closed[0].Slice(0, n, 0, n))
		if c.period, err = periodOf(h); err != nil {
			return nil, err
		}
		c.turn = output(closed[0])
		c.turn.Scale(1/lie.Speed(h), c.turn)
		c.turning = mat.Norm(h, 2) / lie.Speed(h)
		square := dense.Mul(c.turn, c.turn)
		square.Scale(-1, square)
		return square, nil
	}
	basis := lie.Span("", closed...)
	structure := lie.Structure(basis)
	killing := structure.Killing()
	var inverse mat.Dense
	if err := inverse.Inverse(killing); err != nil {
		return nil, fmt.Errorf("%w (the Killing form of the generators is degenerate)", ErrNoIrreps)
	}
	twist, err := c.name(structure, classification.SignatureOf(killing, 0))
	if err != nil {
		return nil, err
	}
	inverse.Mul(&inverse, twist.T())
	size, _ := closed[0].Dims()
	sum = mat.NewDense(size-n, size-n, nil)
	generators := basis.Basis()
	for k, x := range generators {
		for l, y := range generators {
			dense.AddScaled(sum, inverse.At(k, l), dense.Mul(output(x), output(y)))
		}
	}
	return sum, nil
}

// name names the algebra by the signature of its Killing form. The Casimir element pairs E_k with
// twist·E_l.
func (c *Content) name(s *lie.StructureConstants, of classification.Signature) (twist *mat.Dense, err error) {
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
		if φ := centralised(s); mat.Norm(φ, 2) > classification.Exactness {
			return nil, fmt.Errorf("%w (the algebra of %d generators is not simple)", ErrNoIrreps, s.Dim())
		}
		c.Of = map[int]string{0: "so(5)", 4: "so(1,4)", 6: "sp(4)"}[of.Plus]
		twist.Scale(12, twist)
		return twist, nil
	}
	j := centralised(s)
	var square mat.Dense
	square.Mul(j, j)
	turn := -mat.Trace(&square) / 6
	if dense.AddIdentity(&square, turn); turn <= 0 || mat.Norm(&square, 2) > classification.Exactness {
		return nil, fmt.Errorf("%w (the 6 generators are not so(1,3))", ErrNoIrreps)
	}
	c.Of = "so(1,3)"
	dense.AddScaled(twist, 1/math.Sqrt(turn), j)
	twist.Scale(2, twist)
	return twist, nil
}

// centralised returns a random matrix without trace that commutes with ad x for all x. It is 0 for
// a simple algebra, unless that has a complex structure.
func centralised(s *lie.StructureConstants) *mat.Dense {
	φ := classification.Commuting(s, rand.New(rand.NewPCG(13, 0)))
	dense.AddIdentity(φ, -mat.Trace(φ)/float64(s.Dim()))
	return φ
}

// periodOf returns the number of turns after which a rotation of the inputs returns, at the smallest
// error at which it does.
func periodOf(h *mat.Dense) (int, error) {
	turn := group.CompactOf(h, 1e-3)
	for _, angle := range []float64{1e-3, 1e-2, 5e-2} {
		if t := group.CompactOf(h, angle); t.Compact && t.Period > 0 && t.Period <= mostTurns {
			return t.Period, nil
		}
	}
	switch {
	case !turn.Compact:
		return 0, fmt.Errorf("%w (the generator is no rotation of the inputs: %s)", ErrNoIrreps, turn.Reason)
	case turn.Period == 0:
		return 0, fmt.Errorf("%w (the rotation of the inputs never returns: %s)", ErrNoIrreps, turn.Reason)
	}
	return 0, fmt.Errorf("%w (the rotation of the inputs returns after %d turns only, and frequencies are told up to %d)", ErrNoIrreps, turn.Period, mostTurns)
}

// mostTurns is the largest period of rotations of the inputs. Frequencies of outputs are 1/mostTurns
// apart at least, which leaves room for their errors.
const mostTurns = 4

// offTurn returns the distance of a single generator B of the outputs from one of the frequencies that
// it was labelled with, relative to B or to the rotation of the inputs. On the space of the frequency m, B² = −m²; B²+m² is 2m times the
// distance, to first order. On the space of m = 0, B = 0.
func (c *Content) offTurn(spaces map[float64]*mat.Dense) float64 {
	squares := 0.0
	for m, space := range spaces {
		b := dense.Mul(mat.DenseCopyOf(space.T()), dense.Mul(c.turn, space))
		if m > 0 {
			b = dense.Mul(b, b)
			dense.AddIdentity(b, m*m)
			b.Scale(1/(2*m), b)
		}
		squares += math.Pow(mat.Norm(b, 2), 2)
	}
	return math.Sqrt(squares) / max(mat.Norm(c.turn, 2), c.turning)
}
