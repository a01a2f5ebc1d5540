// Package trials tests verdicts on the kinds of data that physicists bring, with the truth
// known: singular potentials, boosted particles, heavy tails, samples that depend on each
// other, distant outliers, controls without symmetry, and more.
//
// Each row of the campaign holds problems of one kind. A problem is a function, a way to draw
// its inputs and the algebras that its verdict may name. A trial is one verdict on one draw.
// It counts as right, undetermined, or as a firm answer that is false.
package trials

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Kind says which form of a problem is judged.
type Kind string

// The kinds of trial.
const (
	Exact   Kind = "exact"   // the function itself, in float64
	Trained Kind = "trained" // a network trained on its values, in float32
)

// ParseKinds reads kinds with commas between them.
func ParseKinds(text string) (kinds []Kind, err error) {
	all := []Kind{Exact, Trained}
	for name := range strings.SplitSeq(text, ",") {
		if !slices.Contains(all, Kind(name)) {
			return nil, fmt.Errorf("trials: no kind %q; there are %q", name, all)
		}
		kinds = append(kinds, Kind(name))
	}
	return kinds, nil
}

// Row is one line of the campaign: problems of one kind.
type Row struct {
	Name  string
	About string
	// Problems are judged as exact functions, unless Unexact, and as trained networks, unless
	// Untrained.
	Problems           func() []Problem
	Unexact, Untrained bool
	// Samples, Draws and Networks are used if a Plan leaves them open: the numbers of samples
	// to judge, the number of draws of an exact function, and the number of seeds of a
	// trained one.
	Samples         []int
	Draws, Networks int
	// Reason should match the reason of an undetermined answer; nil matches anything.
	Reason *regexp.Regexp

	measures func(p Plan) []Trial // instead of problems
}

// Plan says which trials of a row are run. Zero fields leave the choice to the row.
type Plan struct {
	Only            *regexp.Regexp // matches the names of trials; nil for all
	Kinds           []Kind
	Samples         []int
	Draws, Networks int
	First           uint64 // the first seed
}

// Trial is one measurement with a known outcome.
type Trial struct {
	Row     *Row
	Case    string
	Kind    Kind
	Samples int
	Seed    uint64

	run func(Trial) (Result, error)
}

// Name returns row/case/kind/samples/seed, which Plan.Only matches.
func (t Trial) Name() string {
	return fmt.Sprintf("%s/%s/%s/%d/%d", t.Row.Name, t.Case, t.Kind, t.Samples, t.Seed)
}

// Group returns the name without the seed and, unless byCase, without the case.
func (t Trial) Group(byCase bool) string {
	if byCase {
		return fmt.Sprintf("%s/%s/%s/%d", t.Row.Name, t.Case, t.Kind, t.Samples)
	}
	return fmt.Sprintf("%s, %s, N = %d", t.Row.Name, t.Kind, t.Samples)
}

// Trials returns the trials of the rows that a plan asks for.
func (p Plan) Trials(rows []*Row) (trials []Trial) {
	for _, r := range rows {
		all := r.measures
		if all == nil {
			all = r.judged
		}
		for _, t := range all(p) {
			if p.wants(t) {
				trials = append(trials, t)
			}
		}
	}
	return trials
}

func (p Plan) wants(t Trial) bool {
	return (p.Only == nil || p.Only.MatchString(t.Name())) && (len(p.Kinds) == 0 || slices.Contains(p.Kinds, t.Kind))
}

// judged returns trials that judge the row's problems.
func (r *Row) judged(p Plan) (trials []Trial) {
	samples := p.Samples
	if len(samples) == 0 {
		samples = r.Samples
	}
	for _, problem := range r.Problems() {
		for _, n := range samples {
			if !r.Unexact {
				trials = append(trials, r.draws(p, cmp.Or(p.Draws, r.Draws), Trial{Case: problem.Name, Kind: problem.kind(), Samples: n, run: problem.drawn})...)
			}
		}
		if !r.Untrained {
			trials = append(trials, r.draws(p, cmp.Or(p.Networks, r.Networks), Trial{Case: problem.Name, Kind: Trained, Samples: trainedSamples, run: problem.trained})...)
		}
	}
	return trials
}

// draws repeats a trial with the given number of seeds.
func (r *Row) draws(p Plan, count int, t Trial) (trials []Trial) {
	t.Row = r
	for s := range uint64(count) {
		t.Seed = p.First + s
		trials = append(trials, t)
	}
	return trials
}

// Run runs the trial.
func (t Trial) Run() Result {
	r, err := t.run(t)
	r.Trial = t
	if err != nil {
		r.Outcome, r.Text = Failed, err.Error()
	}
	r.Named = t.Row.Reason != nil && r.Outcome == Open && t.Row.Reason.MatchString(strings.Join(r.Reasons, "\n"))
	return r
}
