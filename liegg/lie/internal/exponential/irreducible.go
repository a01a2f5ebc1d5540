package exponential

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// irreducibleBlock is a diagonal block of an exponent, fraction·2^power·t with t
// quasi-triangular, or nilpotent.
type irreducibleBlock struct {
	at        int // index of its first coordinate
	t         *mat.Dense
	fraction  float64
	power     int
	nilpotent bool
	powers    []*mat.Dense // t, t², … of a nilpotent t, up to the last non-zero one
}

// newIrreducibleBlock brings m, whose largest entries are about 1, to the
// form q·t·qᵀ.
func newIrreducibleBlock(m *mat.Dense) (b irreducibleBlock, q *mat.Dense) {
	n, _ := m.Dims()
	if powers, ok := vanishingPowers(m); ok {
		return irreducibleBlock{t: m, nilpotent: true, powers: powers}, linalg.Identity(n)
	}
	t, q, ok := dense.Schur(m)
	if !ok { // its growth is unknown
		t, q = mat.DenseCopyOf(m), linalg.Identity(n)
		t.Scale(math.NaN(), t)
	}
	if antisymmetric(m) {
		turnsOnly(t)
	}
	return irreducibleBlock{t: t}, q
}

func antisymmetric(m *mat.Dense) bool {
	n, _ := m.Dims()
	for i := range n {
		for j := range i + 1 {
			if m.At(i, j) != -m.At(j, i) {
				return false
			}
		}
	}
	return true
}

// turnsOnly removes what rounding has left beside the 2×2 frequency blocks in
// the Schur form of an antisymmetric matrix. A real part of 1e-16 would make
// rotations grow after many turns.
func turnsOnly(t *mat.Dense) {
	n, _ := t.Dims()
	for i := range n {
		for j := range n {
			switch {
			case j == i+1 && t.At(j, i) != 0:
				ω := (t.At(i, j) - t.At(j, i)) / 2
				t.Set(i, j, ω)
				t.Set(j, i, -ω)
			case j != i-1:
				t.Set(i, j, 0)
			}
		}
	}
}

// vanishingPowers returns m, m², … up to the last non-zero power. ok is false
// if m is not exactly nilpotent, or if entries are so small that their
// products underflow.
func vanishingPowers(m *mat.Dense) (powers []*mat.Dense, ok bool) {
	n, _ := m.Dims()
	for _, v := range m.RawMatrix().Data {
		if v != 0 && float64(n)*math.Log2(math.Abs(v)) < -1000 {
			return nil, false
		}
	}
	last := mat.DenseCopyOf(m)
	for k := 1; k < n; k *= 2 {
		last.Mul(last, last)
	}
	if mat.Norm(last, 1) != 0 {
		return nil, false
	}
	for p := m; mat.Norm(p, 1) != 0; {
		powers = append(powers, p)
		next := mat.NewDense(n, n, nil)
		next.Mul(p, m)
		p = next
	}
	return powers, true
}

// scaled returns 2^−level·fraction·2^power·x.
func (b irreducibleBlock) scaled(x float64, level int) float64 {
	return math.Ldexp(x*b.fraction, b.power-level)
}

// set writes the block, times 2^−level, into m.
func (b irreducibleBlock) set(m *mat.Dense, level int) {
	n, _ := b.t.Dims()
	for i := range n {
		for j, v := range b.t.RawRowView(i) {
			m.Set(b.at+i, b.at+j, b.scaled(v, level))
		}
	}
}

// growth returns the largest real part of the eigenvalues.
func (b irreducibleBlock) growth() float64 {
	if b.nilpotent {
		return 0
	}
	n, _ := b.t.Dims()
	most := math.Inf(-1)
	for i := range n {
		most = max(most, b.scaled(b.t.At(i, i), 0))
	}
	return most
}

// setExp writes e^−μ·exp(2^−level times the block) into x: the diagonal for a
// quasi-triangular block, everything for a nilpotent one.
func (b irreducibleBlock) setExp(x *mat.Dense, level int, μ float64) {
	if b.nilpotent {
		b.setSeries(x, level, μ)
		return
	}
	n, _ := b.t.Dims()
	for i := 0; i < n; i++ {
		at, growth := b.at+i, math.Exp(b.scaled(b.t.At(i, i), level)-μ)
		if i+1 == n || b.t.At(i+1, i) == 0 {
			x.Set(at, at, growth)
			continue
		}
		up, down := b.t.At(i, i+1), b.t.At(i+1, i) // of opposite signs; α + iω are the eigenvalues
		ω := frequency(up, down)
		sin, cos := math.Sincos(b.scaled(ω, level))
		x.Set(at, at, growth*cos)
		x.Set(at, at+1, growth*(up/ω*sin))
		x.Set(at+1, at, growth*(down/ω*sin))
		x.Set(at+1, at+1, growth*cos)
		i++
	}
}

// frequency returns √(−up·down).
func frequency(up, down float64) float64 {
	if up == -down { // exact, so that the sine of a large multiple is right
		return math.Abs(up)
	}
	return math.Sqrt(math.Abs(up)) * math.Sqrt(math.Abs(down)) // their product may underflow
}

// setSeries sums the exponential series, which is finite here.
func (b irreducibleBlock) setSeries(x *mat.Dense, level int, μ float64) {
	n, _ := b.t.Dims()
	sum, coefficient := linalg.Identity(n), 1.
	for k, p := range b.powers {
		coefficient *= b.fraction / float64(k+1)
		for i := range n {
			for j, v := range p.RawRowView(i) {
				sum.Set(i, j, sum.At(i, j)+math.Ldexp(v*coefficient, (k+1)*(b.power-level)))
			}
		}
	}
	sum.Scale(math.Exp(-μ), sum)
	x.Slice(b.at, b.at+n, b.at, b.at+n).(*mat.Dense).Copy(sum)
}
