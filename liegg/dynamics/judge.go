package dynamics

import (
	"math"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// judge judges a function of states. Libraries of many functions have combinations that change
// little along any flow, so a threshold at a fixed share of unrelated directions would count
// them, too. Unless the caller has chosen one, the threshold is laid into the widest gap of the
// ladder that the first states show, half-way below the direction that follows. The verdict on
// all states then says how far both sides are from it, with all of its other doubts.
func judge(n *network.Network, a action.Action, states *tensors.Tensor, s network.Settings) (*liegg.Verdict, error) {
	if s.Rule.Threshold != 0 {
		return network.Judge(n, a, network.Tensor(states), s)
	}
	some, pilot := states, s
	if states.Shape().Dim(0) > most {
		var err error
		if some, err = first(states, most); err != nil {
			return nil, err
		}
		defer some.FinalizeAll()
		pilot.Groups, pilot.Validation, pilot.Watch = network.Groups{}, nil, nil
	}
	v, err := network.Judge(n, a, network.Tensor(some), pilot)
	if err != nil {
		return nil, err
	}
	if r := widest(v.Rungs); r != nil && !(v.Answer == liegg.Symmetric && v.Dim == r.Dim) {
		s.Rule.Threshold = math.Min(r.Next.Lower/2/v.Reference, 1)
	} else if some == states {
		return v, nil
	}
	return network.Judge(n, a, network.Tensor(states), s)
}

// widest returns the rung with the widest gap to the next direction, nil if there is none.
func widest(rungs []liegg.Rung) *liegg.Rung {
	var widest *liegg.Rung
	for i, r := range rungs {
		if !math.IsNaN(r.Next.Value) && (widest == nil || r.Next.Value/r.Bound > widest.Next.Value/widest.Bound) {
			widest = &rungs[i]
		}
	}
	return widest
}
