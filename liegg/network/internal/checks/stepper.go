package checks

import (
	"math/rand/v2"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/activity"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/finite"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// stepper is the compiled program that runs a network on inputs before they move and after each of
// the ways, in one batch.
type stepper struct{ *program }

// stepper returns the program for the action, compiled before or now.
func (n Network) stepper(a action.Action, x *tensors.Tensor, outputs int, s Settings) (stepper, error) {
	p, err := programOf(n, &n.Last.steps, a, x, outputs, s, func(p *program) func(scope *model.Scope, given []*Node) *Node {
		return stepper{p}.graph
	})
	return stepper{p}, err
}

// graph is the program. It is given x and, if matrices move inputs, the matrices. Otherwise it is given
// x and the moved inputs.
func (e stepper) graph(scope *model.Scope, given []*Node) *Node {
	inputs := action.InputsOf(e.Action)
	if action.CanMove(inputs) {
		moved := []*Node{given[0]}
		for _, g := range given[1:] {
			moved = append(moved, inputs.(action.Mover).Moved(given[0], g))
		}
		given = moved
	}
	return ConvertDType(e.Y(scope, Concatenate(given, 0)), dtypes.Float64)
}

// along moves samples of the part, and extreme ones, along random combinations of the columns of h.
// beyond says which steps count that leave the range of the data.
func (e stepper) along(v *liegg.Verdict, h *mat.Dense, beyond counting, o View, extreme *activity.Extremes) (s stepped, err error) {
	s.outputs = e.outputs
	w, err := e.walkAlong(v, h, o.All)
	if err != nil {
		return s, err
	}
	w.beyond = beyond
	if s.before, err = w.through(o.Part, s.after[:len(ways)]); err != nil {
		return s, err
	}
	if o.Part != o.All.X {
		if s.before, err = w.through(o.All.X, nil); err != nil {
			return s, err
		}
	}
	far, err := extreme.Samples(o.Part, o.Wanted)
	if far == nil {
		return s, err
	}
	defer tensor.Finalize(far)
	_, err = w.through(far, s.after[len(ways):])
	return s, err
}

// walk moves samples, group by group, along random combinations of the columns of h, [K, d].
type walk struct {
	stepper
	verdict *liegg.Verdict
	h       *mat.Dense
	data    []float64 // inputs that tell how far the data reach
	outside func(g mat.Matrix) float64
	beyond  counting
	random  *rand.Rand
	group   int // number of samples that move along the same generator
	backend compute.Backend
}

// walkAlong returns the walk along the columns of h of samples from all over a stream.
func (e stepper) walkAlong(v *liegg.Verdict, h *mat.Dense, all Samples) (*walk, error) {
	backend, err := e.Network.On()
	if err != nil {
		return nil, err
	}
	data, err := all.values(stepSamples)
	if err != nil {
		return nil, err
	}
	return &walk{
		stepper: e, verdict: v, h: h, data: data, outside: outsideOf(e.Action, data), random: rand.New(rand.NewPCG(5, 0)),
		group: (min(stepSamples, all.X.Shape().Dim(0)) + stepGroups - 1) / stepGroups, backend: backend,
	}, nil
}

// through moves samples of x by each of the ways, or by none if after is nil. It returns the outputs
// before.
func (w *walk) through(x *tensors.Tensor, after []outcome) (before []float64, err error) {
	for c, err := range stream.Sampled(x, min(stepSamples, x.Shape().Dim(0)), w.backend, w.group) {
		var y []float64
		if err == nil {
			y, err = w.move(after, c, motionAlong(w.Action, w.draw(), w.data, w.outside))
			tensor.Finalize(c.X)
		}
		if err != nil {
			return nil, err
		}
		before = append(before, y...)
	}
	return before, nil
}

// draw draws the coefficients of a generator that moves the data by one extent.
func (w *walk) draw() []float64 {
	k, d := w.h.Dims()
	u, one := mat.NewDense(d, 1, nil), mat.NewDense(k, 1, nil)
	u.Apply(func(int, int, float64) float64 { return w.random.NormFloat64() }, u)
	one.Mul(w.h, u)
	w.verdict.ToOneExtent(one)
	return mat.Col(nil, 0, one)
}

// move moves the samples of a chunk by each of the ways, or by none if after is nil. It returns the
// outputs before.
func (w *walk) move(after []outcome, c stream.Chunk, m motion) (before []float64, err error) {
	with, outside, err := m.arguments(c.X)
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, a := range with[1:] {
			tensor.Finalize(a.(*tensors.Tensor))
		}
	}()
	values, err := call.Values(w.exec, with...)
	if err != nil {
		return nil, err
	}
	batch := c.X.Shape().Dim(0) * w.outputs
	before = values[0][:c.Count*w.outputs]
	// Motion off a surface on which the data lie is out of range at once. Gradients at the data do not
	// say what f does there, so all its steps count, and the shortest one counts for any motion.
	leaves := outside[0] > mostOutside || w.beyond == always
	for i, way := range ways[:len(after)] {
		counts := w.beyond == always || w.beyond == atOnce && (i == 0 || outside[0] > mostAtOnce)
		if outside[i] > mostOutside && !counts {
			break
		}
		y := values[0][(i+1)*batch : (i+2)*batch]
		target, to := m.target(before, way), &after[i]
		to.leaves = to.leaves || leaves
		for i := range c.Count {
			from, end := i*w.outputs, (i+1)*w.outputs
			if finite.IsNot(floats.Sum(y[from:end])) {
				to.lost++
			} else {
				to.values, to.target = append(to.values, y[from:end]...), append(to.target, target[from:end]...)
			}
		}
	}
	return before, nil
}
