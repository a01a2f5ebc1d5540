package flow

import (
	"errors"
	"fmt"
	"math"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/progress"
)

// ErrConstant says that the network gives the same answer for all inputs, so no change of it
// can be measured.
var ErrConstant = errors.New("flow: the network's output does not vary over these inputs: check that the network is trained and not saturated, and that the head fits it")

// errOneSample says that there is one sample only, perhaps after halving.
var errOneSample = errors.New("flow: the outputs of one sample, or of one in each half of the inputs, have no spread to compare changes with: give more inputs")

// experiment is a network with buffered inputs, ready to measure what finite transformations
// do to its outputs.
type experiment struct {
	network  *network.Network
	mover    action.Action     // moves inputs: an action.Mover, or the same as field
	field    action.Integrable // nil if matrices move inputs
	held     *network.Buffered
	s        Settings
	moved    *network.Program // (x, g) ↦ f(g·x); x ↦ f(x) if a field moves x
	rate     *network.Program // see rates
	before   []float64        // f(x), sample by sample
	variance []float64        // ‖f(x) − E f‖² of each sample
	bounded  *bounded         // transform of outputs; nil if there is none
	plain    float64          // n_eff of ‖f(x) − E f‖² before the transform
	outside  func(g mat.Matrix) float64

	unbounded []float64     // f(x) before the transform
	images    *outputImages // nil unless outputs are images that move

	there   *mat.Dense // from the inputs' coordinates to those of flows, and
	back    *mat.Dense // back; nil if they are the same
	sample  []float64  // inputs that determine the range
	journey journey    // along the orbits of a field
	passes  int        // forward passes over the inputs

	scale    float64 // extent of the data; see extent
	epsilon  float64 // machine epsilon of the type of the inputs
	rounding float64 // largest relative defect that rounding gives an exact symmetry
	noise    float64 // Δ of rounding alone

	sized int   // number of outputs that were scaled to one size
	blind []int // outputs that vary although their gradients vanish

	near *neighbours // of samples; see neighboursOf
}

// buffered reads inputs into memory and prepares an experiment with them.
func buffered(n *network.Network, a action.Action, inputs network.Inputs, s Settings) (*experiment, error) {
	held, err := network.Buffer(inputs, s.Batch)
	if err != nil {
		return nil, err
	}
	return newExperiment(n.Through(a), a, held, s)
}

// newExperiment prepares an experiment and takes over the buffered inputs.
func newExperiment(n *network.Network, a action.Action, held *network.Buffered, s Settings) (e *experiment, err error) {
	e = &experiment{network: n, mover: a, held: held, s: s}
	if e.s, err = s.forInputs(held); err != nil {
		held.Finalize()
		return nil, err
	}
	if _, ok := action.InputsOf(a).(action.Mover); !ok {
		if e.field, ok = a.(action.Integrable); !ok {
			panic(fmt.Sprintf("flow: a must be an action.Mover, which moves inputs by finite transformations, or action.Integrable, which has orbits, without outputs that move; %T has no method Moved, and no Velocity either", a))
		}
	}
	if err := e.prepare(); err != nil {
		e.finalize()
		return nil, err
	}
	return e, nil
}

func (e *experiment) prepare() (err error) {
	if err := e.mover.Check(e.held.Input()); err != nil {
		return err
	}
	if e.outside, err = e.rangeOfData(); err != nil {
		return err
	}
	e.seeImages()
	if err := e.measure(); err != nil {
		return err
	}
	if err := e.size(); err != nil {
		return err
	}
	e.moved, err = e.network.NewProgram(e.s.Head, e.held, func(f func(*Node) *Node, x *Node, arguments []*Node) []*Node {
		if e.field == nil {
			x = e.inputs().(action.Mover).Moved(x, arguments[0])
		}
		return []*Node{f(x)}
	})
	if err != nil {
		return err
	}
	if e.before, err = e.unmoved(e.held); err != nil {
		return err
	}
	if err := e.holdImages(); err != nil {
		return err
	}
	if e.held.Len() == 1 {
		return errOneSample
	}
	e.variance = variances(e.before, e.held.Len())
	if spread, size := floats.Sum(e.variance), floats.Dot(e.before, e.before); spread <= math.Pow(4*e.epsilon, 2)*size {
		return fmt.Errorf("%w (variance %.2g of the mean square)", ErrConstant, spread/max(size, math.SmallestNonzeroFloat64))
	}
	if e.plain = participation.Ratio(e.variance); !e.s.asTheyAre && e.plain < float64(e.held.Len())/varianceCarriers {
		e.boundOutputs()
	}
	return e.blur()
}

func (e *experiment) finalize() {
	e.moved.Finalize()
	e.rate.Finalize()
	e.images.finalize()
	e.held.Finalize()
}

// rangeSamples is the number of samples that determine a range.
const rangeSamples = 2000

// rangeOfData returns a function that measures the share of the data that a matrix moves out
// of their range, if the action can tell. Orbits keep track of it themselves.
func (e *experiment) rangeOfData() (func(g mat.Matrix) float64, error) {
	values, err := e.held.Values()
	if err != nil {
		return nil, err
	}
	width := len(values) / e.held.Len()
	if i := slices.IndexFunc(values, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }); i >= 0 {
		return nil, &liegg.NotFiniteError{Sample: i / width, What: "input"}
	}
	e.sample = values[:min(e.held.Len(), rangeSamples)*width]
	if e.epsilon, e.rounding, err = roundingOf(e.held); err != nil {
		return nil, err
	}
	ranger, ok := e.inputs().(action.Ranger)
	if !ok {
		return func(mat.Matrix) float64 { return 0 }, nil
	}
	return ranger.Range(e.sample), nil
}

// after returns f(g·x), sample by sample.
func (e *experiment) after(g *mat.Dense) ([]float64, error) { return e.outputs(e.held, g) }

// unmoved returns f(x).
func (e *experiment) unmoved(held *network.Buffered) ([]float64, error) {
	if e.field != nil {
		return e.outputs(held)
	}
	return e.outputs(held, e.still())
}

// outputs runs the network over inputs.
func (e *experiment) outputs(held *network.Buffered, arguments ...mat.Matrix) ([]float64, error) {
	outputs, err := e.moved.Run(held, arguments...)
	if err != nil {
		return nil, err
	}
	e.passes++
	if e.bounded != nil {
		e.bounded.apply(outputs[0])
	}
	return outputs[0], nil
}

// change returns ‖f(g·x) − f(x)‖²/2 of each sample, or ‖f(g·x) − R·f(x)‖²/2 if outputs move
// by R.
func (e *experiment) change(m motion) ([]float64, error) {
	each, err := e.changes(m)
	if err != nil {
		return nil, err
	}
	return e.perSample(each), nil
}

// changes returns the change of each output of each sample.
func (e *experiment) changes(m motion) ([]float64, error) {
	after, err := e.after(m.g)
	if err != nil {
		return nil, atMovedInputs(err)
	}
	target, err := e.target(m)
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

// perSample adds up the values of each sample.
func (e *experiment) perSample(v []float64) []float64 {
	sums := make([]float64, e.held.Len())
	m := len(v) / len(sums)
	for i, x := range v {
		sums[i/m] += x
	}
	return sums
}

// changeBothWays returns the mean of change at exp(tH) and at exp(−tH).
func (e *experiment) changeBothWays(h *mat.Dense, t float64) ([]float64, error) {
	each, err := e.changesBothWays(h, t)
	if err != nil {
		return nil, err
	}
	return e.perSample(each), nil
}

// changesBothWays returns the change of each output.
func (e *experiment) changesBothWays(h *mat.Dense, t float64) ([]float64, error) {
	mean := make([]float64, len(e.before))
	err := e.bothWays(h, t, func(held *network.Buffered, m motion) error {
		y, err := e.atMotion(held, m)
		if err != nil {
			return err
		}
		target, err := e.target(m)
		if err == nil {
			floats.AddScaled(mean, .5, halfSquares(y, target))
		}
		return err
	})
	return mean, err
}

// atMotion returns outputs at moved inputs: moved by m, or already moved along a field.
func (e *experiment) atMotion(held *network.Buffered, m motion) ([]float64, error) {
	var y []float64
	var err error
	if e.field != nil {
		y, err = e.outputs(held)
	} else {
		y, err = e.after(m.g)
	}
	return y, atMovedInputs(err)
}

// bothWays calls ask for exp(tH) and exp(−tH): with the motion and the original inputs, or with
// moved inputs if a field moves them.
func (e *experiment) bothWays(h *mat.Dense, t float64, ask func(held *network.Buffered, m motion) error) error {
	if e.field != nil {
		return e.onOrbits(h, t, func(held *network.Buffered) error { return ask(held, motion{}) })
	}
	if err := ask(e.held, e.exp(h, t)); err != nil {
		return err
	}
	return ask(e.held, e.exp(h, -t))
}

// variances returns ‖y_i − mean‖² of n samples.
func variances(y []float64, n int) []float64 {
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

// progress begins a progress line, or none if Settings.Quiet.
func (e *experiment) progress(name string, steps int) progress.Line {
	if e.s.Quiet {
		return progress.Line{}
	}
	return progress.New(name, steps)
}
