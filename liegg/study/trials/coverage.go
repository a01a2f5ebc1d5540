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
	name string
	draw Draw
}

func designs() []design {
	return []design{
		{"independent", normal(3)},
		{"student-3", student(3, 3)},
		{"student-2", student(2, 3)},
		{"lognormal", lognormal(1, 3)},
	}
}

// coverage asks how often the 95 % interval of a rotation that x₁³ breaks holds its true
// relative defect, that of two million samples.
func coverage(r *Row) func(p Plan) []Trial {
	return func(p Plan) (trials []Trial) {
		for _, d := range designs() {
			truth := sync.OnceValues(func() (float64, error) {
				const many = 2_000_000
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
	p := points("broken", 3, 1, d.draw, about(3, 1, 2), broken(.1))
	x := p.inputs(seed, streamJudge, n)
	e, _, err := network.Evidence(network.Exact(p.F), p.Action, network.Tensor(x), network.Settings{})
	if err != nil {
		return liegg.Interval{}, err
	}
	h, _, err := action.Coefficients(p.Action, rotation(3, 0, 2))
	if err != nil {
		return liegg.Interval{}, err
	}
	return e.DefectInterval(mat.DenseCopyOf(h), liegg.Rule{}), nil
}
