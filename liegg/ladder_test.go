package liegg_test

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
)

// judged is the verdict on an exact function at a threshold, 0 for the default.
func judged(t *testing.T, e exact, threshold float64) *liegg.Verdict {
	t.Helper()
	samples := 4000
	if e.candidates.Dim() > 40 { // to save time
		samples = 1500
	}
	xs := e.sample(samples)
	evidence := expect.OK(liegg.Gather(e.candidates.Dim(), e.chunks(xs, liegg.QR, len(xs)/liegg.Blocks)))(t)
	return expect.OK(evidence.Judge(e.candidates, liegg.Rule{Threshold: threshold}))(t)
}

// For ‖x‖² + ε·x₁³ one rotation is exact, and the other two hold to .08 at ε = .1. so(2) and so(3) are
// both reported for any threshold.
func TestLadderOfBroken(t *testing.T) {
	for _, c := range []struct {
		ε, threshold float64
		answer       liegg.Answer
		dim          int
		headline     string
		line         string
	}{
		{.1, .03, liegg.Symmetric, 1, "1 generator, Lie algebra so(2), ", "\n  approximately 3 generators, so(3), ρ ≤ 0.09 (broken 9 % as strongly as unrelated directions); next 0.62"},
		{.1, .08, liegg.Symmetric, 1, "1 generator, Lie algebra so(2), ", "\n  approximately 3 generators, so(3), ρ ≤ 0.09, at the threshold; next 0.62"},
		{.1, .1, liegg.Symmetric, 3, "3 generators, Lie algebra so(3), ρ ≤ 0.09 (95 %); only 1 of them, so(2), holds exactly; the next", "\n  of these, 1 generator, so(2), "},
		{.01, 1e-6, liegg.Symmetric, 1, "1 generator, Lie algebra so(2), ", "\n  approximately 3 generators, so(3), ρ ≤ 0.0091 (broken 0.91 % as"},
	} {
		v := judged(t, broken(c.ε), c.threshold)
		if text := v.String(); v.Answer != c.answer || v.Dim != c.dim || !strings.HasPrefix(text, c.headline) || !strings.Contains(text, c.line) {
			t.Errorf("ε = %g, threshold %g: want %d generators, %q, got\n%v", c.ε, c.threshold, c.dim, c.line, v)
			continue
		}
		if len(v.Rungs) != 2 || v.Rungs[0].Dim != 1 || v.Rungs[1].Dim != 3 || v.Rungs[1].Name() != "so(3)" {
			t.Errorf("ε = %g, threshold %g: rungs %v", c.ε, c.threshold, v.Rungs)
		}
	}
}

// tilted is ‖x‖² + ε·(x₁³ + 2x₂³ + 3x₃³): so(3), and no rotation is exact.
func tilted(ε float64) exact {
	e := broken(ε)
	e.gradient = func(x []float64) [][]float64 {
		g := make([]float64, 3)
		for i, x := range x {
			g[i] = 2*x + 3*float64(i+1)*ε*x*x
		}
		return [][]float64{g}
	}
	e.truth = lie.SO(3)
	return e
}

// If the threshold cuts through the only rung, or is below it, the rung is the answer.
func TestApproximate(t *testing.T) {
	for _, c := range []struct {
		threshold float64
		headline  string
	}{
		{.055, "3 generators, Lie algebra so(3), ρ ≤ 0.1 (95 %), at the threshold 0.055; the next direction"},
		{.049, "approximately 3 generators, Lie algebra so(3), ρ ≤ 0.1 (95 %), broken 10 % as strongly as unrelated directions (the threshold 0.049 cuts through them); the next direction"},
		{.01, "approximately 3 generators, Lie algebra so(3), ρ ≤ 0.1 (95 %), broken 10 % as strongly as unrelated directions; the next direction"},
	} {
		v := judged(t, tilted(.03), c.threshold)
		if v.Answer != liegg.Approximate || v.Dim != 3 || len(v.Reasons) > 0 || !strings.HasPrefix(v.String(), c.headline) {
			t.Errorf("threshold %g: want %q, got\n%v", c.threshold, c.headline, v)
		}
		if θ := lie.LargestAngle(v.Algebra, lie.SO(3)); θ > 3*v.AngleError {
			t.Errorf("so(3) is %g away, by the verdict about %g", θ, v.AngleError)
		}
	}
}

// roughened is e with ε·Σ a_i x_i³ added to its first output.
func roughened(e exact, ε float64) exact {
	smooth := e.gradient
	e.gradient = func(x []float64) [][]float64 {
		g := smooth(x)
		for i, x := range x {
			g[0][i] += 3 * ε * math.Sin(float64(1+3*i)) * x * x
		}
		return g
	}
	return e
}

// threeForm is sin of the three-form of G₂ on three vectors of R⁷.
func threeForm() exact {
	terms := [][4]int{{0, 1, 2, 1}, {0, 3, 4, 1}, {0, 5, 6, 1}, {1, 3, 5, 1}, {1, 4, 6, -1}, {2, 3, 6, -1}, {2, 4, 5, -1}}
	orders := [][4]int{{0, 1, 2, 1}, {1, 2, 0, 1}, {2, 0, 1, 1}, {1, 0, 2, -1}, {0, 2, 1, -1}, {2, 1, 0, -1}}
	return exact{name: "g2", d: 7, c: 3, σ: .5, candidates: lie.GL(7), gradient: func(x []float64) [][]float64 {
		form, g := 0., make([]float64, len(x))
		for _, t := range terms {
			for _, o := range orders {
				sign := float64(t[3] * o[3])
				i, j, k := t[o[0]], 7+t[o[1]], 14+t[o[2]]
				form += sign * x[i] * x[j] * x[k]
				g[i] += sign * x[j] * x[k]
				g[j] += sign * x[i] * x[k]
				g[k] += sign * x[i] * x[j]
			}
		}
		return [][]float64{times(math.Cos(form), g)}
	}}
}

// A plateau that the threshold cuts through keeps its dimension and its name: so(1,3) and
// G₂ as networks have them.
func TestThresholdCutsAPlateau(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	minkowski := mat.DenseCopyOf(mat.NewDiagDense(4, []float64{1, -1, -1, -1}))
	for _, c := range []struct {
		name string
		e    exact
		dim  int
	}{{"so(1,3)", roughened(bilinear("so13", minkowski, .5, lie.SOpq(1, 3)), .05), 6}, {"g2", roughened(threeForm(), .01), 14}} {
		ρ := judged(t, c.e, .9).Defects
		v := judged(t, c.e, ρ[c.dim/2].Value)
		if v.Answer != liegg.Approximate || v.Dim != c.dim || v.Name() != c.name || v.Rungs[0].Standing != liegg.AtThreshold {
			t.Errorf("%s, ρ_%d = %v, ρ_%d = %v: got\n%v", c.name, c.dim, ρ[c.dim-1], c.dim+1, ρ[c.dim], v)
		}
	}
}

// A function without symmetry has no rung, for any threshold.
func TestNoRung(t *testing.T) {
	for _, threshold := range []float64{0, 1e-6, .15, .2} {
		v := judged(t, none(), threshold)
		if len(v.Rungs) > 0 || v.Answer == liegg.Symmetric || v.Answer == liegg.Approximate {
			t.Errorf("threshold %g: got\n%v", threshold, v)
		}
	}
}

// Networks with the same ladder agree, whichever rung their thresholds pick.
func TestAgreeOnARung(t *testing.T) {
	one, three, cut := judged(t, broken(.1), .03), judged(t, broken(.1), .1), judged(t, tilted(.03), .055)
	a := liegg.Agree(one, three, cut)
	if !a.Agree || a.Dim != 3 || math.Abs(a.Eigenvalues[2]-1) > .01 {
		t.Errorf("three ladders with so(3): %v", a)
	}
	if want := "3 networks agree on a rung of 3 generators: their answers have dimensions [1 3 3]"; !strings.HasPrefix(a.String(), want) {
		t.Errorf("%q, want %q", a, want)
	}
	if a := liegg.Agree(three, judged(t, none(), 0)); a.Agree || a.Dim != -1 {
		t.Errorf("so(3) and none: %v", a)
	}
	if a := liegg.Agree(judged(t, none(), 0), judged(t, none(), 0)); !a.Agree || a.Dim != 0 {
		t.Errorf("none and none: %v", a)
	}
}
