package checks

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/activity"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/extraction"
	"github.com/liegg/lab/liegg/network/internal/finite"
	"github.com/liegg/lab/liegg/network/internal/stream"
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
	atOnce      = .3   // share that the shortest step carries out of it if the motion leaves a surface on which the data lie
)

var ways = [...]float64{.1, .3, 1}

// stepper is the compiled program that runs a network on inputs before they move and after each of
// the ways, in one batch.
type stepper struct {
	extraction.Subject
	outputs int
	exec    *model.Exec
	kind    extraction.Kind
}

// setSteps calls Verdict.SetSteps and SetTrivialSteps for a verdict on outputs that are multiplied by
// factors. Networks of Given cannot move inputs, and actions that have no finite transformations cannot
// either.
func (n Network) setSteps(v *liegg.Verdict, a action.Action, o View, factors []float64, s Settings) (err error) {
	defer graphpanic.Catch(&err)
	if v == nil {
		return nil
	}
	if n.Given {
		if v.Answer != liegg.Symmetric {
			return nil
		}
		return doubtLattice(v, a, o.All)
	}
	if _, ok := a.(action.Integrable); !ok && !action.CanMove(action.InputsOf(a)) {
		return nil
	}
	if v.Answer == liegg.Symmetric {
		k, _ := v.Coefficients().Dims()
		steps, err := n.stepsAlong(v, mat.DenseCopyOf(v.Coefficients().Slice(0, k, 0, v.Dim)), a, o, factors, s)
		if err != nil {
			return err
		}
		v.SetSteps(steps)
	}
	if v.Trivial() != nil {
		steps, err := n.stepsAlong(v, mat.DenseCopyOf(v.Trivial()), a, o, factors, s)
		if err != nil {
			return err
		}
		v.SetTrivialSteps(steps)
	}
	return nil
}

// stepsAlong measures finite steps along the span of some generators, the columns of h. It returns none
// if these move nothing.
func (n Network) stepsAlong(v *liegg.Verdict, h *mat.Dense, a action.Action, o View, factors []float64, s Settings) ([]liegg.Steps, error) {
	if !v.ToOneExtent(h) {
		return nil, nil
	}
	e, err := n.stepper(a, o.All.X, len(factors), s)
	if err != nil {
		return nil, err
	}
	moved, err := e.along(v, h, o, s.Activity.Extremes)
	if err != nil {
		return nil, err
	}
	if _, together := a.(action.Equivariance); together {
		moved.relative()
	}
	return moved.steps(factors), nil
}

// stepper returns the program for the action, compiled before or now.
func (n Network) stepper(a action.Action, x *tensors.Tensor, outputs int, s Settings) (*stepper, error) {
	k, err := extraction.KindOf(n.Network, a, stream.Chunk{X: x}, s.Settings, true)
	if err != nil {
		return nil, err
	}
	k.Shape = ""
	n.Last.mu.Lock()
	defer n.Last.mu.Unlock()
	if e := n.Last.steps; e != nil && e.kind.Equal(k) {
		return e, nil
	}
	backend, err := n.On()
	if err != nil {
		return nil, err
	}
	e := &stepper{Subject: extraction.Subject{Network: n.Network, Action: a, Head: s.Head}, outputs: outputs, kind: k}
	inputs := action.InputsOf(a)
	e.exec, err = model.NewExec(backend, n.Store, func(scope *model.Scope, given []*Node) *Node {
		moved := given
		if action.CanMove(inputs) { // x, and the matrices that move it
			moved = []*Node{given[0]}
			for _, g := range given[1:] {
				moved = append(moved, inputs.(action.Mover).Moved(given[0], g))
			}
		}
		return ConvertDType(e.Y(scope, Concatenate(moved, 0)), dtypes.Float64)
	})
	if err == nil {
		n.Last.steps = e
	}
	return e, err
}

// outcome holds the outputs of samples that have moved, and what they should be, [n, m].
type outcome struct {
	values, target []float64
	leaves         bool // the shortest step moved some of them out of the range of the data
}

// stepped is what finite steps do to the m outputs of samples.
type stepped struct {
	outputs int
	before  []float64 // [n, m]
	// after each of the ways, as far as they stay within the data: of samples from all over the
	// stream, and then of extreme ones.
	after [2 * len(ways)]outcome
}

// along moves samples of the part, and extreme ones, along random combinations of the columns of h.
func (e *stepper) along(v *liegg.Verdict, h *mat.Dense, o View, extreme *activity.Extremes) (s stepped, err error) {
	backend, err := e.Network.On()
	if err != nil {
		return s, err
	}
	s.outputs = e.outputs
	data, err := valuesOf(o.All.X, stepSamples)
	if err != nil {
		return s, err
	}
	outside, random := outsideOf(e.Action, data), rand.New(rand.NewPCG(5, 0))
	k, d := h.Dims()
	u, one := mat.NewDense(d, 1, nil), mat.NewDense(k, 1, nil)
	group := (min(stepSamples, o.All.X.Shape().Dim(0)) + stepGroups - 1) / stepGroups
	along := func(x *tensors.Tensor, after []outcome) (before []float64, err error) {
		for c, err := range stream.Sampled(x, min(stepSamples, x.Shape().Dim(0)), backend, group) {
			var y []float64
			if err == nil {
				u.Apply(func(int, int, float64) float64 { return random.NormFloat64() }, u)
				one.Mul(h, u)
				v.ToOneExtent(one)
				y, err = e.move(after, c, motionAlong(e.Action, mat.Col(nil, 0, one), data, outside))
				tensor.Finalize(c.X)
			}
			if err != nil {
				return nil, err
			}
			before = append(before, y...)
		}
		return before, nil
	}
	if s.before, err = along(o.Part, s.after[:len(ways)]); err != nil {
		return s, err
	}
	if o.Part != o.All.X {
		if s.before, err = along(o.All.X, nil); err != nil {
			return s, err
		}
	}
	far, err := extreme.Samples(o.Part, o.Wanted)
	if far == nil {
		return s, err
	}
	defer tensor.Finalize(far)
	_, err = along(far, s.after[len(ways):])
	return s, err
}

// move moves the samples of a chunk by each of the ways, or by none if after is nil. It returns the
// outputs before.
func (e *stepper) move(after []outcome, c stream.Chunk, m motion) (before []float64, err error) {
	with, outside, err := m.arguments(c.X)
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, a := range with[1:] {
			tensor.Finalize(a.(*tensors.Tensor))
		}
	}()
	values, err := call.Values(e.exec, with...)
	if err != nil {
		return nil, err
	}
	batch := c.X.Shape().Dim(0) * e.outputs
	before = values[0][:c.Count*e.outputs]
	// Motion off a surface on which the data lie is out of range at once. Gradients at the data do not
	// say what f does there, so all its steps count, and the shortest one counts for any motion.
	leaves := outside[0] > mostOutside
	for w := range after {
		if w > 0 && outside[w] > mostOutside && outside[0] <= atOnce {
			break
		}
		y := values[0][(w+1)*batch : (w+2)*batch]
		target, to := m.target(before, ways[w]), &after[w]
		to.leaves = to.leaves || leaves
		for i := range c.Count {
			from, end := i*e.outputs, (i+1)*e.outputs
			if !finite.IsNot(floats.Sum(y[from:end])) {
				to.values, to.target = append(to.values, y[from:end]...), append(to.target, target[from:end]...)
			}
		}
	}
	return before, nil
}

// relative divides outputs that move together by their own size, √(‖y‖² + q), with q the lower
// quartile of ‖y‖². Otherwise the few samples with the largest outputs would tell whether the others
// change, as for a field that falls off as a high power of the distance.
func (s *stepped) relative() {
	square := func(y []float64) float64 { return floats.Dot(y, y) }
	var squares []float64
	for y := range slices.Chunk(s.before, s.outputs) {
		squares = append(squares, square(y))
	}
	slices.Sort(squares)
	quartile := squares[len(squares)/4]
	size := func(y []float64) float64 { return max(math.Sqrt(square(y)+quartile), math.SmallestNonzeroFloat32) }
	for _, after := range s.after {
		for from := 0; from < len(after.values); from += s.outputs {
			target := after.target[from : from+s.outputs]
			by := 1 / size(target)
			floats.Scale(by, after.values[from:from+s.outputs])
			floats.Scale(by, target)
		}
	}
	for y := range slices.Chunk(s.before, s.outputs) {
		floats.Scale(1/size(y), y)
	}
}

// steps are the square changes of bounded outputs, in units of their variance.
func (s stepped) steps(factors []float64) []liegg.Steps {
	m := s.outputs
	steps := make([]liegg.Steps, len(s.after))
	for w, after := range s.after {
		steps[w] = liegg.Steps{Way: ways[w%len(ways)], Extreme: w >= len(ways), Leaves: after.leaves, All: make([]float64, len(after.values)/m), Each: make([][]float64, m)}
	}
	y, all := make([]float64, len(s.before)/m), 0.
	for o, f := range factors {
		for i := range y {
			y[i] = s.before[i*m+o]
		}
		φ := boundedFor(y)
		if f == 0 || φ.scale == 0 || (results{outputs: m, y: s.before}).variance(o) == 0 {
			continue
		}
		for i, v := range y {
			y[i] = φ.of(v)
		}
		variance, unit := stat.Variance(y, nil), f*f*φ.scale*φ.scale
		all += unit * variance
		for w, after := range s.after {
			steps[w].Each[o] = make([]float64, len(after.values)/m)
			for i := range steps[w].All {
				change := φ.of(after.values[i*m+o]) - φ.of(after.target[i*m+o])
				steps[w].Each[o][i] = change * change / variance
				steps[w].All[i] += unit * change * change
			}
		}
	}
	if all == 0 {
		return nil
	}
	for _, step := range steps {
		floats.Scale(1/all, step.All)
	}
	return steps
}

// valuesOf are the numbers of so many samples of x, evenly from all over it, or of all.
func valuesOf(x *tensors.Tensor, samples int) ([]float64, error) {
	all, err := dataset.Values(x)
	if err != nil {
		return nil, err
	}
	n := x.Shape().Dim(0)
	samples = min(samples, n)
	width := len(all) / n
	some := make([]float64, 0, samples*width)
	for i := range samples {
		at := i * n / samples * width
		some = append(some, all[at:at+width]...)
	}
	return some, nil
}
