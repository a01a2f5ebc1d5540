package lie_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/examples"
)

// bigMatrix is square, its numbers of any precision: the oracle of Exp.
type bigMatrix [][]*big.Float

const oracleBits = 600

func newBig(n int) bigMatrix {
	m := make(bigMatrix, n)
	for i := range m {
		m[i] = make([]*big.Float, n)
		for j := range m[i] {
			m[i][j] = new(big.Float).SetPrec(oracleBits)
		}
	}
	return m
}

func (m bigMatrix) times(o bigMatrix) bigMatrix {
	p, term := newBig(len(m)), new(big.Float).SetPrec(oracleBits)
	for i := range m {
		for j := range m {
			for k := range m {
				p[i][j].Add(p[i][j], term.Mul(m[i][k], o[k][j]))
			}
		}
	}
	return p
}

// oracleExp sums the Taylor series of exp(t·h·2^−s) and squares it s times.
func oracleExp(h *mat.Dense, t float64) bigMatrix {
	n, _ := h.Dims()
	norm := mat.Norm(h, 1) * math.Abs(t)
	s := max(0, int(math.Ceil(math.Log2(norm+1e-300)))) + 8
	a, sum, term := newBig(n), newBig(n), newBig(n)
	for i := range n {
		sum[i][i].SetFloat64(1)
		term[i][i].SetFloat64(1)
		for j := range n {
			a[i][j].Mul(big.NewFloat(h.At(i, j)), new(big.Float).SetPrec(oracleBits).SetFloat64(t))
			a[i][j].SetMantExp(a[i][j], -s)
		}
	}
	for k := 1; k <= 60; k++ {
		term = term.times(a)
		for i := range n {
			for j := range n {
				term[i][j].Quo(term[i][j], big.NewFloat(float64(k)))
				sum[i][j].Add(sum[i][j], term[i][j])
			}
		}
	}
	for range s {
		sum = sum.times(sum)
	}
	return sum
}

func (m bigMatrix) dense() *mat.Dense {
	d := mat.NewDense(len(m), len(m), nil)
	for i := range m {
		for j := range m {
			v, _ := m[i][j].Float64()
			d.Set(i, j, v)
		}
	}
	return d
}

// reach returns how much exp(t·h) changes if the entries of h change by rounding: no method can be more
// accurate.
func reach(r *rand.Rand, h *mat.Dense, t float64, exact *mat.Dense) float64 {
	var most float64
	for range 3 {
		moved := mat.DenseCopyOf(h)
		norm := mat.Norm(h, 2)
		n, _ := h.Dims()
		for i := range n {
			for j := range n {
				moved.Set(i, j, h.At(i, j)+0x1p-52*norm*r.NormFloat64())
			}
		}
		most = max(most, examples.Distance(oracleExp(moved, t).dense(), exact))
	}
	return most
}

// exponentKinds are the kinds of matrices for Exp: arbitrary, rotations, triangular, affine, and with
// entries of very different sizes.
var exponentKinds = map[string]func(r *rand.Rand, h *mat.Dense){
	"any": func(*rand.Rand, *mat.Dense) {},
	"rotation": func(_ *rand.Rand, h *mat.Dense) {
		h.Sub(h, mat.DenseCopyOf(h.T()))
	},
	"triangular": func(_ *rand.Rand, h *mat.Dense) {
		n, _ := h.Dims()
		for i := range n {
			copy(h.RawRowView(i), make([]float64, i))
		}
	},
	"affine": func(_ *rand.Rand, h *mat.Dense) {
		n, _ := h.Dims()
		h.SetRow(n-1, make([]float64, n))
	},
	"uneven": func(r *rand.Rand, h *mat.Dense) {
		for i, v := range h.RawMatrix().Data {
			h.RawMatrix().Data[i] = v * math.Exp(3*r.NormFloat64())
		}
		h.Scale(1/mat.Norm(h, 2), h)
	},
}

func TestExpAgainstManyDigits(t *testing.T) {
	for name, shape := range exponentKinds {
		r := rand.New(rand.NewPCG(1, 0))
		for range 40 {
			h := examples.Noise(r, 1+r.IntN(5))
			shape(r, h)
			time := math.Pow(10, 6*r.Float64()-3)
			exact := oracleExp(h, time).dense()
			if math.IsInf(mat.Norm(exact, 2), 0) {
				continue
			}
			allowed := 20 * (reach(r, h, time, exact) + 0x1p-52*mat.Norm(exact, 2))
			if d := examples.Distance(lie.Exp(h, time), exact); !(d <= allowed) {
				t.Errorf("%s: exp(%g·h) is off by %g, rounding of h by %g:\n%v", name, time, d, allowed/20, mat.Formatted(h))
			}
		}
	}
}

// For a nilpotent h the series ends, for entries of any size.
func TestExpOfShearsIsExact(t *testing.T) {
	dense := mat.NewDense(2, 2, []float64{1, -1, 1, -1})
	chain := mat.NewDense(3, 3, []float64{0, 3, 1, 0, 0, 5, 0, 0, 0})
	for k := -300.; k <= 307; k += 50.5 {
		size := math.Pow(10, k)
		for _, at := range [][2]float64{{size, 1}, {1, -size}, {size, -.1}} {
			x := at[0] * at[1]
			exact(t, "a shear", lie.Exp(examples.Scaled(at[0], examples.Entry(2, 0, 1)), at[1]), mat.NewDense(2, 2, []float64{1, x, 0, 1}))
			exact(t, "a shear askew", lie.Exp(examples.Scaled(at[0], dense), at[1]), mat.NewDense(2, 2, []float64{1 + x, -x, x, 1 - x}))
			exact(t, "two shears", lie.Exp(examples.Scaled(at[0], chain), at[1]), mat.NewDense(3, 3, []float64{1, 3 * x, x + 7.5*x*x, 0, 1, 5 * x, 0, 0, 1}))
		}
	}
}

// exact asks for every number to one part in 1e15; overflow is overflow.
func exact(t *testing.T, name string, got, want *mat.Dense) {
	t.Helper()
	n, _ := got.Dims()
	for i := range n {
		for j := range n {
			if g, w := got.At(i, j), want.At(i, j); g != w && !(math.Abs(g-w) <= 1e-15*math.Abs(w)) {
				t.Errorf("%s: %g at (%d,%d), want %g", name, g, i, j, w)
			}
		}
	}
}

func TestExpOverflowsToInf(t *testing.T) {
	exact(t, "beyond the numbers", lie.Exp(examples.Scaled(1e308, examples.Entry(2, 0, 1)), 10), mat.NewDense(2, 2, []float64{1, math.Inf(1), 0, 1}))
	exact(t, "growth beside decay", lie.Exp(mat.NewDense(2, 2, []float64{1000, 0, 0, -1}), 1), mat.NewDense(2, 2, []float64{math.Inf(1), 0, 0, math.Exp(-1)}))
	exact(t, "growth of one eigenvector", lie.Exp(mat.NewDense(2, 2, []float64{1, -1, -1, 1}), 1e300), mat.NewDense(2, 2, []float64{math.Inf(1), math.Inf(-1), math.Inf(-1), math.Inf(1)}))
	exact(t, "a far centre", lie.Exp(mat.NewDense(3, 3, []float64{0, -1, 1e308, 1, 0, 0, 0, 0, 0}), math.Pi/2), mat.NewDense(3, 3, []float64{
		math.Cos(math.Pi / 2), -1, 1e308, 1, math.Cos(math.Pi / 2), 1e308, 0, 0, 1}))
}

// A rotation by any angle preserves lengths, and a rotation of the plane agrees with the sine of the
// standard library.
func TestExpOfRotationsKeepsLengths(t *testing.T) {
	for k := -300.; k <= 307; k += 20.25 {
		time := math.Pow(10, k)
		sin, cos := math.Sincos(time)
		exact(t, "a turn", lie.Exp(mat.NewDense(2, 2, []float64{0, -1, 1, 0}), time), mat.NewDense(2, 2, []float64{cos, -sin, sin, cos}))
		h := lie.SO(5).Generator(coefficients(10))
		g := lie.Exp(h, time/mat.Norm(h, 2))
		var gg mat.Dense
		gg.Mul(g, g.T())
		if d := examples.Distance(&gg, linalg.Identity(5)); !(d < 1e-13) {
			t.Errorf("exp(%g·h) is off the orthogonal matrices by %g", time, d)
		}
	}
}

// A state in metres and its rate in nanometres.
func TestExpInMixedUnits(t *testing.T) {
	for _, unit := range []float64{1e-300, 1e-9, 1e9, 1e300} {
		got := lie.Exp(mat.NewDense(2, 2, []float64{0, unit, 1 / unit, 0}), 6)
		for i, want := range []float64{math.Cosh(6), unit * math.Sinh(6), math.Sinh(6) / unit, math.Cosh(6)} {
			if v := got.At(i/2, i%2); !(math.Abs(v-want) <= 1e-14*want) {
				t.Errorf("a boost in units of %g: %g at (%d,%d), want %g", unit, v, i/2, i%2, want)
			}
		}
	}
}

func FuzzExp(f *testing.F) {
	f.Add(uint64(1), 2, 0., 1., 1.)
	f.Add(uint64(2), 3, 308., 0., 10.)
	f.Add(uint64(3), 5, -300., 300., -1e16)
	f.Fuzz(func(t *testing.T, seed uint64, n int, power, spread, time float64) {
		if n < 1 || n > 6 || !(math.Abs(power) < 308) || !(math.Abs(spread) < 600) || math.IsNaN(time) || math.IsInf(time, 0) {
			t.Skip()
		}
		r := rand.New(rand.NewPCG(seed, 0))
		h, zeros := examples.Noise(r, n), r.Float64()
		for i, v := range h.RawMatrix().Data {
			v *= math.Pow(10, power+spread*(r.Float64()-.5))
			if r.Float64() < zeros || math.IsInf(v, 0) {
				v = 0
			}
			h.RawMatrix().Data[i] = v
		}
		e := lie.Exp(h, time)
		products := float64(n) * math.Log10(float64(n)*mat.Norm(h, math.Inf(1))*math.Abs(time))
		for _, v := range e.RawMatrix().Data {
			if math.IsNaN(v) && products < 300 { // nothing but growth overflows
				t.Fatalf("exp(%g·h) =\n%v of\n%v", time, mat.Formatted(e), mat.Formatted(h))
			}
		}
	})
}
