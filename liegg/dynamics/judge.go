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

// judge judges a function of states, by its gradients and along finite flows. Its misfit is the root of
// the share of the variance of its targets that it leaves unexplained; 0 if that is not known.
func judge(n *network.Network, a action.Action, states *tensors.Tensor, s network.Settings, misfit float64) (*liegg.Verdict, error) {
	v, err := network.JudgeBy(n, a, network.Tensor(states), s, func(by byRule) (*liegg.Verdict, error) { return byGaps(by, s, misfit) })
	if err != nil {
		return nil, err
	}
	doubtInnerGap(v, misfit)
	return v, doubtJumps(v, n, s.Head, a, states)
}

// byRule judges evidence by a rule.
type byRule = func(liegg.Rule) (*liegg.Verdict, error)

// byGaps judges by a threshold that the gaps of the ladder suggest. Libraries of many functions have
// combinations that change little along any flow, so a threshold at a fixed share of unrelated
// directions would count them, too. Unless the caller has chosen one, the threshold is laid into the
// widest gap of the ladder, half-way below the direction that follows. For an exact function it is
// laid above what holds to rounding, if anything does. If defects rise as much again among what is
// then found, it is laid there. The verdict says how far both sides are from it, with all of its
// other doubts.
func byGaps(judge byRule, s network.Settings, misfit float64) (*liegg.Verdict, error) {
	v, err := judge(s.Rule)
	if err != nil || s.Rule.Threshold != 0 {
		return v, err
	}
	r := widest(v.Rungs)
	if fitted := v.Alone || s.Validation != nil; !fitted {
		r = cmp.Or(toRounding(v), r)
	}
	if r != nil && !(v.Answer == liegg.Symmetric && v.Dim == r.Dim) {
		if v, err = judge(at(r.Next, v, s.Rule)); err != nil {
			return nil, err
		}
	}
	d := innerGap(v, misfit)
	if i := slices.IndexFunc(v.Rungs, func(r liegg.Rung) bool { return r.Dim == d }); d > 0 && i >= 0 {
		return judge(at(v.Rungs[i].Next, v, s.Rule))
	}
	return v, nil
}

// at returns the rule with the threshold half-way below a direction.
func at(next liegg.Estimate, v *liegg.Verdict, r liegg.Rule) liegg.Rule {
	r.Threshold = math.Min(next.Lower/2/v.Reference, 1)
	return r
}

// innerGap returns the number of directions after which, among those found, defects rise by as much
// as they do beyond a rung; 0 if they rise evenly. What follows such a gap may hold approximately, of
// a function that has fewer symmetries. Directions that hold to rounding do not count: a function
// that does not depend on x is invariant under ∂x, however well it was learned. Nor do those after the
// gap that hold to within the misfit: it breaks the exact symmetries of what was learned by as much, and
// some more than others. Of u_t = u_xx − u³, networks that leave 1.6e-6 of the variance, a misfit of
// .0013, have ∂x or ∂t at ρ = 7e-5, and all three symmetries within .001.
func innerGap(v *liegg.Verdict, misfit float64) int {
	for d := 1; v.Answer == liegg.Symmetric && d < v.Dim; d++ {
		ρ, next := v.Defects[d-1], v.Defects[d].Value
		if math.Max(ρ.Value, ρ.Fitted) > v.Spectrum.Resolution() && next >= v.Rule.Gap*ρ.Value && next > misfit {
			return d
		}
	}
	return 0
}

// doubtInnerGap makes a verdict with an inner gap undetermined.
func doubtInnerGap(v *liegg.Verdict, misfit float64) {
	if d := innerGap(v, misfit); d > 0 {
		v.Doubt(fmt.Sprintf("ρ_%d = %.2g is %.2g times ρ_%d, so what was found beyond the first %[4]d may hold only approximately: give more samples, and a function that fits better", d+1, v.Defects[d].Value, v.Defects[d].Value/v.Defects[d-1].Value, d))
	}
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
