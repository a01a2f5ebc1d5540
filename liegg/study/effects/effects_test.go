package effects_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/study/effects"
	"github.com/liegg/lab/liegg/study/sweep"
)

// made has, for two widths, three numbers of samples and three seeds, a bias of
// scale(seed)·width⁻¹·samples^b(seed).
func made(b, scale []float64) (rows effects.Rows) {
	for _, width := range []int{10, 100} {
		for _, samples := range []int{1000, 3000, 30_000} {
			for seed := range b {
				bias := scale[seed] / float64(width) * math.Pow(float64(samples), b[seed])
				rows = append(rows, sweep.Row{Samples: samples, Width: width, Depth: 2, Seed: uint64(seed), Regime: fmt.Sprintf("%d wide", width), Bias: bias,
					Answer: []string{"symmetric", "none", "undetermined"}[seed], Dim: 3 - seed, Truth: 3,
					LayerNames: []string{"hidden", "output"}, LayerDefects: []float64{.5, bias}})
			}
		}
	}
	return rows
}

func near(t *testing.T, what string, got flow.Interval, value, lower, upper float64) {
	t.Helper()
	for i, pair := range [][2]float64{{got.Value, value}, {got.Lower, lower}, {got.Upper, upper}} {
		if !(math.Abs(pair[0]-pair[1]) <= 1e-6*math.Abs(pair[1])) {
			t.Errorf("%s, number %d: %v, want %v", what, i, pair[0], pair[1])
		}
	}
}

// t2 is the 97.5 % quantile of Student's t with two degrees of freedom.
const t2 = 4.30265273

func TestExponent(t *testing.T) {
	rows := made([]float64{-.2, -.4, -.6}, []float64{1, 2, 4})
	half := t2 * .2 / math.Sqrt(3)
	near(t, "samples", rows.Where(effects.Width, 10).Exponent(effects.Samples, effects.Bias), -.4, -.4-half, -.4+half)
	near(t, "width", rows.Where(effects.Samples, 3000).Exponent(effects.Width, effects.Bias), -1, -1, -1)
	if got := rows.Where(effects.Width, 10).Exponent(effects.Depth, effects.Bias); !math.IsNaN(got.Value) {
		t.Errorf("with one depth the exponent of depth is %v", got)
	}
}

func TestMeansAndRatios(t *testing.T) {
	rows := made([]float64{-.5, -.5, -.5}, []float64{1, 2, 4})
	const samples = 3000.
	factor := math.Exp(t2 * math.Ln2 / math.Sqrt(3))
	at, mean, lower, upper := rows.Where(effects.Width, 10).Means(effects.Samples, effects.Bias)
	want := 2 / 10. / math.Sqrt(samples)
	near(t, "mean", flow.Interval{Value: mean[1], Lower: lower[1], Upper: upper[1]}, want, want/factor, want*factor)
	if !slices.Equal(at, []float64{1000, 3000, 30_000}) {
		t.Errorf("means at %v", at)
	}
	wide, narrow := rows.Where(effects.Width, 100).Where(effects.Samples, 1000), rows.Where(effects.Width, 10).Where(effects.Samples, 1000)
	near(t, "ratio seed by seed", wide.Over(narrow, effects.Bias), .1, .1, .1)
	if got := wide.Over(narrow[:1], effects.Bias); got.Lower != 0 || !math.IsInf(got.Upper, 1) {
		t.Errorf("of one seed: %v", got)
	}
	expect.Panic(t, "seed 0 occurs twice", func() { rows.Over(narrow, effects.Bias) })
	names, columns, m := rows.Grid(effects.Width, effects.Samples, effects.Bias)
	if fmt.Sprint(names, columns) != "[10 100] [1000 3000 30000]" || math.Abs(m.At(0, 1)-want) > 1e-12 {
		t.Errorf("%v %v %v", names, columns, m)
	}
}

func TestLayerMeans(t *testing.T) {
	rows := made([]float64{-.5, -.5, -.5}, []float64{1, 2, 4}).Where(effects.Samples, 1000).In("10 wide")
	layers, mean, lower, upper := rows.LayerMeans()
	if !slices.Equal(layers, []string{"hidden", "output"}) {
		t.Error(layers)
	}
	near(t, "hidden", flow.Interval{Value: mean[0], Lower: lower[0], Upper: upper[0]}, .5, .5, .5)
	want := rows.Mean(effects.Bias)
	near(t, "output", flow.Interval{Value: mean[1], Lower: lower[1], Upper: upper[1]}, want.Value, want.Lower, want.Upper)
	rows[1].LayerNames = []string{"hidden"}
	expect.Panic(t, "the layers of the rows differ", func() { rows.LayerMeans() })
}

func TestSpearman(t *testing.T) {
	var rows effects.Rows
	for _, v := range [][2]float64{{1, 10}, {2, 40}, {3, 20}, {4, 30}, {5, 50}} { // ρ = 1 − 6Σd²/(n(n²−1)) = 1 − 6·6/120
		rows = append(rows, sweep.Row{Bias: v[0], Defect: v[1]})
	}
	if got := rows.Spearman(effects.Bias, effects.Defect); math.Abs(got-.7) > 1e-12 {
		t.Errorf("%v, want .7", got)
	}
}

func TestTables(t *testing.T) {
	rows := made([]float64{-.5, -.5, -.5}, []float64{1, 2, 4})
	for want, got := range map[string]string{
		"b in y ∝ samplesᵇ   bias\n10 wide, 2 deep     -0.50 (-0.50 to -0.50)\n100 wide, 2 deep    -0.50 (-0.50 to -0.50)\n": rows.Exponents(effects.Samples,
			[]effects.Measure{effects.Width, effects.Depth}, effects.Bias).String(),
		"wide over narrow   bias\n1000 samples       0.10 (0.10 to 0.10)\n3000 samples       0.10 (0.10 to 0.10)\n30000 samples      0.10 (0.10 to 0.10)\n": rows.Where(effects.Width, 100).
			Ratios(rows.Where(effects.Width, 10), []effects.Measure{effects.Samples}, effects.Bias).Titled("wide over narrow").String(),
		"divided by 10 wide   bias\n100 wide             0.10 (0.10 to 0.10)\n":                                                   rows.Where(effects.Samples, 1000).RegimesOver("10 wide", effects.Bias).String(),
		"18 networks   none   symmetric   undetermined\n10 wide       3      3           3\n100 wide      3      3           3\n": rows.Answers(effects.Width),
		"10 wide    generators [3 2 1?] of 3\n100 wide   generators [3 2 1?] of 3\n":                                              rows.Where(effects.Samples, 1000).Generators(),
		"means      depth\n10 wide    2.000 (2.000 to 2.000)\n100 wide   2.000 (2.000 to 2.000)\n":                                rows.Spread(effects.Depth),
	} {
		if got != want {
			t.Errorf("it prints\n%s\nwant\n%s", got, want)
		}
	}
}

// What notebooks 08 and 09 find, from the files that they read.
func TestFindings(t *testing.T) {
	read := func(name string) effects.Rows {
		rows, err := effects.Read("../../../notebooks/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	o5, digits := read("o5_sweep.csv"), read("digits_sweep.csv")
	at := func(r effects.Rows, samples, width, depth float64) effects.Rows {
		return r.Where(effects.Samples, samples).Where(effects.Width, width).Where(effects.Depth, depth)
	}
	few := at(o5, 1000, 32, 2)
	single := o5.Where(effects.Depth, 1)
	regimes, turned := read("o5_regimes.csv"), read("digits_regimes.csv")
	for _, c := range []struct{ what, want, got string }{
		{"more data", "-0.36 -0.45 -0.26", decimals(o5.Where(effects.Depth, 3).Where(effects.Width, 32).Exponent(effects.Samples, effects.Bias))},
		{"as many parameters, one layer more", "0.20 0.15 0.27", decimals(few.Over(at(o5, 1000, 128, 1), effects.Bias))},
		{"fit and bias of single layers", "0.84", fmt.Sprintf("%.2f", single.Spearman(effects.Loss, effects.Bias))},
		{"fit and variance of single layers", "0.27", fmt.Sprintf("%.2f", single.Spearman(effects.Loss, effects.Variance))},
		{"ρ of digits falls", "-0.13 -0.14 -0.11", decimals(digits.Where(effects.Width, 64).Where(effects.Depth, 4).Exponent(effects.Samples, effects.Defect))},
		{"accuracy and ρ of digits", "-0.81", fmt.Sprintf("%.2f", digits.Where(effects.Samples, 15_000).Spearman(effects.Wrong, effects.Defect))},
		{"augmented", "0.28 0.22 0.36", decimals(regimes.In("augmented").Over(regimes.In("scratch"), effects.Bias))},
		{"last layer over all", "0.87 0.80 0.94", decimals(regimes.In("more data, then last").Over(regimes.In("more data, then all"), effects.Defect))},
		{"fresh rotations", "0.50 0.48 0.53", decimals(turned.In("fresh rotations").Over(turned.In("scratch"), effects.Defect))},
		{"upright, then last", "14.43 9.28 22.45", decimals(turned.In("upright, then last").Mean(effects.Angle))},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.what, c.got, c.want)
		}
	}
	if got := strings.Count(regimes.Generators(), "[10 10 10 10 10] of 10"); got != 6 {
		t.Errorf("%d regimes with ten generators in each seed, want 6", got)
	}
}

func decimals(e flow.Interval) string {
	return fmt.Sprintf("%.2f %.2f %.2f", e.Value, e.Lower, e.Upper)
}
