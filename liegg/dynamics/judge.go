package dynamics

import (
	"cmp"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// judge judges a function of states, by its gradients and along finite flows.
func judge(n *network.Network, a action.Action, states *tensors.Tensor, s network.Settings) (*liegg.Verdict, error) {
	v, err := judgeGradients(n, a, states, s)
	if err != nil {
		return nil, err
	}
	return v, doubtJumps(v, n, s.Head, a, states)
}

// judgeGradients judges a function by its gradients. Libraries of many functions have combinations
// that change little along any flow, so a threshold at a fixed share of unrelated directions would
// count them, too. Unless the caller has chosen one, the threshold is laid into the widest gap of
// the ladder that the first states show, half-way below the direction that follows. For an exact
// function it is laid above what holds to rounding, if anything does. The verdict on all states
// then says how far both sides are from it, with all of its other doubts.
func judgeGradients(n *network.Network, a action.Action, states *tensors.Tensor, s network.Settings) (*liegg.Verdict, error) {
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
	r := widest(v.Rungs)
	if fitted := v.Alone || s.Validation != nil; !fitted {
		r = cmp.Or(toRounding(v), r)
	}
	if r != nil && !(v.Answer == liegg.Symmetric && v.Dim == r.Dim) {
		s.Rule.Threshold = math.Min(r.Next.Lower/2/v.Reference, 1)
	} else if some == states {
		return v, nil
	}
	return network.Judge(n, a, network.Tensor(states), s)
}

// toRounding returns the largest rung that holds to rounding, nil if there is none. What lies above
// it is no law of an exact function, however small its defect is.
func toRounding(v *liegg.Verdict) *liegg.Rung {
	for i, r := range slices.Backward(v.Rungs) {
		if r.Bound <= v.Spectrum.Resolution() {
			return &v.Rungs[i]
		}
	}
	return nil
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
