package plotting_test

import (
	"fmt"
	"math"

	"github.com/liegg/lab/plotting"
	"gonum.org/v1/gonum/mat"
)

func ExampleDefects() {
	values := []plotting.Estimate{
		{Value: 0, Trivial: true},
		{Value: 0, Trivial: true},
		{Value: .0075, Lower: .006, Upper: .0091},
		{Value: .009, Lower: .0078, Upper: .0108},
		{Value: .012, Lower: .0094, Upper: .015},
	}
	for i := range 4 {
		v := 0.3 * math.Exp(0.12*float64(i))
		values = append(values, plotting.Estimate{Value: v, Lower: .93 * v, Upper: 1.08 * v})
	}
	values = append(values, plotting.Estimate{Value: .52})
	save(plotting.Defects(values, .05).Titled("3 generators, ρ ≤ .015 (95 %)"), "defects.png")
	// Output:
}

// brokenRotations is a verdict on a function that keeps one rotation and nearly two more.
// *liegg.Verdict has the same methods.
type brokenRotations struct{}

func (brokenRotations) Intervals() (values, lower, upper []float64) {
	return []float64{.0012, .074, .077, .63, .64, .7}, []float64{.0011, .073, .075, .61, .62, .67}, []float64{.0014, .076, .079, .65, .66, .73}
}

func (brokenRotations) Ladder() (sizes []int, bounds []float64, names []string) {
	return []int{1, 3}, []float64{.0014, .079}, []string{"so(2)", "so(3)"}
}

func (brokenRotations) Decision() (answer string, counted int, threshold float64) {
	return "1 generator, so(2)", 1, .058
}

func ExampleVerdict() {
	save(plotting.Verdict(brokenRotations{}), "verdict.png")
	// Output:
}

// so3 is [Jᵢ, Jⱼ] = εᵢⱼₖ Jₖ.
func so3(i, j, k int) float64 { return float64((i - j) * (j - k) * (k - i) / 2) }

func ExampleStructureConstants() {
	// The Lorentz algebra: [J,J] = J, [J,K] = K, [K,K] = −J.
	lorentz := func(i, j, k int) float64 {
		boosts := i/3 + j/3
		switch {
		case k/3 != boosts%2:
			return 0
		case boosts == 2:
			return -so3(i%3, j%3, k%3)
		}
		return so3(i%3, j%3, k%3)
	}
	names := []string{"J₁", "J₂", "J₃", "K₁", "K₂", "K₃"}
	save(plotting.StructureConstants(6, lorentz, names), "structure.png")
	// Output:
}

// so5 returns the basis of so(5) as pairs of axes, and its structure constants
// with some noise, as of an algebra that was learned.
func so5() (pairs [][2]int, c func(i, j, k int) float64) {
	for a := range 5 {
		for b := a + 1; b < 5; b++ {
			pairs = append(pairs, [2]int{a, b})
		}
	}
	generator := func(i int) *mat.Dense {
		m := mat.NewDense(5, 5, nil)
		m.Set(pairs[i][0], pairs[i][1], 1/math.Sqrt2)
		m.Set(pairs[i][1], pairs[i][0], -1/math.Sqrt2)
		return m
	}
	return pairs, func(i, j, k int) float64 {
		var ab, ba mat.Dense
		ab.Mul(generator(i), generator(j))
		ba.Mul(generator(j), generator(i))
		ab.Sub(&ab, &ba)
		ab.MulElem(&ab, generator(k))
		return mat.Sum(&ab) + 0.004*math.Sin(float64(37*i+11*j+5*k))
	}
}

func ExampleStructureConstants_formulas() {
	pairs, c := so5()
	var names []string
	for _, p := range pairs {
		a, b := '₁'+rune(p[0]), '₁'+rune(p[1])
		names = append(names, fmt.Sprintf("(x%[1]c∂%[2]c − x%[2]c∂%[1]c)/√2", a, b))
	}
	save(plotting.StructureConstants(10, c, names), "formulas.png")
	// Output:
}

func ExampleKillingForm() {
	// se(3) as learned: rotations first, then translations.
	form := mat.NewSymDense(6, nil)
	for i := range 6 {
		for j := i; j < 6; j++ {
			form.SetSym(i, j, 0.03*math.Sin(float64(7*i+13*j)))
		}
		if i < 3 {
			form.SetSym(i, i, -2+0.05*float64(i))
		}
	}
	names := []string{"J₁", "J₂", "J₃", "P₁", "P₂", "P₃"}
	save(plotting.KillingForm(form, 0.1, names), "killing.png")
	// Output:
}

// flowOf is a curve that grows from noise to level as t² does, with an interval.
func flowOf(name string, noise, rate, level, width, reach float64) (f plotting.FlowCurve) {
	f.Name = name
	for k := range 41 {
		t := reach * float64(k) / 40
		v := noise*(1-math.Exp(-9*t*t)) + level*(1-math.Exp(-rate*t*t))
		f.T, f.Value = append(f.T, t), append(f.Value, v)
		f.Lower, f.Upper = append(f.Lower, v/width), append(f.Upper, v*width)
	}
	return f
}

func ExampleFlows() {
	random := flowOf("", 0, 2, .8, 2, 2)
	rotation := flowOf("rotation, learned", 2e-3, .02, .01, 1.2, 2)
	shear := flowOf("shear", 0, .9, .35, 1.25, 2)
	shear.Cut = 1.1
	c := plotting.Flows(plotting.FlowAxes{Log: true, Random: &random}, rotation, shear)
	save(c, "flows.png")
	// Output:
}

func ExampleFlows_angle() {
	f := flowOf("rotation, learned", .002, .1, .01, 1.3, math.Pi)
	f.Cut = 2.6
	random := flowOf("", 0, .5, .06, 1.4, math.Pi)
	for i, t := range random.T { // of 8 random flows the last leaves the data at t = 2
		random.Count = append(random.Count, int(math.Ceil(max(0, min(8, 10-5*t)))))
		if random.Count[i] == 0 {
			random.Value[i], random.Lower[i], random.Upper[i] = math.NaN(), math.NaN(), math.NaN()
		}
	}
	c := plotting.Flows(plotting.FlowAxes{Angle: true, Random: &random}, f)
	save(c.Titled("a learned rotation of digits"), "flow.png")
	// Output:
}

func ExampleAngles() {
	c := plotting.Angles(
		plotting.Series{Name: "to so(3,1)", Y: []float64{.04, .06, .09, .11, .13, .14}},
		plotting.Series{Name: "to so(4)", Y: []float64{.05, .08, .1, 89.9, 89.9, 90}},
		plotting.Series{Name: "to sp(4,R)", Y: []float64{.1, 21, 38, 45, 63, 74}},
	)
	save(c.Titled("a learned algebra beside named ones"), "angles.png")
	// Output:
}

func ExampleLogAngles() {
	c := plotting.LogAngles(
		plotting.Series{Name: "paper's recipe", Y: []float64{.12, .2, .3, .35, .48, .5, .62, .7, .9, 1.1}},
		plotting.Series{Name: "better recipe", Y: []float64{.02, .03, .05, .06, .09, .11, .14, .16, .2, .24}},
		plotting.Series{Name: "exact function", Y: []float64{0, 0, 2e-6, 2e-6, 3e-6, 4e-6, 4e-6, 5e-6, 6e-6, 7e-6}},
	)
	save(c.Titled("principal angles to so(5)"), "logangles.png")
	// Output:
}

func ExampleScoreboard() {
	cases := []string{"so5", "so13", "sp4", "sl2", "se3", "conj-so3", "inertia", "broken ε = .1", "broken ε = .01", "none", "shuffled labels"}
	answers := []string{"so(5)", "so(1,3)", "sp(4,R)", "sl(2,R)", "se(3)", "so(3)", "5", "so(2)", "3, approx.", "none", "none"}
	columns := []string{"exact", "seed 1", "seed 2", "seed 3", "seed 4", "seed 5"}
	var scores [][]plotting.Score
	for i, answer := range answers {
		var row []plotting.Score
		for j := range columns {
			s := plotting.Score{Outcome: plotting.Right, Text: answer}
			switch {
			case i == 4 && j == 3, i == 6 && j > 3:
				s = plotting.Score{Outcome: plotting.Undetermined, Text: "gap 3.2"}
			case i == 5 && j == 2:
				s = plotting.Score{Outcome: plotting.Wrong, Text: "sl(2,R)"}
			case i == 10 && j == 0:
				s = plotting.Score{}
			}
			row = append(row, s)
		}
		scores = append(scores, row)
	}
	save(plotting.Scoreboard(cases, columns, scores).Titled("dimension and name"), "scoreboard.png")
	// Output:
}
