package liegg

import (
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
)

// chunkOf holds the rows of f(x) = ‖x‖²/2 in Rⁿ: gradients x, velocities A·x.
func chunkOf(random *rand.Rand, n, samples int) Chunk {
	metric := mat.NewSymDense(n*n, nil)
	c := Chunk{Samples: samples, Outputs: 1, Rows: mat.NewDense(samples, n*n, nil), Metric: metric,
		Moments: &Moments{Coordinates: n, Unpaired: 1, UnpairedMetric: float64(n), Gradients: mat.NewSymDense(n, nil), Data: mat.NewSymDense(n, nil)}}
	for i := range samples {
		x := mat.NewVecDense(n, nil)
		for j := range n {
			x.SetVec(j, random.NormFloat64())
		}
		energy := mat.Dot(x, x)
		for a := range n {
			for b := range n {
				c.Rows.Set(i, a*n+b, x.AtVec(a)*x.AtVec(b))
				for d := b; d < n; d++ {
					metric.SetSym(a*n+b, a*n+d, metric.At(a*n+b, a*n+d)+energy*x.AtVec(b)*x.AtVec(d))
				}
			}
		}
		c.Moments.Gradients.SymRankOne(c.Moments.Gradients, 1, x)
		c.Moments.Data.SymRankOne(c.Moments.Data, 1, x)
	}
	return c
}

func TestWhatUsersHoldPrints(t *testing.T) {
	const n = 3
	random := rand.New(rand.NewPCG(1, 0))
	e := NewEvidence(n * n)
	for range Blocks {
		if err := e.Add(chunkOf(random, n, 16)); err != nil {
			t.Fatal(err)
		}
	}
	p := expect.OK(e.Polarization())(t)
	v := expect.OK(e.Judge(lie.GL(n), Rule{}))(t)
	spectrum := expect.OK(p.Spectrum(lie.GL(n)))(t)
	chunk := chunkOf(random, n, 16)
	products := Products{Samples: 100, Outputs: 1, Gram: make([]float64, 9), Times: func(*mat.Dense) (a, b *mat.Dense, err error) { return }}
	var influence Influence
	influence.Count(0, 1, 1)
	influence.Count(1, 1e6, 4e-6)
	parts := BreakDown("output", v, lie.GL(n), Rule{}, []string{"1", "2"}, []*Evidence{e, e})
	expect.Printed(t, []any{
		parts, parts.Parts[0],
		&influence, Steps{Way: .1, All: []float64{0}}, &Variation{Motion: mat.NewSymDense(9, nil), Outputs: 1.2}, v.Dependence, Grouped([]int{3, 4}),
		Agree(v, v), v.Answer, chunk, v.Defects[0], v.Defects[0].Interval, e, spectrum.BySingular[0], spectrum.ByDefect, spectrum.Method,
		*chunk.Moments, &NotFiniteError{Sample: 3, What: "input"}, p, products, v.Rule, Rule{}, OutputScales{[]float64{1, 2}, []int{3}}, spectrum, v.Subspace, v, v.Rungs[0], v.Rungs[0].Standing,
		NewPolarization(4), NewEvidence(4), Chunk{}, Generator{},
	})
	for got, want := range map[string]string{
		(Interval{.0081, .0123}).String():                         "0.0081…0.012",
		(Estimate{Value: .01, Interval: Interval{0, 1}}).String(): "ρ = 0.010 (≈0…1.0)",
		(Rule{Seed: 3}).String():                                  "Threshold 0.1, Gap 5, Confidence 0.95, Resamples 1000, Seed 3",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if text := spectrum.BySingular[0].String(); strings.Count(text, "\n") != n || !strings.Contains(text, "s²/N") {
		t.Errorf("a generator prints\n%s", text)
	}
}
