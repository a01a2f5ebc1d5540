package liegg

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/defects"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
)

// pairs are gradients and inputs of a random function of n numbers, correlated and in mixed units
// as the seed has it. With symmetric, the function is of ‖x‖ in coordinates of its own.
func pairs(random *rand.Rand, n, samples int, symmetric bool) (g, x *mat.Dense) {
	mix := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			mix.Set(i, j, random.NormFloat64()/4)
		}
		mix.Set(i, i, 1+random.Float64())
	}
	var inverse mat.Dense
	if err := inverse.Inverse(mix); err != nil {
		panic(err)
	}
	g, x = mat.NewDense(samples, n, nil), mat.NewDense(samples, n, nil)
	for i := range samples {
		z, u := mat.NewVecDense(n, nil), mat.NewVecDense(n, nil)
		for j := range n {
			z.SetVec(j, random.NormFloat64())
		}
		if u.CopyVec(z); !symmetric {
			for j := range n {
				u.SetVec(j, math.Sin(float64(j)+z.AtVec(j))+z.AtVec((j+1)%n))
			}
		}
		var gi, xi mat.VecDense
		gi.MulVec(inverse.T(), u)
		xi.MulVec(mix, z)
		g.SetRow(i, gi.RawVector().Data)
		x.SetRow(i, xi.RawVector().Data)
	}
	return g, x
}

// evidenceOf gathers blocks of four samples, with metrics as Kronecker products or whole.
func evidenceOf(t *testing.T, g, x *mat.Dense, inner *mat.SymDense, whole bool) *Evidence {
	t.Helper()
	samples, n := x.Dims()
	metric := func(right *mat.SymDense) mat.Symmetric {
		product := linalg.Kronecker{Left: inner, Right: right}
		if whole {
			return linalg.Whole(product)
		}
		return product
	}
	const each = 4
	e := NewEvidence(n * n)
	for from := 0; from+each <= samples; from += each {
		c := Chunk{Samples: each, Outputs: 1}
		rows := mat.NewDense(each, n*n, nil)
		data, gradients, weighted := mat.NewSymDense(n, nil), mat.NewSymDense(n, nil), mat.NewSymDense(n, nil)
		for i := range each {
			xi, gi := x.RowView(from+i), g.RowView(from+i)
			mat.NewDense(n, n, rows.RawRowView(i)).Outer(1, gi, xi)
			var dual mat.VecDense
			if err := dual.SolveVec(inner, gi); err != nil {
				t.Fatal(err)
			}
			data.SymRankOne(data, 1, xi)
			gradients.SymRankOne(gradients, 1, gi)
			weighted.SymRankOne(weighted, mat.Dot(gi, &dual), xi)
		}
		gram := new(mat.SymDense)
		gram.SymOuterK(1, rows.T())
		c.Gram = gram
		c.Metric = metric(weighted)
		plain := c
		c.Plain = &plain
		c.Variation = &Variation{Motion: metric(data), Outputs: 1}
		c.Moments = &Moments{Coordinates: n, Unpaired: 1, UnpairedMetric: float64(n), Gradients: gradients, Data: data, Inner: inner}
		if err := e.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// A verdict from the factors of a metric is one from the metric as a whole: below and above the
// size from which factors are decomposed, with and without symmetries, inputs that span less than
// the space, and gradients that do.
func TestJudgeByFactors(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const samples = 400
	for seed := range uint64(8) {
		random := rand.New(rand.NewPCG(seed, 0))
		n := 3 + int(seed%2)*7
		g, x := pairs(random, n, samples, seed%4 < 2)
		for i := range samples {
			if seed == 6 {
				g.Set(i, 0, 0)
			}
			if seed == 7 {
				x.Set(i, 0, 0)
			}
		}
		inner := mat.NewSymDense(n, nil)
		inner.SymOuterK(1./samples, x.T())
		for i := range n {
			inner.SetSym(i, i, inner.At(i, i)+.1)
		}
		judge := func(whole bool) *Verdict {
			v, err := evidenceOf(t, g, x, inner, whole).Judge(lie.GL(n), Rule{})
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		got, want := judge(false), judge(true)
		if got.Answer != want.Answer || got.Dim != want.Dim || got.Considered != want.Considered || len(got.Defects) != len(want.Defects) {
			t.Errorf("seed %d: %v, want %v", seed, got, want)
			continue
		}
		same := func(what string, got, want float64) {
			if math.Abs(got-want) > 1e-9*math.Abs(want)+1e-7 {
				t.Errorf("seed %d: %s is %g, want %g", seed, what, got, want)
			}
		}
		largest := want.Spectrum.largest
		for j, d := range want.Defects {
			e := got.Defects[j]
			same("ρ", e.Value, d.Value)
			same("its upper bound", e.Upper, d.Upper)
			same("fitted", e.Fitted, d.Fitted)
			same("η", e.Variation, d.Variation)
			same("η of a typical sample", e.typical, d.typical)
		}
		for j, d := range want.Spectrum.ByDefect {
			same("ρ of the spectrum", got.Spectrum.ByDefect[j].Defect, d.Defect)
			same("its s", got.Spectrum.ByDefect[j].Singular/largest, d.Singular/largest)
			same("ρ by s", got.Spectrum.BySingular[j].Defect, want.Spectrum.BySingular[j].Defect)
		}
		if _, factored := defects.NewMetric(sumOf(t, evidenceOf(t, g, x, inner, false)).sum.Metric).Factored(); factored != (n == 10 && seed != 7) {
			t.Errorf("seed %d: the metric of %d candidates is decomposed by factors: %v", seed, n*n, factored)
		}
	}
}

func sumOf(t *testing.T, e *Evidence) *Polarization {
	t.Helper()
	p, err := e.Polarization()
	if err != nil {
		t.Fatal(err)
	}
	return p
}
