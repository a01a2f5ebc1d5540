// Package examples holds Lie algebras, and ways to disturb them, for the tests of lie.
package examples

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
)

// Blocks lays matrices along the diagonal.
func Blocks(parts ...*mat.Dense) *mat.Dense {
	n := 0
	for _, p := range parts {
		k, _ := p.Dims()
		n += k
	}
	m, at := mat.NewDense(n, n, nil), 0
	for _, p := range parts {
		k, _ := p.Dims()
		m.Slice(at, at+k, at, at+k).(*mat.Dense).Copy(p)
		at += k
	}
	return m
}

func Zeros(n int) *mat.Dense { return mat.NewDense(n, n, nil) }

func Entry(n, i, j int) *mat.Dense {
	m := Zeros(n)
	m.Set(i, j, 1)
	return m
}

// Beside is the direct sum, on R^m ⊕ R^n.
func Beside(a, b lie.Algebra) lie.Algebra {
	var gens []*mat.Dense
	for _, e := range a.Basis() {
		gens = append(gens, Blocks(e, Zeros(b.Size())))
	}
	for _, e := range b.Basis() {
		gens = append(gens, Blocks(Zeros(a.Size()), e))
	}
	return lie.Span(a.Name()+" beside "+b.Name(), gens...)
}

// Moving is the linear algebra with all translations, in homogeneous form but
// not declared so.
func Moving(a lie.Algebra) lie.Algebra {
	var gens []*mat.Dense
	for _, e := range a.Basis() {
		gens = append(gens, Blocks(e, Zeros(1)))
	}
	gens = append(gens, lie.Translations(a.Size()).Basis()...)
	return lie.Span(a.Name()+" and translations", gens...)
}

// OnReals is re + i·im as a real matrix of twice the size.
func OnReals(re, im *mat.Dense) *mat.Dense {
	n, _ := re.Dims()
	m := Zeros(2 * n)
	for i := range n {
		for j := range n {
			m.Set(i, j, re.At(i, j))
			m.Set(n+i, n+j, re.At(i, j))
			m.Set(i, n+j, -im.At(i, j))
			m.Set(n+i, j, im.At(i, j))
		}
	}
	return m
}

// OverComplex is the complex span of a real algebra.
func OverComplex(a lie.Algebra) lie.Algebra {
	var gens []*mat.Dense
	for _, e := range a.Basis() {
		gens = append(gens, OnReals(e, Zeros(a.Size())), OnReals(Zeros(a.Size()), e))
	}
	return lie.Span(a.Name()+" over C", gens...)
}

// Unitary is u(p,q), or su(p,q), on R^2n.
func Unitary(p, q int, special bool) lie.Algebra {
	n := p + q
	var gens []*mat.Dense
	for _, e := range lie.SOpq(p, q).Basis() {
		turned := mat.DenseCopyOf(e) // i times it, with the sign above the diagonal changed, is in u(p,q) too
		for i := range n {
			for j := i + 1; j < n; j++ {
				turned.Set(i, j, -e.At(i, j))
			}
		}
		gens = append(gens, OnReals(e, Zeros(n)), OnReals(Zeros(n), turned))
	}
	for i := range n {
		phase := Entry(n, i, i)
		if special {
			phase.Set((i+1)%n, (i+1)%n, -1)
		}
		gens = append(gens, OnReals(Zeros(n), phase))
	}
	return lie.Span("u", gens...)
}

// OverQuaternions is the span of A, Ai, Aj, Ak for a list of quaternionic
// matrices given by their four real parts, as they act from the left.
func OverQuaternions(parts [4]*mat.Dense) *mat.Dense {
	units := [4][4][4]float64{
		{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}},
		{{0, -1, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, -1}, {0, 0, 1, 0}},
		{{0, 0, -1, 0}, {0, 0, 0, 1}, {1, 0, 0, 0}, {0, -1, 0, 0}},
		{{0, 0, 0, -1}, {0, 0, -1, 0}, {0, 1, 0, 0}, {1, 0, 0, 0}},
	}
	n, _ := parts[0].Dims()
	m := Zeros(4 * n)
	for u, part := range parts {
		for i := range n {
			for j := range n {
				for r := range 4 {
					for c := range 4 {
						m.Set(4*i+r, 4*j+c, m.At(4*i+r, 4*j+c)+part.At(i, j)*units[u][r][c])
					}
				}
			}
		}
	}
	return m
}

// Quaternionic is sl(2,H), or sp(p,q) of the metric diag(s₁,s₂).
func Quaternionic(keep func(unit, i, j int) *mat.Dense) lie.Algebra {
	var gens []*mat.Dense
	for u := range 4 {
		for i := range 2 {
			for j := range 2 {
				if m := keep(u, i, j); m != nil {
					parts := [4]*mat.Dense{Zeros(2), Zeros(2), Zeros(2), Zeros(2)}
					parts[u] = m
					gens = append(gens, OverQuaternions(parts))
				}
			}
		}
	}
	return lie.Span("quaternionic", gens...)
}

func SlH(u, i, j int) *mat.Dense {
	m := Entry(2, i, j)
	if u == 0 && i == j {
		m.Set(1-i, 1-i, -1)
	}
	return m
}

// SpH keeps A with Āᵀη + ηA = 0, η = diag(1,s).
func SpH(s float64) func(u, i, j int) *mat.Dense {
	return func(u, i, j int) *mat.Dense {
		m := Entry(2, i, j)
		switch {
		case i == j && u == 0:
			return nil
		case i != j && u == 0:
			m.Set(j, i, -s)
		case i != j:
			m.Set(j, i, s)
		}
		return m
	}
}

func Heisenberg(k int) lie.Algebra {
	n := k + 2
	var gens []*mat.Dense
	for i := range k {
		gens = append(gens, Entry(n, 0, i+1), Entry(n, i+1, n-1))
	}
	return lie.Span("Heisenberg", append(gens, Entry(n, 0, n-1))...)
}

// Frame is a random change of coordinates of condition number κ.
func Frame(r *rand.Rand, n int, κ float64) *mat.Dense {
	s := make([]float64, n)
	for i := range s {
		s[i] = math.Pow(κ, float64(i)/float64(max(n-1, 1)))
	}
	var q mat.Dense
	q.Product(Orthogonal(r, n), mat.NewDiagDense(n, s), Orthogonal(r, n))
	return &q
}

func Orthogonal(r *rand.Rand, n int) *mat.Dense {
	var qr mat.QR
	qr.Factorize(Noise(r, n))
	var q mat.Dense
	qr.QTo(&q)
	return &q
}

func Noise(r *rand.Rand, n int) *mat.Dense {
	m := Zeros(n)
	for i := range m.RawMatrix().Data {
		m.RawMatrix().Data[i] = r.NormFloat64()
	}
	return m
}

func Conjugated(a lie.Algebra, q *mat.Dense) lie.Algebra {
	c, err := a.Conjugate(q)
	if err != nil {
		panic(err)
	}
	return c
}

// Tilted turns a by the largest principal angle θ, in a random direction. Of
// affine maps the last row stays zero.
func Tilted(r *rand.Rand, a lie.Algebra, θ float64) lie.Algebra {
	off := make([]*mat.Dense, a.Dim())
	affine := AffineRows(a)
	for k := range off {
		m := Noise(r, a.Size())
		if affine {
			m.SetRow(a.Size()-1, make([]float64, a.Size()))
		}
		m.Sub(m, lie.Project(m, a))
		off[k] = m
	}
	plus := func(ε float64) lie.Algebra {
		gens := a.Basis()
		for k, m := range off {
			var part mat.Dense
			part.Scale(ε, m)
			gens[k].Add(gens[k], &part)
		}
		return lie.Span(a.Name()+" tilted", gens...)
	}
	return plus(math.Tan(θ) / math.Tan(lie.LargestAngle(a, plus(1))))
}

func AffineRows(a lie.Algebra) bool {
	for _, e := range a.Basis() {
		for _, v := range e.RawRowView(a.Size() - 1) {
			if v != 0 {
				return false
			}
		}
	}
	return a.Size() > 2
}

// Exceptional is g2, the stabiliser in gl(7) of a three-form on R⁷: the compact
// form for sign = 1, the split one for −1 (Bryant, Ann. of Math. 126, 1987).
func Exceptional(sign float64) lie.Algebra {
	var φ [7][7][7]float64
	for _, t := range []struct {
		i, j, k int
		v       float64
	}{{0, 1, 2, 1}, {0, 3, 4, sign}, {0, 5, 6, sign}, {1, 3, 5, sign}, {1, 4, 6, -sign}, {2, 3, 6, -sign}, {2, 4, 5, -sign}} {
		i, j, k := t.i, t.j, t.k
		φ[i][j][k], φ[j][k][i], φ[k][i][j] = t.v, t.v, t.v
		φ[j][i][k], φ[i][k][j], φ[k][j][i] = -t.v, -t.v, -t.v
	}
	m := mat.NewDense(343, 49, nil) // H ↦ φ(Hx,y,z) + φ(x,Hy,z) + φ(x,y,Hz)
	for i := range 7 {
		for j := range 7 {
			for k := range 7 {
				row := 49*i + 7*j + k
				for a := range 7 {
					m.Set(row, 7*a+i, m.At(row, 7*a+i)+φ[a][j][k])
					m.Set(row, 7*a+j, m.At(row, 7*a+j)+φ[i][a][k])
					m.Set(row, 7*a+k, m.At(row, 7*a+k)+φ[i][j][a])
				}
			}
		}
	}
	var svd mat.SVD
	svd.Factorize(m, mat.SVDThinV)
	var v mat.Dense
	svd.VTo(&v)
	var gens []*mat.Dense
	for k, s := range svd.Values(nil) {
		if s < 1e-9 {
			gens = append(gens, mat.NewDense(7, 7, mat.Col(nil, k, &v)))
		}
	}
	return lie.Span("g2", gens...)
}

// Distance is ‖a − b‖_F.
func Distance(a, b mat.Matrix) float64 {
	var d mat.Dense
	d.Sub(a, b)
	return mat.Norm(&d, 2)
}

func Scaled(c float64, m *mat.Dense) *mat.Dense {
	var s mat.Dense
	s.Scale(c, m)
	return &s
}

// Scrambled returns the span of a with its basis mixed by a random
// rotation and then tilted, each matrix in a different direction outside of a, until the largest
// principal angle is θ.
func Scrambled(rng *rand.Rand, a lie.Algebra, θ float64) lie.Algebra {
	basis := a.Basis()
	off := make([]*mat.Dense, a.Dim())
	for k := range off {
		off[k] = Noise(rng, a.Size())
		if a.Homogeneous() {
			off[k].SetRow(a.Size()-1, make([]float64, a.Size()))
		}
		off[k].Sub(off[k], lie.Project(off[k], a))
	}
	mixing := Orthogonal(rng, a.Dim())
	tilted := func(amount float64) lie.Algebra {
		gens := make([]*mat.Dense, a.Dim())
		for k := range gens {
			gens[k] = mat.NewDense(a.Size(), a.Size(), nil)
			for l, e := range basis {
				var tilt mat.Dense
				tilt.Scale(amount, off[l])
				tilt.Add(e, &tilt)
				tilt.Scale(mixing.At(k, l), &tilt)
				gens[k].Add(gens[k], &tilt)
			}
		}
		return lie.Span(a.Name()+" scrambled", gens...)
	}
	if θ == 0 {
		return tilted(0)
	}
	const small = 1e-6 // the tangent of the angle grows in proportion
	return tilted(small * math.Tan(θ) / math.Tan(lie.LargestAngle(tilted(small), a)))
}

// Quaternions are the left multiplications of H = R⁴ by i, j and k: su(2) with spin ½.
func Quaternions() []*mat.Dense {
	return []*mat.Dense{
		mat.NewDense(4, 4, []float64{0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0}),
		mat.NewDense(4, 4, []float64{0, 0, -1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, -1, 0, 0}),
		mat.NewDense(4, 4, []float64{0, 0, 0, -1, 0, 0, -1, 0, 0, 1, 0, 0, 1, 0, 0, 0}),
	}
}

// Inertia is the algebra that preserves xᵀ·diag(1,4,9)·x, whose matrices
// are diag(1,4,9)⁻¹ times a skew one.
func Inertia() lie.Algebra {
	return Conjugated(lie.SO(3), mat.DenseCopyOf(mat.NewDiagDense(3, []float64{1, 1. / 2, 1. / 3})))
}
