package liegg

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func estimate(ρ, lower, upper float64) Estimate {
	return Estimate{Value: ρ, Interval: Interval{lower, upper}}
}

// A part breaks generators if it is certainly above the threshold, or stands out from all others. A wide
// interval accuses no part.
func TestWhichPartBreaks(t *testing.T) {
	nan := math.NaN()
	small := estimate(.001, .0008, .0012)
	varying := estimate(.02, .019, .021)
	varying.Variation = 1.4
	unsure := estimate(.02, .002, .05)
	unsure.Variation = 1.4
	for name, c := range map[string]struct {
		each []Estimate
		want []int
	}{
		"above the threshold":         {[]Estimate{small, estimate(.2, .15, .3), small}, []int{1}},
		"most of them":                {[]Estimate{estimate(.2, .15, .3), estimate(.3, .2, .4), small}, []int{1, 0}},
		"stands out":                  {[]Estimate{small, small, estimate(.05, .045, .055), small}, []int{2}},
		"two stand out of five":       {[]Estimate{small, estimate(.05, .045, .055), small, estimate(.04, .035, .05), small}, []int{1, 3}},
		"far below the threshold":     {[]Estimate{small, small, estimate(.02, .019, .021), small}, nil},
		"no wide gap":                 {[]Estimate{estimate(.012, .01, .014), small, estimate(.05, .045, .055), small}, nil},
		"a wide interval":             {[]Estimate{small, small, estimate(.05, .005, .4), small}, nil},
		"unknown":                     {[]Estimate{small, estimate(nan, nan, nan), small, estimate(.9, nan, nan)}, nil},
		"an exact one beside another": {[]Estimate{estimate(0, 0, 0), estimate(.05, .045, .055)}, nil},
		"varies by its own spread":    {[]Estimate{estimate(.2, .15, .3), small, varying}, []int{0, 2}},
		"may vary":                    {[]Estimate{small, unsure}, nil},
		"none":                        {nil, nil},
	} {
		if got := breaking(c.each, .058, 5, 1e-13); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// partial is evidence of two candidates of which the second one has the defect ρ, in a
// basis that is turned by 45° if so.
func partial(ρ float64, turned bool) *Evidence {
	random := rand.New(rand.NewPCG(1, 0))
	e := NewEvidence(2)
	for range 64 {
		rows := mat.NewDense(20, 2, nil)
		for i := range 20 {
			v := ρ * random.NormFloat64()
			if rows.Set(i, 1, v); turned {
				rows.SetRow(i, []float64{v / math.Sqrt2, v / math.Sqrt2})
			}
		}
		if err := e.Add(Chunk{Samples: 20, Outputs: 1, Rows: rows, Metric: mat.NewSymDense(2, []float64{20, 0, 0, 20})}); err != nil {
			panic(err)
		}
	}
	return e
}

// The worst direction is found anywhere in the span, and a span without it is exact.
func TestWorstDirection(t *testing.T) {
	both := mat.NewDense(2, 2, []float64{1, 0, 0, 1})
	for _, turned := range []bool{false, true} {
		d := worst(partial(.1, turned).within(both), Rule{}.withDefaults())
		if !(d.Lower < .1 && .1 < d.Upper && d.Upper < 1.2*d.Lower) {
			t.Errorf("turned %v: ρ = %+v, want .1", turned, d)
		}
	}
	if d := worst(partial(.1, false).within(mat.NewDense(2, 1, []float64{1, 0})), Rule{}.withDefaults()); d.Value != 0 {
		t.Errorf("along the first candidate ρ = %v, want 0", d.Value)
	}
	if d := worst(NewEvidence(2).within(both), Rule{}.withDefaults()); !math.IsNaN(d.Value) || !math.IsNaN(d.Upper) {
		t.Errorf("without samples: %+v", d)
	}
}

// η of the direction along which a part varies most is √(Σ‖C h‖²/(V·hᵀMh)). Here the
// numerator is about 64·20·.1² = 12.8, and the denominator .04·320 = 12.8.
func TestWorstVariation(t *testing.T) {
	both := mat.NewDense(2, 2, []float64{1, 0, 0, 1})
	for _, turned := range []bool{false, true} {
		e := partial(.1, turned)
		if d := worst(e.within(both), Rule{}.withDefaults()); d.Variation != 0 {
			t.Errorf("η = %v although the variation is not known", d.Variation)
		}
		e.variation = &Variation{Motion: mat.NewSymDense(2, []float64{320, 0, 0, 320}), Outputs: .04}
		if d := worst(e.within(both), Rule{}.withDefaults()); math.Abs(d.Variation-1) > .05 {
			t.Errorf("turned %v: η = %v, want 1", turned, d.Variation)
		}
	}
}

// Of a hundred parts that lie just below the threshold by themselves, none is accused.
func TestManyPartsAreAllowedFor(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	parts := make([]*Evidence, 100)
	for i := range parts {
		parts[i] = partial(.1, i%2 == 0)
	}
	both := mat.NewDense(2, 2, []float64{1, 0, 0, 1})
	each := WorstOfEach(parts, both, Rule{}, .098)
	alone := worst(parts[0].within(both), Rule{}.withDefaults())
	if e := each[0]; !(e.Lower < alone.Lower && alone.Upper < e.Upper) || len(breaking(each, .098, 5, 0)) > 0 {
		t.Errorf("one of 100 has %+v, by itself %+v", e, alone)
	}
}

// A table of many parts lists the worst, and sums up the rest.
func TestBreakdownIsReadable(t *testing.T) {
	v := &Verdict{Rule: Rule{}.withDefaults(), Answer: Symmetric, Dim: 3, Defects: make([]Estimate, 4), Threshold: .058, Spectrum: &Spectrum{}}
	b := &Breakdown{Of: "output", All: v, Dim: 3, Broken: []int{36}}
	for i := range 100 {
		p := Part{Name: string(rune('A' + i%26)), Samples: 1000, Defect: estimate(.001, .0008, .0012), Reason: "not judged"}
		if i == 36 {
			p.Name, p.Defect = "37", estimate(.05, .047, .053)
		}
		b.Parts = append(b.Parts, p)
	}
	text := b.String()
	for _, words := range []string{"output 37 breaks the symmetry: ρ = 0.050 (0.047–0.053), of the other 99 ρ ≤ 0.0012", "… 80 more, with ρ ≤ 0.0012; alone: 80 undetermined"} {
		if !strings.Contains(text, words) {
			t.Errorf("%q is not said:\n%s", words, text)
		}
	}
	if got, want := b.Parts[36].String(), "37: ρ = 0.050 (0.047–0.053); alone undetermined: not judged"; got != want {
		t.Errorf("a part reads %q, want %q", got, want)
	}
	if lines := strings.Count(text, "\n"); lines > 26 {
		t.Errorf("%d lines:\n%s", lines, text)
	}
}
