package trials

import (
	"cmp"
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// A design is a way to draw samples for the interval of a fixed generator.
type design struct {
	name   string
	groups int // of samples that follow each other, for usual numbers of samples; 0 for none
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

// The usual number of samples, and the one that tells the truth.
const (
	usual = 10_000
	many  = 200 * usual
)

// coverage asks how often the 95 % interval of a rotation that x₁³ breaks holds its true
// relative defect, that of two million samples.
func coverage(r *Row) func(p Plan) []Trial {
	return func(p Plan) (trials []Trial) {
		for _, d := range designs() {
			truth := sync.OnceValues(func() (float64, error) {
				i, err := interval(d, 1<<40, many)
				return math.Sqrt(i.Lower * i.Upper), err
			})
			run := func(t Trial) (Result, error) {
				want, err := truth()
				if err != nil {
					return Result{}, err
				}
				got, err := interval(d, t.Seed, t.Samples)
				result := Result{Outcome: Missed, Text: fmt.Sprintf("%.4g…%.4g does not hold %.4g", got.Lower, got.Upper, want)}
				if got.Lower <= want && want <= got.Upper {
					result.Outcome, result.Text = Right, fmt.Sprintf("%.4g…%.4g holds %.4g", got.Lower, got.Upper, want)
				}
				return result, err
			}
			for _, n := range cmpSamples(p.Samples, r.Samples) {
				trials = append(trials, r.draws(p, cmp.Or(p.Draws, r.Draws), Trial{Case: d.name, Kind: Exact, Samples: n, run: run})...)
			}
		}
		return trials
	}
}

func cmpSamples(given, own []int) []int {
	if len(given) > 0 {
		return given
	}
	return own
}

// interval is that of the rotation of the first and the third axis.
func interval(d design, seed uint64, n int) (liegg.Interval, error) {
	groups := d.groups * n / usual // of one size, however many samples there are
	p := points("broken", 3, 1, d.draw(groups), about(3, 1, 2), broken(.1))
	x := p.inputs(seed, streamJudge, n)
	s := network.Settings{}
	if groups > 0 {
		s.Groups = network.GroupsOf(n / groups)
	}
	e, _, err := network.Evidence(network.Exact(p.F), p.Action, network.Tensor(x), s)
	if err != nil {
		return liegg.Interval{}, err
	}
	h, _, err := action.Coefficients(p.Action, rotation(3, 0, 2))
	if err != nil {
		return liegg.Interval{}, err
	}
	return e.DefectInterval(mat.DenseCopyOf(h), liegg.Rule{}), nil
}
