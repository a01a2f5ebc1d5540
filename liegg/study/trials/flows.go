package trials

import (
	"cmp"
	"fmt"
	"time"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// flows asks flow.Test about a generator that is a symmetry, and about one that is not.
func flows(r *Row) func(p Plan) []Trial {
	return func(p Plan) (trials []Trial) {
		for _, problem := range append(cones(), singular()...) {
			if _, vectors := problem.Action.(action.Vectors); !vectors || problem.Truth[0].Homogeneous() {
				continue
			}
			for _, h := range []struct {
				name     string
				of       *mat.Dense
				symmetry bool
			}{{"symmetry", problem.Truth[0].Basis()[0], true}, {"scaling", lie.Scaling(problem.Size).Basis()[0], false}} {
				run := func(t Trial) (Result, error) { return problem.flow(t, h.of, h.symmetry) }
				for _, n := range cmpSamples(p.Samples, r.Samples) {
					trials = append(trials, r.draws(p, cmp.Or(p.Draws, r.Draws), Trial{Case: problem.Name + "-" + h.name, Kind: Exact, Samples: n, run: run})...)
				}
			}
		}
		return trials
	}
}

// flow compares the test of a generator with the truth.
func (p Problem) flow(t Trial, h *mat.Dense, symmetry bool) (Result, error) {
	x := p.inputs(t.Seed, streamJudge, t.Samples)
	begun := time.Now()
	test, err := flow.Test(network.Exact(p.F), p.Action, flow.Hypothesis{Name: t.Case, H: h}, network.Tensor(x), flow.Settings{Quiet: true, Seed: t.Seed})
	if err != nil {
		return Result{}, err
	}
	r := Result{Text: test.String(), Seconds: time.Since(begun).Seconds(), Outcome: False}
	switch {
	case test.Verdict == flow.Undetermined:
		r.Outcome, r.Reasons = Open, []string{fmt.Sprintf("ρ = %v", test.Defect)}
	case (test.Verdict == flow.Invariant) == symmetry:
		r.Outcome = Right
	}
	return r, nil
}
