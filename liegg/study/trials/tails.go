package trials

import (
	"fmt"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/study/score"
)

// caseOn returns a case of groundtruth with inputs drawn in another way than its own, or in
// its own way if draw is nil.
func caseOn(c groundtruth.Case, name string, draw func(width int) Draw) Problem {
	width := c.Vectors * c.Size
	p := Problem{Name: c.Name + name, Action: c.Action(), Input: []int{width}, Size: c.Size, F: c.Graph, Trivial: len(c.Gauge)}
	if draw == nil {
		draw = normal
	}
	p.Draw = scaled(c.Sigma, draw(width))
	switch {
	case c.Dim == 0:
		p.Truth = []lie.Algebra{lie.Trivial(c.Size)}
	case c.Affine:
		p.Truth = []lie.Algebra{lie.SpanAffine(c.Lie, c.Algebra...)}
	default:
		p.Truth = []lie.Algebra{lie.Span(c.Lie, c.Algebra...)}
	}
	return p
}

// nearlySO3 allows the answer "approximately so(3)" for a broken case and, if firmly, also
// "so(3)".
func nearlySO3(p Problem, firmly bool) Problem {
	if p.Near = []lie.Algebra{lie.SO(3)}; firmly {
		p.Truth = append(p.Truth, lie.SO(3))
	}
	return p
}

// cases are the unchanged cases of groundtruth, and so(3) broken by 1 %.
func cases() (problems []Problem) {
	for _, c := range append(groundtruth.All(), groundtruth.Broken(.01)) {
		p := caseOn(c, "", nil)
		if c.Name == groundtruth.Broken(.1).Name || c.Name == groundtruth.Broken(.01).Name {
			p = nearlySO3(p, c.Name == groundtruth.Broken(.01).Name)
		}
		problems = append(problems, p)
	}
	return problems
}

// scored are the networks of study score, with its training.
func scored() []Problem {
	problems := cases()
	for i, c := range append(groundtruth.All(), groundtruth.Broken(.01)) {
		problems[i].Network = func(seed uint64) (*network.Network, *dataset.Samples, error) {
			trial := score.Trial{Case: c, Kind: score.Trained, Seed: seed}
			n, _, err := trial.Network()
			if err != nil {
				return nil, nil, err
			}
			validation := trial.Case.Samples(newRandom(seed, streamValidate), validateSamples)
			return n, &validation, nil
		}
	}
	return problems
}

// tails are cases of groundtruth on inputs with heavy tails.
func tails() (problems []Problem) {
	for _, c := range groundtruth.All() {
		for _, freedom := range []float64{1.5, 2, 3} {
			p := caseOn(c, fmt.Sprintf("-t%g", freedom), func(width int) Draw { return student(freedom, width) })
			if c.Name == groundtruth.Broken(.1).Name {
				p = nearlySO3(p, false)
			}
			problems = append(problems, p)
		}
	}
	return problems
}

// heavier are cases on inputs with still heavier tails, and with tails of all numbers at
// once.
func heavier() (problems []Problem) {
	for _, c := range groundtruth.All() {
		problems = append(problems,
			caseOn(c, "-cauchy", func(width int) Draw { return student(1, width) }),
			caseOn(c, "-lognormal", func(width int) Draw { return lognormal(1.5, width) }),
			caseOn(c, "-multivariate", func(width int) Draw { return studentTogether(1.5, width) }))
	}
	return problems
}

// outliers are cases with one distant sample.
func outliers() (problems []Problem) {
	for _, c := range groundtruth.All() {
		for _, by := range []float64{1e3, 1e6} {
			problems = append(problems, caseOn(c, fmt.Sprintf("-%.0e", by), func(width int) Draw { return outlier(by, width, normal(width)) }))
		}
	}
	return problems
}
