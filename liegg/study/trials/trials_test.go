package trials

import (
	"errors"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
)

// Some trials of each kind, which hold.
func TestQuickTrials(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, only := range []string{
		"^singular/(coulomb-2d-2|gravity-2d-3|lennard-jones-2d-3|lennard-jones-3d-3)-linear/exact/5000/0$", "^singular/(gravity-2d-3|log-3d-3)-affine/exact/5000/3$",
		"^masses/(mass-2-apart|logmass-2-apart|mass-3-boosted)/exact/5000/1$", "^cones/.*/exact/5000/0$",
		"^tails/(so5-t1.5|sl2-t2|none-t1.5|broken.*-t2)/exact/10000/0$", "^outliers/(sp4|conj-so3|none)-1e.06/exact/10000/0$",
		"^cases/(so13|none|inertia|broken.*)/exact/4000/0$", "^poles/(1/xy|1/det2|log-det3|ratio|broken-coulomb)/exact/5000/4$",
		"^steep/(step-none|cliff-none|oscillating|nearly-constant)/exact/10000/0$", "^places/(annulus|shell-pair|corner)/exact/10000/0$",
		"^dependent/sphere-clusters/exact/10000/0$", "^laws/(henon-heiles-[23]|double-pendulum)/exact/1000/1$", "^grouped/sphere-walks/exact/10000/0$", "^random/10-.*-swish-1/trained/4000/0$",
	} {
		for _, trial := range trialsCalled(t, only) {
			if r := trial.Run(); r.Outcome != Right {
				t.Errorf("%s: %s\n%s", trial.Name(), r.Outcome, r.Text)
			}
		}
	}
}

// If samples depend on each other, the verdict says so.
func TestDependentTrials(t *testing.T) {
	for _, trial := range trialsCalled(t, "^dependent/(broken|none)-(clusters|clusters-shuffled|walk|orbits)/exact/10000/3$") {
		if r := trial.Run(); r.Outcome != Open || !r.Named {
			t.Errorf("%s: %s\n%s", trial.Name(), r.Outcome, r.Text)
		}
	}
}

func trialsCalled(t *testing.T, only string) []Trial {
	t.Helper()
	trials := Plan{Only: regexp.MustCompile(only)}.Trials(Rows())
	if len(trials) == 0 {
		t.Errorf("no trials are called %s", only)
	}
	return trials
}

// A network is trained and judged, and its fit is measured.
func TestTrainedTrial(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	p := caseOn(groundtruth.SL2(), "", nil)
	p.Steps, p.Clip = 100, .02
	trial := Trial{Row: &Row{Name: "some"}, Case: p.Name, Kind: Trained, Samples: 2000, run: p.trained}
	if r := trial.Run(); r.Outcome == Failed || r.Outcome == False || !strings.Contains(r.Text, "unexplained") {
		t.Errorf("%s: %s\n%s", trial.Name(), r.Outcome, r.Text)
	}
}

// The outcome of a verdict if so(3) is true, and if so(2) is true and so(3) nearly holds.
func TestOutcomes(t *testing.T) {
	so3, so2 := lie.SO(3), about(3, 1, 2)
	whole := Problem{Name: "whole", Size: 3, Draw: normal(3), Truth: []lie.Algebra{so3}}
	nothing := Problem{Name: "nothing", Size: 3, Draw: normal(3), Truth: []lie.Algebra{lie.Trivial(3)}}
	said := func(a liegg.Answer, algebra lie.Algebra) *liegg.Verdict {
		return &liegg.Verdict{Answer: a, Dim: algebra.Dim(), Algebra: algebra, Spectrum: &liegg.Spectrum{}}
	}
	for _, c := range []struct {
		p    Problem
		kind Kind
		v    *liegg.Verdict
		want Outcome
	}{
		{whole, Exact, said(liegg.Symmetric, so3), Right},
		{whole, Exact, said(liegg.Symmetric, so2), False},
		{whole, Trained, said(liegg.Symmetric, so2), Missed},
		{whole, Trained, said(liegg.Symmetric, lie.Scaling(3)), False},
		{whole, Exact, said(liegg.Symmetric, lie.SL(3)), False},
		{whole, Exact, said(liegg.None, lie.Trivial(3)), False},
		{whole, Trained, said(liegg.None, lie.Trivial(3)), Missed},
		{whole, Exact, said(liegg.Undetermined, so2), Open},
		{nothing, Exact, said(liegg.None, lie.Trivial(3)), Right},
		{nothing, Trained, said(liegg.Symmetric, so2), False},
		{whole, Exact, said(liegg.Approximate, so3), Near},
		{whole, Trained, said(liegg.Approximate, so2), Near},
		{whole, Exact, said(liegg.Approximate, lie.Scaling(3)), Rung},
		{nothing, Trained, said(liegg.Approximate, so2), Rung},
		{nearlySO3(nothing, false), Exact, said(liegg.Approximate, so3), Near},
		{nearlySO3(nothing, false), Exact, said(liegg.Symmetric, so3), False},
		{undecided(nothing), Exact, said(liegg.None, lie.Trivial(3)), False},
	} {
		var r Result
		if c.p.compare(&r, c.v, c.kind); r.Outcome != c.want {
			t.Errorf("%s, %s, %s of %d: %s, want %s", c.p.Name, c.kind, c.v.Answer, c.v.Dim, r.Outcome, c.want)
		}
	}
}

func TestTallies(t *testing.T) {
	row := &Row{Name: "some", Reason: regexp.MustCompile("few")}
	results := []Result{
		{Outcome: Right, Seconds: 1}, {Outcome: False},
		{Outcome: Open, Named: true, Reasons: []string{"the gap is 2.0", "too few"}}, {Outcome: Open, Reasons: []string{"the gap is 3.1"}},
		{Outcome: Failed, Text: "broke"},
	}
	for i := range results {
		results[i].Trial = Trial{Row: row, Case: "a", Kind: Exact, Samples: 10, Seed: uint64(i)}
	}
	table := Table(Tallies(results, true))
	if want := "| some/a/exact/10 | 5 | 1 | 0 | **1** | 0 | 0 | 0 | 2 | 1 | 1 | 0.2 | 2× the gap is 2.0 |"; !strings.Contains(table, want) {
		t.Errorf("got\n%s\nwant %s", table, want)
	}
}

// An error of a trial is its outcome, and its reason is looked for.
func TestRun(t *testing.T) {
	row := &Row{Name: "some", Reason: regexp.MustCompile("few")}
	failing := Trial{Row: row, run: func(Trial) (Result, error) { return Result{}, errors.New("no way") }}
	if r := failing.Run(); r.Outcome != Failed || r.Text != "no way" {
		t.Errorf("%+v", r)
	}
	open := Trial{Row: row, run: func(Trial) (Result, error) { return Result{Outcome: Open, Reasons: []string{"too few"}}, nil }}
	if r := open.Run(); !r.Named {
		t.Errorf("%+v", r)
	}
}

func TestPlan(t *testing.T) {
	_, err := ParseKinds("exact,guessed")
	expect.Error(t, err, "guessed", "trained")
	plan := Plan{Only: regexp.MustCompile("^singular/coulomb-2d-2-linear/"), Kinds: []Kind{Exact}, Samples: []int{7}, Draws: 3, First: 5}
	trials := plan.Trials(Rows())
	if len(trials) != 3 || trials[2].Name() != "singular/coulomb-2d-2-linear/exact/7/7" {
		t.Errorf("%d trials, %v", len(trials), trials)
	}
	names := map[string]bool{}
	for _, trial := range (Plan{Draws: 1, Networks: 1}).Trials(Rows()) {
		if names[trial.Name()] {
			t.Errorf("%s is there twice", trial.Name())
		}
		names[trial.Name()] = true
	}
}

// Draws are as many numbers as asked for, all finite, and the same for a seed.
func TestDraws(t *testing.T) {
	for _, row := range Rows() {
		if row.Problems == nil {
			continue
		}
		for _, p := range row.Problems() {
			if p.Size == 0 { // digits
				continue
			}
			n := 60
			x := p.Draw(newRandom(1, 1), n)
			if len(x) != n*p.Input[0] {
				t.Errorf("%s/%s: %d numbers for %d samples of %d", row.Name, p.Name, len(x), n, p.Input[0])
			}
			again := p.Draw(newRandom(1, 1), n)
			for i, v := range x {
				if v-v != 0 || v != again[i] {
					t.Errorf("%s/%s: number %d is %g, then %g", row.Name, p.Name, i, v, again[i])
					break
				}
			}
		}
	}
}

// Rungs other than the answer count unless similar ones are known.
func TestOtherRungs(t *testing.T) {
	p := Problem{Size: 3, Draw: normal(3), Truth: []lie.Algebra{about(3, 1, 2)}, Near: []lie.Algebra{lie.SO(3)}}
	v := &liegg.Verdict{Answer: liegg.Symmetric, Dim: 1, Algebra: p.Truth[0], Spectrum: &liegg.Spectrum{}, Rungs: []liegg.Rung{{Dim: 1}, {Dim: 3}, {Dim: 4}}}
	var r Result
	if p.compare(&r, v, Exact); r.Outcome != Right || r.Rungs != 1 {
		t.Errorf("%s, %d other rungs, want 1", r.Outcome, r.Rungs)
	}
}

// Whether generators agree does not depend on the units of coordinates.
func TestOffInUnits(t *testing.T) {
	p := Problem{Size: 2, Draw: each(2, func(rng *rand.Rand, x []float64) { x[0], x[1] = uniform(rng, 5, 10), uniform(rng, .05, .2) })}
	truth := lie.Span("", diagonal(1, -1))
	found := mat.NewDense(2, 2, []float64{1, 1, 0, -1})
	v := &liegg.Verdict{Dim: 1, Algebra: lie.Span("", found)}
	if off := p.off(v, truth); off > 2 {
		t.Errorf("x₁ moves by a tenth of x₂, which is 1/60 of it: %g°", off)
	}
	v.Algebra = lie.Span("", mat.NewDense(2, 2, []float64{1, 0, .05, -1}))
	if off := p.off(v, truth); off < 40 {
		t.Errorf("x₂ moves by more than itself: %g°", off)
	}
}

// Broken cases may be called so(3) if they nearly are.
func TestNearly(t *testing.T) {
	p := nearlySO3(caseOn(groundtruth.Broken(.01), "", nil), true)
	if len(p.Truth) != 2 || p.Truth[0].Dim() != 1 || len(p.Near) != 1 {
		t.Errorf("%+v", p)
	}
}
