package checks

import (
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/graphpanic"
)

// Gradients say nothing of jumps, and at the points of a lattice they say nothing of what lies
// between. So a verdict that would be firm is also told how outputs change along finite steps
// (liegg.Verdict.SetSteps): of a tenth of the extent of the data, a third of it, and the whole.
// Each group of samples moves along a random generator in the span of the verdict's own, and the
// samples with extreme outputs or coordinates along others.

const (
	stepSamples = 1024 // that move
	stepGroups  = 8    // of samples that move along one generator
	mostOutside = .1   // share of the data that a step may carry out of their range
	mostAtOnce  = .3   // share that the shortest step carries out of it if the motion leaves a surface on which the data lie
)

// counting says which of the steps that leave the range of the data count.
type counting int

const (
	never  counting = iota // none: generators that are trivial because of where the data lie leave it at once
	atOnce                 // the shortest, and all along a generator that leaves the range at once, as off a surface
	always                 // all, since generators are known to leave a surface on which the data lie
)

var ways = [...]float64{.1, .3, 1}

// setSteps calls Verdict.SetSteps and SetTrivialSteps for a verdict on outputs that are multiplied by
// factors. Networks of Given cannot move inputs, and actions that have no finite transformations cannot
// either.
func (n Network) setSteps(v *liegg.Verdict, a action.Action, o View, factors []float64, s Settings) (err error) {
	defer graphpanic.Catch(&err)
	if v == nil {
		return nil
	}
	if n.Given {
		return n.doubtGiven(v, a, o.All)
	}
	if _, ok := a.(action.Integrable); !ok && !action.CanMove(action.InputsOf(a)) {
		return nil
	}
	if v.Answer == liegg.Symmetric {
		leaving, err := n.leavingSurface(v, a, o.All)
		if err != nil {
			return err
		}
		counts := atOnce
		if leaving > 0 {
			counts = always
		}
		k, _ := v.Coefficients().Dims()
		steps, err := n.stepsAlong(v, mat.DenseCopyOf(v.Coefficients().Slice(0, k, 0, v.Dim)), counts, a, o, factors, s)
		if err != nil {
			return err
		}
		v.SetSteps(steps)
	}
	if v.Trivial() != nil {
		steps, err := n.stepsAlong(v, mat.DenseCopyOf(v.Trivial()), never, a, o, factors, s)
		if err != nil {
			return err
		}
		v.SetTrivialSteps(steps)
	}
	return nil
}

// stepsAlong measures finite steps along the span of some generators, the columns of h. It returns none
// if these move nothing.
func (n Network) stepsAlong(v *liegg.Verdict, h *mat.Dense, beyond counting, a action.Action, o View, factors []float64, s Settings) ([]liegg.Steps, error) {
	if !v.ToOneExtent(h) {
		return nil, nil
	}
	e, err := n.stepper(a, o.All.X, len(factors), s)
	if err != nil {
		return nil, err
	}
	moved, err := e.along(v, h, beyond, o, s.Activity.Extremes)
	if err != nil {
		return nil, err
	}
	if _, together := a.(action.Equivariance); together {
		moved.relative()
	}
	return moved.steps(factors), nil
}
