package flow

import (
	"math"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg"
)

// drawnCurve has points every .1 from .1 to the end, Δ of the given function and an
// interval of ±10 %.
func drawnCurve(end float64, δ func(t float64) float64) *Curve {
	c := &Curve{Effective: 1000}
	for i := 1; float64(i) <= end*10+.5; i++ {
		t := float64(i) / 10
		c.T = append(c.T, t)
		c.Delta = append(c.Delta, δ(t))
		c.Lower = append(c.Lower, .9*δ(t))
		c.Upper = append(c.Upper, 1.1*δ(t))
	}
	return c
}

// grown is a Δ that grows as rate·t² and saturates at most.
func grown(rate, most float64) func(t float64) float64 {
	return func(t float64) float64 { return most * (1 - math.Exp(-rate*t*t/most)) }
}

func TestFindings(t *testing.T) {
	fast := drawnCurve(.7, grown(2, 1))
	few := drawnCurve(3, grown(.01, .01))
	few.Effective = 12
	for _, c := range []struct {
		name          string
		along, beside []*Curve
		firm          bool
		want          Finding
		holds         float64
		says          string
	}{
		{"turned digits", []*Curve{drawnCurve(3.1, grown(.3, .04))}, []*Curve{fast, fast}, false, Confirmed, 3.1, ""},
		{"a plateau above the tolerance", []*Curve{drawnCurve(3.1, grown(.5, .1))}, []*Curve{drawnCurve(.9, grown(2, 1)), drawnCurve(1.2, grown(4, 2))}, false, Confirmed, 3.1, ""},
		{"a gap of four in Δ, and no more", []*Curve{drawnCurve(.7, grown(.5, 1))}, []*Curve{fast}, false, Refuted, 0, ""},
		{"upright digits", []*Curve{drawnCurve(3.1, grown(.8, 1))}, []*Curve{fast, fast}, false, Refuted, 0, "lost by t = 0.3"},
		{"one of the others as good", []*Curve{drawnCurve(3.1, grown(.3, .04))}, []*Curve{fast, drawnCurve(3.1, grown(.3, .04))}, false, Undecided, 3.1, "so they do along other flows"},
		{"a half turn comes back", []*Curve{drawnCurve(3.1, func(t float64) float64 { s := math.Sin(t); return .6 * s * s })}, []*Curve{fast}, false, Refuted, 0, ""},
		{"nothing varies", []*Curve{drawnCurve(3, grown(.001, .01))}, []*Curve{drawnCurve(3, grown(.001, .01))}, false, Undecided, 3, "but so they do"},
		{"others leave the data", []*Curve{drawnCurve(3, grown(.1, .03))}, []*Curve{drawnCurve(.2, grown(2, 1))}, false, Undecided, 3, "flows leave the data"},
		{"exact, others leave the data", []*Curve{drawnCurve(3, func(float64) float64 { return 1e-30 })}, []*Curve{drawnCurve(.2, grown(2, 1))}, false, Confirmed, 3, ""},
		{"firm by gradients, beside others that nearly hold", []*Curve{drawnCurve(3, func(float64) float64 { return 1e-30 })}, []*Curve{drawnCurve(3, grown(.01, .03))}, true, Confirmed, 3, ""},
		{"the same, not firm", []*Curve{drawnCurve(3, func(float64) float64 { return 1e-30 })}, []*Curve{drawnCurve(3, grown(.01, .03))}, false, Undecided, 3, ""},
		{"one of two in the span is lost", []*Curve{drawnCurve(3, grown(.01, .01)), fast}, []*Curve{fast}, false, Refuted, 0, "lost by"},
		{"slower than others, and lost", []*Curve{drawnCurve(6, grown(.03, 1))}, []*Curve{drawnCurve(3, grown(2, 1))}, false, Undecided, 2.2, "lost by t = 3.3"},
		{"the same, firm by gradients", []*Curve{drawnCurve(6, grown(.03, 1))}, []*Curve{drawnCurve(3, grown(2, 1))}, true, Confirmed, 2.2, ""},
		{"learned for a range", []*Curve{drawnCurve(3, func(t float64) float64 { return grown(.5, .04)(t) + max(0, t-1.5) })}, []*Curve{fast}, false, Confirmed, 1.5, ""},
		{"few samples vary", []*Curve{few}, []*Curve{fast}, false, Undecided, 3, "rests on about 12 samples"},
		{"nothing beside", []*Curve{drawnCurve(3, grown(.01, .01))}, nil, false, Undecided, 3, "no other flows"},
	} {
		r := Rung{Dim: len(c.along), Along: c.along, Beside: c.beside, firm: c.firm}
		r.find(.05)
		if r.Finding != c.want || c.holds != 0 && math.Abs(r.Holds-c.holds) > 1e-9 || !strings.Contains(r.Reason, c.says) || (r.Reason == "") != (c.want == Confirmed) {
			t.Errorf("%s: want %v up to %g, got %v up to %g (%q)", c.name, c.want, c.holds, r.Finding, r.Holds, r.Reason)
		}
	}
}

// Others that are lost no sooner than the span confirm nothing.
func TestLostByThen(t *testing.T) {
	c := drawnCurve(3, grown(.2, 1))
	if c.changedBy(1.2, .02, .05, .05) || !c.changedBy(3, .02, .05, .05) || !c.changedBy(1.2, .002, .05, .05) {
		t.Error("Δ = .2·t² comes to .25 at 1.2, and to 25 times .002 before")
	}
}

// Weights bound the contribution of a sample. If all contributions are similar, there are none.
func TestInfluence(t *testing.T) {
	d := defects{change: make([]float64, 1000), bound: make([]float64, 1000), motion: make([]float64, 1000)}
	for i := range d.bound {
		d.change[i], d.bound[i], d.motion[i] = .1, 1+float64(i%3), 1
	}
	d.weigh()
	if d.influence.Cut != 0 || d.influence.Effective != d.influence.Plain || len(d.doubts()) > 0 {
		t.Errorf("even samples: %+v, doubts %q", d.influence, d.doubts())
	}
	d.bound[7], d.change[7] = 1e12, 1e11
	d.weigh()
	if i := d.influence; i.Plain > 1.01 || i.Cut != 1 || i.Leading[0] != 7 || i.Share < .99 || i.Effective < 800 || d.bound[7] > 8.1 || math.Abs(d.change[7]-.1*d.bound[7]) > 1e-9 {
		t.Errorf("one sample dominates: %+v, its bound is %g and its change %g", i, d.bound[7], d.change[7])
	}
	few := defects{change: []float64{1, 1}, bound: []float64{2, 2}, motion: []float64{1, 1}}
	few.weigh()
	if reasons := few.doubts(); len(reasons) != 1 || !strings.Contains(reasons[0], "only 2 samples") {
		t.Errorf("two samples: %q", reasons)
	}
}

// What holds on few independent places is not confirmed, unless it is exact.
func TestFewPlacesConfirmNothing(t *testing.T) {
	for _, c := range []struct {
		δ    float64
		d    liegg.Dependence
		want Finding
	}{
		{.01, liegg.Dependence{}, Confirmed},
		{.01, liegg.Dependence{Places: 500}, Undecided}, // found, not given
		{.01, liegg.Grouped(make([]int, 40)), Undecided},
		{.01, liegg.GroupedEvenly(10_000, 10), Confirmed},
		{1e-30, liegg.Dependence{Places: 40}, Confirmed},
	} {
		r := Rung{Dim: 1, Finding: Confirmed, Delta: c.δ}
		if r.doubtDependence(c.d.Doubts()); r.Finding != c.want || (r.Reason == "") != (c.want == Confirmed) {
			t.Errorf("Δ = %g of %v: got %v (%q), want %v", c.δ, c.d, r.Finding, r.Reason, c.want)
		}
	}
}

// Gradients have a say: what changes along a rung as along unrelated directions is none.
func TestGradientsMustNotContradict(t *testing.T) {
	for ρ, want := range map[float64]Finding{0: Confirmed, .06: Confirmed, .07: Undecided} {
		r := Rung{Dim: 1, Finding: Confirmed, Defect: liegg.Estimate{Value: ρ}}
		if r.doubtGradients(.13); r.Finding != want || (r.Reason == "") != (want == Confirmed) {
			t.Errorf("ρ = %g of .13: got %v (%q), want %v", ρ, r.Finding, r.Reason, want)
		}
	}
}

// What gradients do not suggest is not called refuted; its flows say more where there are any.
func TestWhatIsSaidWithoutConfirmation(t *testing.T) {
	refuted := []Rung{{Dim: 1, Finding: Refuted, Reason: "answers are lost"}}
	for _, c := range []struct {
		v     liegg.Verdict
		rungs []Rung
		want  string
	}{
		{liegg.Verdict{Answer: liegg.None, Considered: 4}, refuted, "gradients suggest no generators"},
		{liegg.Verdict{Answer: liegg.None, Considered: 4}, []Rung{{Dim: 1, Reason: "inputs are too few"}}, "undecided: gradients suggest no generators"},
		{liegg.Verdict{Answer: liegg.Symmetric, Dim: 1, Considered: 4}, refuted, "refuted: finite flows confirm no generators"},
		{liegg.Verdict{Answer: liegg.Undetermined, Considered: 4, Rungs: make([]liegg.Rung, 1)}, refuted, "refuted: finite flows confirm no generators"},
		{liegg.Verdict{Answer: liegg.Symmetric, Dim: 4, Considered: 4}, nil, "all candidates are symmetries"},
		{liegg.Verdict{Answer: liegg.None, Considered: 1}, nil, "only one candidate is not trivial"},
		{liegg.Verdict{Answer: liegg.None}, nil, "all candidates are trivial"},
	} {
		j := &Judgement{Verdict: &c.v, Rungs: c.rungs}
		first, _, _ := strings.Cut(j.finite(), "\n")
		if !strings.Contains(first, c.want) || strings.HasPrefix(first, "refuted") != strings.HasPrefix(c.want, "refuted") {
			t.Errorf("%v, %d of %d, %d followed: got %q, want %q", c.v.Answer, c.v.Dim, c.v.Considered, len(c.rungs), first, c.want)
		}
	}
}
