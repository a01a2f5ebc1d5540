package dynamics

import (
	"cmp"
	"fmt"
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
	if d := innerGap(v); d > 0 {
		if i := slices.IndexFunc(v.Rungs, func(r liegg.Rung) bool { return r.Dim == d }); i >= 0 && s.Rule.Threshold == 0 {
			s.Rule.Threshold = below(v.Rungs[i].Next, v)
			if v, err = network.Judge(n, a, network.Tensor(states), s); err != nil {
				return nil, err
			}
		}
		doubtInnerGap(v)
	}
	return v, doubtJumps(v, n, s.Head, a, states)
}

// below returns the threshold half-way below a direction.
func below(next liegg.Estimate, v *liegg.Verdict) float64 {
	return math.Min(next.Lower/2/v.Reference, 1)
}

// innerGap returns the number of directions after which, among those found, defects rise by as much
// as they do beyond a rung; 0 if they rise evenly. What follows such a gap may hold approximately, of
// a function that has fewer symmetries. Directions that hold to rounding do not count: a function
// that does not depend on x is invariant under ∂x, however well it was learned.
func innerGap(v *liegg.Verdict) int {
	for d := 1; v.Answer == liegg.Symmetric && d < v.Dim; d++ {
		ρ := v.Defects[d-1]
		if math.Max(ρ.Value, ρ.Fitted) > v.Spectrum.Resolution() && v.Defects[d].Value >= v.Rule.Gap*ρ.Value {
			return d
		}
	}
	return 0
}

// doubtInnerGap makes a verdict with an inner gap undetermined.
func doubtInnerGap(v *liegg.Verdict) {
	if d := innerGap(v); d > 0 {
		v.Doubt(fmt.Sprintf("ρ_%d = %.2g is %.2g times ρ_%d, so what was found beyond the first %[4]d may hold only approximately: give more samples, and a function that fits better", d+1, v.Defects[d].Value, v.Defects[d].Value/v.Defects[d-1].Value, d))
	}
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
		s.Rule.Threshold = below(r.Next, v)
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
