package trials

import (
	"cmp"
	"fmt"
	"time"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/network"
)

// allowed is what a verdict may take of the time of the bare extraction.
const allowed = 1.3

// costs time verdicts and bare extractions in turn: the seed is the round.
func costs(r *Row) func(p Plan) []Trial {
	return func(p Plan) (trials []Trial) {
		for _, c := range []struct {
			name    string
			samples int
			make    func(n int) (*network.Network, action.Action, *tensors.Tensor)
		}{{"o5", 10_000, pairs}, {"o5", 200_000, pairs}, {"digits", 4000, turnedDigits}} {
			run := func(t Trial) (Result, error) { return cost(c.make(t.Samples)) }
			trials = append(trials, r.draws(p, cmp.Or(p.Draws, r.Draws), Trial{Case: c.name, Kind: Trained, Samples: c.samples, run: run})...)
		}
		return trials
	}
}

// cost is the ratio of two times, the best of some rounds after one that compiles.
func cost(n *network.Network, a action.Action, x *tensors.Tensor) (r Result, err error) {
	const rounds = 3
	var bare, whole float64
	for round := range rounds + 1 {
		b, err := seconds(func() error { _, err := network.Polarize(n, a, network.Tensor(x), network.Settings{}); return err })
		if err != nil {
			return r, err
		}
		w, err := seconds(func() error { _, err := network.Judge(n, a, network.Tensor(x), network.Settings{}); return err })
		if err != nil {
			return r, err
		}
		if round == 1 || round > 1 && b < bare {
			bare = b
		}
		if round == 1 || round > 1 && w < whole {
			whole = w
		}
	}
	r.Outcome, r.Seconds = Missed, whole
	r.Text = fmt.Sprintf("%.2f times the bare %.3f s", whole/bare, bare)
	if whole <= allowed*bare {
		r.Outcome = Right
	}
	return r, nil
}

func seconds(do func() error) (float64, error) {
	begun := time.Now()
	err := do()
	return time.Since(begun).Seconds(), err
}

// pairs is a function of O(5) at the cost of a network.
func pairs(n int) (*network.Network, action.Action, *tensors.Tensor) {
	mlp, store := network.MLP{Hidden: []int{64, 64, 64}, Outputs: 1, Bias: true}, model.NewStore()
	forward := func(scope *model.Scope, x *Node) *Node {
		return Add(groundtruth.SO5().Graph(x), MulScalar(mlp.Forward(scope, x), 1e-3))
	}
	return &network.Network{Store: store, Forward: forward}, action.Linear(5, 2), dataset.O5(newRandom(1, 0), n).X
}

// turnedDigits is a random classifier of digits.
func turnedDigits(n int) (*network.Network, action.Action, *tensors.Tensor) {
	mlp := network.MLP{Hidden: []int{128, 128, 128, 128, 128}, Outputs: 10, Bias: true}
	x := tensors.FromFlatDataAndDimensions(digits(newRandom(1, 0), n), n, 28, 28)
	return &network.Network{Store: model.NewStore(), Forward: mlp.Forward}, action.ImageAffine(28, 28), narrow(x)
}
