// Package moved measures the outputs of a network as finite transformations move its inputs: by how
// much they change, and what rounding alone changes.
package moved

import (
	"errors"
	"fmt"
	"math"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow/internal/motion"
	"github.com/liegg/lab/liegg/flow/internal/sampling"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/network"
)

// ErrConstant says that the network gives the same answer for all inputs, so no change of it
// can be measured.
var ErrConstant = errors.New("flow: the network's output does not vary over these inputs: check that the network is trained and not saturated, and that the head fits it")

// errOneSample says that there is one sample only, perhaps after halving.
var errOneSample = errors.New("flow: the outputs of one sample, or of one in each half of the inputs, have no spread to compare changes with: give more inputs")

// Settings says how outputs are measured, as the settings of package flow do.
type Settings struct {
	Head               network.Head
	BySize             bool
	AsTheyAre          bool // outputs are not transformed, even if few samples carry their variance
	Batch              int
	Outside, Tolerance float64
	Seed               uint64

	like *Outputs // in whose units outputs are compared; nil to measure them
}

// Outputs are the outputs of a network at buffered inputs, ready to measure what finite
// transformations do to them.
type Outputs struct {
	*motion.Mover
	Plan     sampling.Plan
	Before   []float64 // f(x), sample by sample
	Variance []float64 // ‖f(x) − E f‖² of each sample
	Plain    float64   // n_eff of ‖f(x) − E f‖² before the transform
	Passes   int       // forward passes over the inputs
	Epsilon  float64   // machine epsilon of the type of the inputs
	Rounding float64   // largest relative defect that rounding gives an exact symmetry
	Noise    float64   // Δ of rounding alone

	network *network.Network
	s       Settings
	moved   *network.Program // (x, g) ↦ f(g·x); x ↦ f(x) if a field moves x
	rate    *network.Program // see Rates
	images  *outputImages    // nil unless outputs are images that move
	near    *Neighbours      // of samples; see Neighbours

	bounded   *Bounded  // transform of outputs; nil if there is none
	unbounded []float64 // f(x) before the transform

	factors []float64 // by which outputs are multiplied; nil for none
	sized   int       // number of outputs that were scaled to one size
	blind   []int     // outputs that vary although their gradients vanish
}

// New prepares measurements of the buffered inputs, which it takes over. The network is one through
// the action.
func New(n *network.Network, a action.Action, held *network.Buffered, p sampling.Plan, s Settings) (o *Outputs, err error) {
	if p, err = p.For(held); err != nil {
		held.Finalize()
		return nil, err
	}
	o = &Outputs{network: n, Plan: p, s: s}
	if o.Mover, err = motion.New(a, held, s.Outside); err == nil {
		err = o.prepare()
	}
	if err != nil {
		o.release()
		held.Finalize()
		return nil, err
	}
	return o, nil
}

// movedCode computes f(g·x), or f(x) if a field moves x.
var movedCode = newOutputCode(func(a action.Action, f func(x *Node) *Node, x *Node, arguments []*Node) []*Node {
	if m, ok := moves(a); ok {
		x = m.Moved(x, arguments[0])
	}
	return []*Node{f(x)}
})

func (o *Outputs) prepare() (err error) {
	if o.Epsilon, o.Rounding, err = roundingOf(o.Held); err != nil {
		return err
	}
	o.seeImages()
	if err := o.size(); err != nil {
		return err
	}
	if o.moved, err = o.program(movedCode); err != nil {
		return err
	}
	if o.Before, err = o.unmoved(o.Held); err != nil {
		return err
	}
	if err := o.holdImages(); err != nil {
		return err
	}
	if o.Held.Len() == 1 {
		return errOneSample
	}
	o.Variance = Variances(o.Before, o.Held.Len())
	if spread, size := floats.Sum(o.Variance), floats.Dot(o.Before, o.Before); spread <= math.Pow(4*o.Epsilon, 2)*size {
		return fmt.Errorf("%w (variance %.2g of the mean square)", ErrConstant, spread/max(size, math.SmallestNonzeroFloat64))
	}
	if o.Plain = participation.Ratio(o.Variance); !o.s.AsTheyAre && o.Plain < float64(o.Held.Len())/varianceCarriers {
		o.Bound()
	}
	return o.blur()
}

// Closer prepares the same measurements at some of the samples, in the same units and without groups.
func (o *Outputs) Closer(samples []int) (*Outputs, error) {
	picked, err := o.Held.Pick(samples)
	if err != nil {
		return nil, err
	}
	p, s := o.Plan, o.s
	p.Groups = network.Groups{}
	s.like = o
	return New(o.network, o.Action, picked, p, s)
}

// Finalize releases the inputs and all that was prepared.
func (o *Outputs) Finalize() {
	o.release()
	o.Held.Finalize()
}

func (o *Outputs) release() {
	o.moved.Finalize()
	o.rate.Finalize()
	o.images.finalize()
}

// after returns f(g·x), sample by sample.
func (o *Outputs) after(g *mat.Dense) ([]float64, error) { return o.outputs(o.Held, g) }

// unmoved returns f(x).
func (o *Outputs) unmoved(held *network.Buffered) ([]float64, error) {
	if o.Field != nil {
		return o.outputs(held)
	}
	return o.outputs(held, o.Still())
}

// outputs runs the network over inputs.
func (o *Outputs) outputs(held *network.Buffered, arguments ...mat.Matrix) ([]float64, error) {
	outputs, err := o.moved.Run(held, arguments...)
	if err != nil {
		return nil, err
	}
	o.Passes++
	if o.bounded != nil {
		o.bounded.Apply(outputs[0])
	}
	return outputs[0], nil
}

// Change returns ‖f(g·x) − f(x)‖²/2 of each sample, or ‖f(g·x) − R·f(x)‖²/2 if outputs move
// by R.
func (o *Outputs) Change(g motion.Finite) ([]float64, error) {
	each, err := o.Changes(g)
	if err != nil {
		return nil, err
	}
	return o.PerSample(each), nil
}

// Changes returns the change of each output of each sample.
func (o *Outputs) Changes(g motion.Finite) ([]float64, error) {
	after, err := o.after(g.In)
	if err != nil {
		return nil, atMovedInputs(err)
	}
	target, err := o.Target(g)
	if err != nil {
		return nil, err
	}
	return halfSquares(after, target), nil
}

// halfSquares turns outputs y into (y − target)²/2, number by number, in place.
func halfSquares(y, target []float64) []float64 {
	for i, v := range y {
		d := v - target[i]
		y[i] = d * d / 2
	}
	return y
}

// PerSample adds up the values of each sample.
func (o *Outputs) PerSample(v []float64) []float64 {
	sums := make([]float64, o.Held.Len())
	m := len(v) / len(sums)
	for i, x := range v {
		sums[i/m] += x
	}
	return sums
}

// ChangeBothWays returns the mean of change at exp(tH) and at exp(−tH).
func (o *Outputs) ChangeBothWays(h *mat.Dense, t float64) ([]float64, error) {
	each, err := o.ChangesBothWays(h, t)
	if err != nil {
		return nil, err
	}
	return o.PerSample(each), nil
}

// ChangesBothWays returns the change of each output.
func (o *Outputs) ChangesBothWays(h *mat.Dense, t float64) ([]float64, error) {
	mean := make([]float64, len(o.Before))
	err := o.BothWays(h, t, func(held *network.Buffered, g motion.Finite) error {
		y, err := o.AtMoved(held, g)
		if err != nil {
			return err
		}
		target, err := o.Target(g)
		if err == nil {
			floats.AddScaled(mean, .5, halfSquares(y, target))
		}
		return err
	})
	return mean, err
}

// AtMoved returns outputs at moved inputs: moved by g, or already moved along a field.
func (o *Outputs) AtMoved(held *network.Buffered, g motion.Finite) ([]float64, error) {
	var y []float64
	var err error
	if o.Field != nil {
		y, err = o.outputs(held)
	} else {
		y, err = o.after(g.In)
	}
	return y, atMovedInputs(err)
}

// Variances returns ‖y_i − mean‖² of n samples.
func Variances(y []float64, n int) []float64 {
	m := len(y) / n
	mean := slices.Clone(y[:m]) // so that the variance of a constant is exactly zero
	for i, v := range y {
		mean[i%m] += (v - y[i%m]) / float64(n)
	}
	squares := make([]float64, n)
	for i, v := range y {
		squares[i/m] += (v - mean[i%m]) * (v - mean[i%m])
	}
	return squares
}
