package liegg_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/lie"
)

func TestExactFunctionsGiveTheirAlgebra(t *testing.T) {
	for _, e := range exacts(t) {
		s := e.spectrum(t, e.sample(600), liegg.QR, 64)
		d, k := e.truth.Dim(), e.candidates.Dim()
		sv, ρ := singular(s), defects(s)
		if len(sv) != k || len(ρ) != k || s.Unmoved != 0 {
			t.Fatalf("%s: %d singular values, %d defects, %d unmoved", e.name, len(sv), len(ρ), s.Unmoved)
		}
		if d > 0 && (sv[d-1] > 1e-12*sv[k-1] || ρ[d-1] > 1e-12) {
			t.Errorf("%s: zeros are s = %g·s_max, ρ = %g", e.name, sv[d-1]/sv[k-1], ρ[d-1])
		}
		if sv[d] < .01*sv[k-1] || ρ[d] < .05 || ρ[k-1] > 1 {
			t.Errorf("%s: the rest begins at s = %g·s_max, ρ = %g, and ends at ρ = %g", e.name, sv[d]/sv[k-1], ρ[d], ρ[k-1])
		}
		if θ := lie.LargestAngle(s.Algebra(d), e.truth); θ > 1e-12 {
			t.Errorf("%s: algebra by s is %g from the truth", e.name, θ)
		}
		if θ := lie.LargestAngle(s.DefectAlgebra(d), e.truth); θ > 1e-12 {
			t.Errorf("%s: algebra by ρ is %g from the truth", e.name, θ)
		}
		if gap, _ := s.Gap(); d > 0 && gap != d {
			t.Errorf("%s: gap at %d, truth %d", e.name, gap, d)
		}
	}
}

// The Gram's eigenvectors are better than its zeros: only √ε is lost in s.
func TestGramGivesTheSameAlgebra(t *testing.T) {
	for _, e := range exacts(t) {
		s := e.spectrum(t, e.sample(600), liegg.Gram, 64)
		d := e.truth.Dim()
		if θ := lie.LargestAngle(s.Algebra(d), e.truth); θ > 1e-11 {
			t.Errorf("%s: algebra by s is %g from the truth", e.name, θ)
		}
		if θ := lie.LargestAngle(s.DefectAlgebra(d), e.truth); θ > 1e-11 {
			t.Errorf("%s: algebra by ρ is %g from the truth", e.name, θ)
		}
		if gap, _ := s.Gap(); d > 0 && gap != d {
			t.Errorf("%s: gap at %d, truth %d", e.name, gap, d)
		}
	}
}

// With candidates that are all symmetries there is no gap to find.
func TestGapWhereEverythingIsASymmetry(t *testing.T) {
	e := radial(3)
	e.candidates = lie.SO(3)
	chunk := e.chunk(e.sample(50), liegg.QR)
	chunk.Idle = 0 // the rows are zero, the gradients are not
	s := one(t, chunk, e.candidates)
	if d, ratio := s.Gap(); d != 1 || ratio != 1 {
		t.Errorf("gap of %g at %d", ratio, d)
	}
	e.candidates = lie.Scaling(3)
	if d, ratio := e.spectrum(t, e.sample(50), liegg.QR, 50).Gap(); d != 0 || ratio != 1 {
		t.Errorf("gap of %g at %d of one candidate", ratio, d)
	}
}

func TestGapOfNoSymmetryIsOnlyAHint(t *testing.T) {
	e := none()
	if d, ratio := e.spectrum(t, e.sample(600), liegg.QR, 100).Gap(); d < 1 || ratio > 5 {
		t.Errorf("gap of %g at %d", ratio, d)
	}
}

// ⟨C, A⟩ = ⟨∇f, A·x⟩ and its sums, recomputed for every generator.
func TestGeneratorFiguresAreTheirDefinitions(t *testing.T) {
	e := broken(.3)
	xs := e.sample(200)
	s := e.spectrum(t, xs, liegg.QR, 50)
	for _, g := range append(s.BySingular, s.ByDefect...) {
		var moved, size float64
		for _, x := range xs {
			var v mat.VecDense
			v.MulVec(g.H, mat.NewVecDense(3, x))
			j := e.gradient(x)[0]
			moved += math.Pow(floats.Dot(j, v.RawVector().Data), 2)
			size += floats.Dot(j, j) * mat.Dot(&v, &v)
		}
		if !near(g.Singular, math.Sqrt(moved), 1e-10) || !near(g.Variance, moved/200, 1e-10) || !near(g.Defect, math.Sqrt(moved/size), 1e-10) {
			t.Errorf("s = %g, want %g; ρ = %g, want %g", g.Singular, math.Sqrt(moved), g.Defect, math.Sqrt(moved/size))
		}
		if n := mat.Norm(g.H, 2); !near(n, 1, 1e-14) || !near(g.Bias, lie.Bias(g.H), 1e-15) {
			t.Errorf("norm %g, bias %g of a generator with bias %g", n, g.Bias, lie.Bias(g.H))
		}
	}
}

func TestBrokenSymmetryShowsItsSize(t *testing.T) {
	for _, c := range []struct{ ε, ρ float64 }{{.1, .080}, {.01, .0082}, {.001, .0008}} {
		e := broken(c.ε)
		ρ := defects(e.spectrum(t, e.sample(30000), liegg.QR, 500))
		if ρ[0] > 1e-12 || !near(ρ[1]/c.ρ, 1, .05) || !near(ρ[2]/c.ρ, 1, .05) || ρ[3] < .1 {
			t.Errorf("ε = %g: ρ = %.3g, want one zero and two of %g", c.ε, ρ[:4], c.ρ)
		}
	}
}

// Moving the data by q and f with them, f'(x) = f(q⁻¹x), conjugates the algebra.
func TestConjugatingTheDataConjugatesTheGenerators(t *testing.T) {
	q := lie.Exp(lie.GL(3).Generator([]float64{.1, .5, -.3, .2, -.2, .4, -.6, .1, .3}), 1)
	e := radial(3)
	moved, xs := conjugated(t, e, q, e.sample(400))
	truth, err := lie.SO(3).Conjugate(q)
	if err != nil {
		t.Fatal(err)
	}
	if θ := lie.LargestAngle(moved.spectrum(t, xs, liegg.QR, 64).DefectAlgebra(3), truth); θ > 1e-12 {
		t.Errorf("angle %g to the conjugate algebra", θ)
	}
}

func TestRotatingTheDataKeepsTheSpectrum(t *testing.T) {
	q := lie.Exp(lie.SO(3).Generator([]float64{1, -.4, .7}), 1)
	e := none()
	before := e.spectrum(t, e.sample(400), liegg.QR, 64)
	moved, xs := conjugated(t, e, q, e.sample(400))
	after := moved.spectrum(t, xs, liegg.QR, 64)
	for i := range before.BySingular {
		var h mat.Dense
		h.Product(q, before.BySingular[i].H, q.T())
		if θ := lie.AngleTo(&h, lie.Span("found", after.BySingular[i].H)); θ > 1e-10 {
			t.Errorf("generator %d turned by %g too much", i, θ)
		}
		if !near(before.BySingular[i].Singular, after.BySingular[i].Singular, 1e-9) || !near(before.ByDefect[i].Defect, after.ByDefect[i].Defect, 1e-11) {
			t.Errorf("value %d changed", i)
		}
	}
}

// conjugated is f(q⁻¹x) at the points q·x: gradients q⁻ᵀ∇f.
func conjugated(t *testing.T, e exact, q *mat.Dense, xs [][]float64) (exact, [][]float64) {
	t.Helper()
	var inverse mat.Dense
	if err := inverse.Inverse(q); err != nil {
		t.Fatal(err)
	}
	f := e.gradient
	e.gradient = func(y []float64) [][]float64 {
		g := f(apply(&inverse, y))[0]
		return [][]float64{apply(inverse.T(), g)}
	}
	ys := make([][]float64, len(xs))
	for i, x := range xs {
		ys[i] = apply(q, x)
	}
	return e, ys
}

func apply(m mat.Matrix, x []float64) []float64 {
	var v mat.VecDense
	v.MulVec(m, mat.NewVecDense(len(x), x))
	return v.RawVector().Data
}

// Data in three dimensions of five: 10 directions do not move them, of the
// other 15 so(3) and the 6 that f ignores are symmetries.
func TestDirectionsThatDoNotMoveTheData(t *testing.T) {
	e := radial(5)
	for name, q := range map[string]*mat.Dense{
		"along the axes": lie.Exp(lie.SO(5).Generator(make([]float64, 10)), 1),
		"askew":          lie.Exp(lie.SO(5).Generator([]float64{1, 2, -1, .5, .3, -2, 1, .7, -.2, 1.5}), 1),
	} {
		xs := e.sample(300)
		for i, x := range xs {
			x[3], x[4] = 0, 0
			xs[i] = apply(q, x)
		}
		s := e.spectrum(t, xs, liegg.QR, 64)
		ρ := defects(s)
		if s.Unmoved != 10 || len(ρ) != 15 || ρ[8] > 1e-12 || ρ[9] < .05 {
			t.Errorf("%s: %d unmoved, ρ = %.2g", name, s.Unmoved, ρ)
		}
		if sv := singular(s); sv[18] > 1e-12*sv[24] || sv[19] < .01*sv[24] {
			t.Errorf("%s: s = %.2g", name, sv)
		}
	}
}

// Coordinates that are rounding errors, or a metric that was summed in single
// precision, must not pass for motion.
func TestRoundingDoesNotMoveTheData(t *testing.T) {
	e := radial(3)
	xs := e.sample(200)
	for i, x := range xs {
		x[2] = 1e-8 * math.Sin(float64(i))
	}
	if s := e.spectrum(t, xs, liegg.QR, 50); s.Unmoved != 3 {
		t.Errorf("%d directions do not move flat data, want 3", s.Unmoved)
	}
	q := lie.Exp(lie.SO(3).Generator([]float64{1, -.4, .7}), 1)
	for i, x := range xs {
		x[2] = 0
		xs[i] = apply(q, x)
	}
	c := e.chunk(xs, liegg.Gram)
	metric := c.Metric.(*mat.SymDense)
	for i := range 9 {
		for j := i; j < 9; j++ {
			metric.SetSym(i, j, metric.At(i, j)*(1+6e-8*math.Sin(float64(5*i+11*j))))
		}
	}
	if s := one(t, c, e.candidates); s.Unmoved != 3 {
		t.Errorf("single precision: %d directions do not move flat data, want 3", s.Unmoved)
	}
}

func TestDefectDoesNotDependOnUnits(t *testing.T) {
	e := none()
	xs := e.sample(500)
	want := defects(e.spectrum(t, xs, liegg.QR, 100))
	q := mat.DenseCopyOf(mat.NewDiagDense(3, []float64{1e-4, 1e-4, 1e-4}))
	moved, ys := conjugated(t, e, q, xs)
	got := defects(moved.spectrum(t, ys, liegg.QR, 100))
	if !floats.EqualApprox(want, got, 1e-10) {
		t.Errorf("ρ = %.4g in other units, %.4g before", got, want)
	}
	q.Set(0, 0, 1) // one coordinate in other units: ρ changes, the directions that move the data do not
	moved, ys = conjugated(t, e, q, xs)
	if s := moved.spectrum(t, ys, liegg.QR, 100); s.Unmoved != 0 {
		t.Errorf("%d directions were taken for unmoved", s.Unmoved)
	}
}

// basis is a candidate algebra given by any independent matrices.
type basis []*mat.Dense

func (b basis) Dim() int { return len(b) }

func (b basis) Generator(h []float64) *mat.Dense {
	sum := mat.NewDense(2, 2, nil)
	for k, a := range b {
		var part mat.Dense
		part.Scale(h[k], a)
		sum.Add(sum, &part)
	}
	return sum
}

// The rows of another basis are C·M with M the change of coefficients; the
// spectrum must stay what it is.
func TestSpectrumDoesNotDependOnTheBasis(t *testing.T) {
	e := radial(2)
	e.gradient = func(x []float64) [][]float64 { return [][]float64{{x[1] * x[1], x[0] + 3*x[1]}} }
	chunk := e.chunk(e.sample(100), liegg.QR)
	m := mat.NewDense(4, 4, []float64{1, 5, 0, 0, 0, 2, 0, 0, 1, 0, .3, 0, 0, 1, 0, 7})
	var other liegg.Chunk
	other.Samples, other.Outputs = 100, 1
	other.Rows = new(mat.Dense)
	other.Rows.Mul(chunk.Rows, m)
	var metric mat.Dense
	metric.Product(m.T(), chunk.Metric, m)
	other.Metric = mat.NewSymDense(4, metric.RawMatrix().Data)
	var b basis
	for k := range 4 {
		b = append(b, lie.GL(2).Generator(mat.Col(nil, k, m)))
	}
	want, got := one(t, chunk, lie.GL(2)), one(t, other, b)
	if !floats.EqualApprox(singular(want), singular(got), 1e-10) || !floats.EqualApprox(defects(want), defects(got), 1e-10) {
		t.Errorf("s = %.5g, ρ = %.5g; want %.5g, %.5g", singular(got), defects(got), singular(want), defects(want))
	}
	for j := range want.BySingular {
		if !mat.EqualApprox(want.BySingular[j].H, got.BySingular[j].H, 1e-10) {
			t.Errorf("generator %d differs", j)
		}
	}
}

func one(t *testing.T, c liegg.Chunk, candidates liegg.Candidates) *liegg.Spectrum {
	t.Helper()
	p := liegg.NewPolarization(candidates.Dim())
	if err := p.Add(c); err != nil {
		t.Fatal(err)
	}
	s, err := p.Spectrum(candidates)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBiasOfAffineCandidatesIsThatOfTheLinearPart(t *testing.T) {
	e := distances()
	s := e.spectrum(t, e.sample(300), liegg.QR, 100)
	for j, g := range s.BySingular[:3] {
		if g.Bias > 1e-12 {
			t.Errorf("generator %d of se(2) has bias %g", j, g.Bias)
		}
	}
}

func TestSignsAreDeterministic(t *testing.T) {
	e := radial(4)
	xs := e.sample(300)
	for j, g := range e.spectrum(t, xs, liegg.QR, 64).BySingular {
		data := g.H.RawMatrix().Data
		if i := floats.MaxIdx(times(1, data)); data[i] < (1-1e-5)*-floats.Min(data) {
			t.Errorf("generator %d: largest entry is negative: %v", j, data)
		}
	}
	plane := radial(2)
	xs2 := plane.sample(2000)
	for i := 0; i < len(xs2); i += 40 { // (E₁₂ − E₂₁)/√2: rounding decides which entry is larger
		h := plane.spectrum(t, xs2[i:i+40], liegg.QR, 40).BySingular[0].H
		if !near(h.At(0, 1), 1/math.Sqrt2, 1e-12) {
			t.Fatalf("samples from %d: rotation is %v", i, h.RawMatrix().Data)
		}
	}
	flipped := e
	flipped.gradient = func(x []float64) [][]float64 { return [][]float64{times(-1, e.gradient(x)[0])} }
	a, b := e.spectrum(t, xs, liegg.QR, 64), flipped.spectrum(t, xs, liegg.QR, 64)
	for j := 6; j < 16; j++ { // beyond the degenerate nullspace
		if !mat.EqualApprox(a.BySingular[j].H, b.BySingular[j].H, 1e-9) {
			t.Errorf("generator %d changed with the sign of f", j)
		}
	}
}

func TestAlgebraOfNothing(t *testing.T) {
	e := none()
	s := e.spectrum(t, e.sample(100), liegg.QR, 100)
	if a := s.Algebra(0); a.Dim() != 0 || a.Size() != 3 {
		t.Errorf("%v", a)
	}
	defer func() {
		if recover() == nil {
			t.Error("an algebra of 10 generators out of 9")
		}
	}()
	s.DefectAlgebra(10)
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance*math.Max(1, math.Abs(b)) }
