package trials

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/network"
)

// allowed is the largest time of a verdict, relative to the bare extraction.
const allowed = 1.3

// costs times verdicts and bare extractions in turn. The seed is the round.
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

// cost compares two times: of the first calls, which compile, and the best of some later
// calls. The first ones decide.
func cost(n *network.Network, a action.Action, x *tensors.Tensor) (r Result, err error) {
	const later = 3
	var bare, whole [1 + later]float64
	for i := range bare {
		if bare[i], err = seconds(func() error { _, err := network.Polarize(n, a, network.Tensor(x), network.Settings{}); return err }); err != nil {
			return r, err
		}
		if whole[i], err = seconds(func() error { _, err := network.Judge(n, a, network.Tensor(x), network.Settings{}); return err }); err != nil {
			return r, err
		}
	}
	again, againBare := slices.Min(whole[1:]), slices.Min(bare[1:])
	r.Outcome, r.Seconds = Missed, whole[0]
	if whole[0] <= allowed*bare[0] {
		r.Outcome = Right
	}
	r.Text = fmt.Sprintf("%.2f times %.2f s at first, %.1f times %.3f s again", whole[0]/bare[0], bare[0], again/againBare, againBare)
	return r, nil
}

func seconds(do func() error) (float64, error) {
	begun := time.Now()
	err := do()
	return time.Since(begun).Seconds(), err
}

// pairs returns an O(5)-invariant function that costs as much as a network.
func pairs(n int) (*network.Network, action.Action, *tensors.Tensor) {
	mlp, store := network.MLP{Hidden: []int{64, 64, 64}, Outputs: 1, Bias: true}, model.NewStore()
	forward := func(scope *model.Scope, x *Node) *Node {
		return Add(groundtruth.SO5().Graph(x), MulScalar(mlp.Forward(scope, x), 1e-3))
	}
	return &network.Network{Store: store, Forward: forward}, action.Linear(5, 2), dataset.O5(newRandom(1, 0), n).X
}

// turnedDigits returns a random classifier of digits.
func turnedDigits(n int) (*network.Network, action.Action, *tensors.Tensor) {
	mlp := network.MLP{Hidden: []int{128, 128, 128, 128, 128}, Outputs: 10, Bias: true}
	x := tensors.FromFlatDataAndDimensions(digits(newRandom(1, 0), n), n, 28, 28)
	return &network.Network{Store: model.NewStore(), Forward: mlp.Forward}, action.ImageAffine(28, 28), narrow(x)
}
