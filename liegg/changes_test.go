package liegg

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// sure is a firm verdict of one generator with the given η, which moves samples by two extents of
// the data in one unit of time.
func sure(η float64) *Verdict {
	return &Verdict{
		Answer: Symmetric, Dim: 1, Spectrum: &Spectrum{K: 2, Samples: 1000}, h: mat.NewDense(2, 2, []float64{1, 0, 0, 1}),
		Defects:   []Estimate{{Value: .02, Variation: η}, {Value: .5}},
		variation: &Variation{Motion: mat.NewSymDense(2, []float64{4000, 0, 0, 0}), Outputs: 3},
	}
}

func TestExtents(t *testing.T) {
	h := mat.NewDense(2, 3, []float64{1, 4, 0, 0, 0, 1})
	if got := sure(0).Extents(h); math.Abs(got[0]-.5) > 1e-15 || math.Abs(got[1]-.125) > 1e-15 || !math.IsInf(got[2], 1) {
		t.Errorf("two extents in one unit of time, eight, and none take %v, want 1/2, 1/8 and ∞", got)
	}
	scaled := mat.DenseCopyOf(h)
	if want := mat.NewDense(2, 3, []float64{.5, .5, 0, 0, 0, 0}); !sure(0).ToOneExtent(scaled) || !mat.EqualApprox(scaled, want, 1e-15) {
		t.Errorf("scaled to one extent:\n%v, want\n%v", mat.Formatted(scaled), mat.Formatted(want))
	}
	v := sure(0)
	v.variation.Outputs = 0
	if got := v.Extents(h); got != nil {
		t.Errorf("outputs that do not vary have the extents %v", got)
	}
	if v.ToOneExtent(scaled) {
		t.Error("outputs that do not vary have an extent")
	}
}

// A change at samples that count alike leaves a firm answer only if it is certainly small, or what
// the sums say as well.
func TestChanges(t *testing.T) {
	alike := func(η float64) []float64 { return slices.Repeat([]float64{4 * η * η}, 500) }
	few := alike(0) // a twentieth of the samples, of which the mean is uncertain
	for i := range 25 {
		few[i] = 4 * .5
	}
	for name, c := range map[string]struct {
		sums    float64
		changes []float64
		want    Answer
	}{
		"small":                 {.01, alike(.15), Symmetric},
		"not certainly small":   {.01, alike(.18), Undetermined},
		"large":                 {.01, alike(.5), Undetermined},
		"as the sums say":       {.15, alike(.18), Symmetric},
		"small, of few samples": {.01, few, Undetermined}, // η = .14, and .17 two standard errors above
		"none":                  {.01, nil, Symmetric},
	} {
		v := sure(c.sums)
		if v.SetChanges([][]float64{c.changes}); v.Answer != c.want {
			t.Errorf("%s: %v, want %v: %v", name, v.Answer, c.want, v.Reasons)
		}
	}
}

// A finite step leaves a firm answer if outputs change by no more than gradients foretell, or as
// little as symmetries may.
func TestSteps(t *testing.T) {
	const n = 1024
	each := func(c float64) []float64 { return slices.Repeat([]float64{1 / (1/(c*c) - .5)}, n) }
	jumps := func(count int) []float64 {
		s := make([]float64, n)
		for i := range count {
			s[i] = 2
		}
		return s
	}
	for name, c := range map[string]struct {
		η    float64
		step Steps
		want Answer
	}{
		"nothing":                        {.01, Steps{Way: .1, All: each(1e-9)}, Symmetric},
		"what symmetries may, .063":      {.01, Steps{Way: .1, All: each(.06)}, Symmetric},
		"more":                           {.01, Steps{Way: .1, All: each(.07)}, Undetermined},
		"over one extent":                {.01, Steps{Way: 1, All: each(.19)}, Symmetric},
		"more over one extent":           {.01, Steps{Way: 1, All: each(.22)}, Undetermined},
		"foretold":                       {.5, Steps{Way: .1, All: each(.1)}, Symmetric},
		"twice what is foretold":         {.5, Steps{Way: .1, All: each(.13)}, Undetermined},
		"three samples jump":             {.01, Steps{Way: .1, All: jumps(3)}, Symmetric},
		"thirty samples jump":            {.01, Steps{Way: .1, All: jumps(30)}, Undetermined},
		"a function of the samples only": {1e-6, Steps{Way: .1, All: each(.02)}, Undetermined},
		"hardly noticeable":              {1e-6, Steps{Way: .1, All: each(.009)}, Symmetric},
		"few samples":                    {.01, Steps{Way: .1, All: each(.5)[:fewSteps-1]}, Symmetric},
		"few samples leave the domain":   {.01, Steps{Way: .1, All: each(1e-3), Lost: 60}, Symmetric},
		"many samples leave the domain":  {.01, Steps{Way: .1, All: each(1e-3), Lost: 600}, Undetermined},
		"all samples leave the domain":   {.01, Steps{Way: .1, Lost: n}, Undetermined},
		"infinitely far":                 {.01, Steps{Way: .1, All: slices.Repeat([]float64{math.Inf(1)}, n)}, Undetermined},
		"the second output":              {.01, Steps{Way: .1, All: each(.01), Each: [][]float64{each(.01), each(.1), nil}}, Undetermined},
		"the first output, as foretold":  {.01, Steps{Way: .1, All: each(.01), Each: [][]float64{each(.1), each(.01), nil}}, Symmetric},
	} {
		v := sure(c.η)
		v.Outputs = []Estimate{{Value: .1, Variation: .5}, {Value: .01, Variation: .01}, {Value: math.NaN()}}
		if v.SetSteps([]Steps{c.step}); v.Answer != c.want {
			t.Errorf("%s: %v, want %v: %v", name, v.Answer, c.want, v.Reasons)
		}
		if name == "the second output" && !strings.Contains(strings.Join(v.Reasons, ""), "output 2 changes by 0.100 of its spread, where they foretell 0.0010") {
			t.Errorf("output 2 is not named: %v", v.Reasons)
		}
	}
}
