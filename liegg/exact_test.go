package liegg_test

import (
	"iter"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/lie"
)

// exact is a function of c points of R^d whose algebra is known, given by its
// gradients: one row of c·d derivatives per output.
type exact struct {
	name       string
	d, c       int
	σ          float64
	gradient   func(x []float64) [][]float64
	candidates lie.Algebra
	truth      lie.Algebra
}

// rows returns J(x)·T(x), m×K, and ‖J‖²_F TᵀT, where column k of T is A_k
// applied to every point: the definition.
func (e exact) rows(x []float64) (*mat.Dense, *mat.SymDense) {
	basis := e.candidates.Basis()
	t := mat.NewDense(len(x), len(basis), nil)
	for k, a := range basis {
		for p := range e.c {
			t.Slice(p*e.d, (p+1)*e.d, k, k+1).(*mat.Dense).Copy(e.act(a, x[p*e.d:(p+1)*e.d]))
		}
	}
	g := e.gradient(x)
	j := mat.NewDense(len(g), len(x), nil)
	for i, row := range g {
		j.SetRow(i, row)
	}
	var rows mat.Dense
	rows.Mul(j, t)
	metric := mat.NewSymDense(len(basis), nil)
	metric.SymOuterK(math.Pow(mat.Norm(j, 2), 2), t.T())
	return &rows, metric
}

// act returns the velocity A·x, or A·(x,1) without its last entry.
func (e exact) act(a *mat.Dense, x []float64) mat.Matrix {
	n, _ := a.Dims()
	var v mat.VecDense
	v.MulVec(a, mat.NewVecDense(n, append(append([]float64{}, x...), 1)[:n]))
	return v.SliceVec(0, e.d)
}

// sample draws n inputs.
func (e exact) sample(n int) [][]float64 {
	r := rand.New(rand.NewPCG(2022, 0))
	xs := make([][]float64, n)
	for i := range xs {
		xs[i] = make([]float64, e.d*e.c)
		for j := range xs[i] {
			xs[i][j] = e.σ * r.NormFloat64()
		}
	}
	return xs
}

// chunk puts samples together, by rows or by their Gram.
func (e exact) chunk(xs [][]float64, m liegg.Method) liegg.Chunk {
	k := e.candidates.Dim()
	metric := mat.NewSymDense(k, nil)
	c := liegg.Chunk{Samples: len(xs), Outputs: len(e.gradient(xs[0])), Metric: metric}
	rows := mat.NewDense(c.Samples*c.Outputs, k, nil)
	for i, x := range xs {
		r, d := e.rows(x)
		if mat.Norm(r, 2) == 0 {
			c.Idle++
		}
		rows.Slice(i*c.Outputs, (i+1)*c.Outputs, 0, k).(*mat.Dense).Copy(r)
		metric.AddSym(metric, d)
	}
	if m == liegg.QR {
		c.Rows = rows
		return c
	}
	gram := mat.NewSymDense(k, nil)
	gram.SymOuterK(1, rows.T())
	c.Gram = gram
	return c
}

// chunks streams samples in batches of the given sizes, the last one repeated.
func (e exact) chunks(xs [][]float64, m liegg.Method, sizes ...int) iter.Seq2[liegg.Chunk, error] {
	return func(yield func(liegg.Chunk, error) bool) {
		for i := 0; len(xs) > 0; i++ {
			n := min(sizes[min(i, len(sizes)-1)], len(xs))
			if !yield(e.chunk(xs[:n], m), nil) {
				return
			}
			xs = xs[n:]
		}
	}
}

func (e exact) spectrum(t testing.TB, xs [][]float64, m liegg.Method, sizes ...int) *liegg.Spectrum {
	t.Helper()
	p, err := liegg.Accumulate(e.candidates.Dim(), e.chunks(xs, m, sizes...))
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.Spectrum(e.candidates)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// radial is f(x) = −exp(−½‖x‖²) on R^n.
func radial(n int) exact {
	return exact{fmtName("so", n), n, 1, 1, func(x []float64) [][]float64 {
		return [][]float64{times(math.Exp(-floats.Dot(x, x)/2), x)}
	}, lie.GL(n), lie.SO(n)}
}

func fmtName(s string, n int) string { return s + string(rune('0'+n)) }

// bilinear is sin(xᵀBy) of two points.
func bilinear(name string, b *mat.Dense, σ float64, truth lie.Algebra) exact {
	n, _ := b.Dims()
	return exact{name, n, 2, σ, func(x []float64) [][]float64 {
		u, v := mat.NewVecDense(n, x[:n]), mat.NewVecDense(n, x[n:])
		var bv, bu mat.VecDense
		bv.MulVec(b, v)
		bu.MulVec(b.T(), u)
		g := append(append([]float64{}, bv.RawVector().Data...), bu.RawVector().Data...)
		return [][]float64{times(math.Cos(mat.Inner(u, b, v)), g)}
	}, lie.GL(n), truth}
}

// broken is ‖x‖² + ε·x₁³ on R³.
func broken(ε float64) exact {
	so2 := lie.Span("so(2) about axis 1", lie.SO(3).Basis()[2])
	return exact{"broken", 3, 1, 1, func(x []float64) [][]float64 {
		return [][]float64{{2*x[0] + 3*ε*x[0]*x[0], 2 * x[1], 2 * x[2]}}
	}, lie.GL(3), so2}
}

// none is .3x₁³ + .7x₂²x₃ + x₃ + .3x₁x₂, without any linear symmetry.
func none() exact {
	return exact{"none", 3, 1, 1, func(x []float64) [][]float64 {
		return [][]float64{{.9*x[0]*x[0] + .3*x[1], 1.4*x[1]*x[2] + .3*x[0], .7*x[1]*x[1] + 1}}
	}, lie.GL(3), lie.Trivial(3)}
}

// distances has two outputs on three points of the plane: ‖p−q‖² and ‖q−r‖⁴/4.
func distances() exact {
	return exact{"se2", 2, 3, 1, func(x []float64) [][]float64 {
		pq, qr := []float64{x[0] - x[2], x[1] - x[3]}, []float64{x[2] - x[4], x[3] - x[5]}
		w := floats.Dot(qr, qr)
		return [][]float64{
			{2 * pq[0], 2 * pq[1], -2 * pq[0], -2 * pq[1], 0, 0},
			{0, 0, w * qr[0], w * qr[1], -w * qr[0], -w * qr[1]},
		}
	}, lie.Affine(2), lie.SE(2)}
}

// exacts are functions on which the algebra must come out to rounding.
func exacts(t testing.TB) []exact {
	ω := mat.NewDense(4, 4, []float64{0, 0, 1, 0, 0, 0, 0, 1, -1, 0, 0, 0, 0, -1, 0, 0})
	minkowski := mat.DenseCopyOf(mat.NewDiagDense(4, []float64{1, -1, -1, -1}))
	m := mat.DenseCopyOf(mat.NewDiagDense(3, []float64{1, 4, 9}))
	conjugate, err := lie.SO(3).Conjugate(mat.DenseCopyOf(mat.NewDiagDense(3, []float64{1, 1. / 2, 1. / 3})))
	if err != nil {
		t.Fatal(err)
	}
	return []exact{
		radial(3), radial(5), bilinear("so13", minkowski, .5, lie.SOpq(1, 3)), bilinear("sp4", ω, 1, lie.Sp(2)),
		bilinear("conj-so3", m, .3, conjugate), broken(.1), none(), distances(),
	}
}

func times(c float64, x []float64) []float64 {
	return floats.ScaleTo(make([]float64, len(x)), c, x)
}

// singular and defects are the two spectra as plain numbers.
func singular(s *liegg.Spectrum) []float64 {
	out := make([]float64, len(s.BySingular))
	for i, g := range s.BySingular {
		out[i] = g.Singular
	}
	return out
}

func defects(s *liegg.Spectrum) []float64 {
	out := make([]float64, len(s.ByDefect))
	for i, g := range s.ByDefect {
		out[i] = g.Defect
	}
	return out
}
