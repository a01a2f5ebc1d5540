package trials

import (
	"cmp"
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// A design is a way to draw samples for the interval of a fixed generator.
type design struct {
	name   string
	groups int // of consecutive samples, for the usual number of samples; 0 for none
	draw   func(groups int) Draw
}

func designs() []design {
	independent := func(d Draw) func(int) Draw { return func(int) Draw { return d } }
	return []design{
		{"independent", 0, independent(normal(3))},
		{"student-3", 0, independent(student(3, 3))},
		{"student-2", 0, independent(student(2, 3))},
		{"lognormal", 0, independent(lognormal(1, 3))},
		{"clusters-200", 200, func(groups int) Draw { return clusters(groups, .05, 3) }},
		{"clusters-1000", 1000, func(groups int) Draw { return clusters(groups, .05, 3) }},
		{"walks-200", 200, func(groups int) Draw { return walk(groups, .05, 3) }},
	}
}

// The usual number of samples, and the number of samples that determine the true value.
const (
	usual = 10_000
	many  = 20 * usual
)

// coverage asks how often the 95 % interval of a rotation that x₁³ breaks contains its true
// relative defect, taken from many other samples, each from its own group. The first samples
// determine how motion is measured and how much a sample counts. These choices are part of
// the question, and the same for the interval and the true value.
func coverage(r *Row) func(p Plan) []Trial {
	return func(p Plan) (trials []Trial) {
		for _, d := range designs() {
			run := func(t Trial) (Result, error) { return d.covers(t) }
			for _, n := range cmpSamples(p.Samples, r.Samples) {
				trials = append(trials, r.draws(p, cmp.Or(p.Draws, r.Draws), Trial{Case: d.name, Kind: Exact, Samples: n, run: run})...)
			}
		}
		return trials
	}
}

func (d design) covers(t Trial) (Result, error) {
	x := d.inputs(t.Seed, t.Samples)
	got, err := d.interval(network.Tensor(x))
	if err != nil {
		return Result{}, err
	}
	others := points("", 3, 1, d.draw(many), lie.Trivial(3), nil).inputs(t.Seed+1<<40, streamJudge, many)
	i, err := d.interval(func(yield func(*tensors.Tensor, error) bool) {
		for tensor := range network.Tensor(x) {
			if !yield(tensor, nil) {
				return
			}
		}
		for tensor := range network.Tensor(others) {
			if !yield(tensor, nil) {
				return
			}
		}
	})
	if err != nil {
		return Result{}, err
	}
	want := math.Sqrt(i.Lower * i.Upper)
	if got.Lower <= want && want <= got.Upper {
		return Result{Outcome: Right, Text: fmt.Sprintf("%.4g…%.4g holds %.4g", got.Lower, got.Upper, want)}, nil
	}
	return Result{Outcome: Missed, Text: fmt.Sprintf("%.4g…%.4g does not hold %.4g", got.Lower, got.Upper, want)}, nil
}

func cmpSamples(given, own []int) []int {
	if len(given) > 0 {
		return given
	}
	return own
}

// inputs draws samples in groups of one size, for any number of samples.
func (d design) inputs(seed uint64, n int) *tensors.Tensor {
	return points("", 3, 1, d.draw(d.groups*n/usual), lie.Trivial(3), nil).inputs(seed, streamJudge, n)
}

// interval returns the interval of the rotation of the first and the third axis.
func (d design) interval(x network.Inputs) (liegg.Interval, error) {
	s, moves := network.Settings{}, action.Linear(3, 1)
	if d.groups > 0 {
		s.Groups = network.GroupsOf(usual / d.groups)
	}
	e, _, err := network.Evidence(network.Exact(broken(.1)), moves, x, s)
	if err != nil {
		return liegg.Interval{}, err
	}
	h, _, err := action.Coefficients(moves, rotation(3, 0, 2))
	if err != nil {
		return liegg.Interval{}, err
	}
	return e.DefectInterval(h, liegg.Rule{}), nil
}
