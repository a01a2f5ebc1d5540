// Package motion moves the inputs of a network, and its outputs, by finite transformations: along
// flows exp(tH) of an action, as far as these stay within the data.
package motion

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// Mover moves buffered inputs.
type Mover struct {
	Action action.Action     // moves inputs: an action.Mover, or the same as Field
	Field  action.Integrable // nil if matrices move inputs
	Held   *network.Buffered
	Sample []float64 // inputs that determine the range

	// Outside measures the share of the data that a matrix moves out of their range, if the action
	// can tell. Orbits keep track of it themselves.
	Outside func(g mat.Matrix) float64

	most    float64    // share of the data that a flow may carry out of their range
	there   *mat.Dense // from the coordinates of inputs to the coordinates of flows, and
	back    *mat.Dense // back; nil if they are the same
	journey journey    // along the orbits of a field
	scale   float64    // extent of the data; see Extent
}

// Finite is a finite transformation: In moves inputs, and Out moves outputs in the units in which
// they are compared. If Out is nil, outputs stay.
type Finite struct{ In, Out *mat.Dense }

// New prepares to move inputs. Flows end where they carry more than a share most of the data out of
// their range. New panics if the action can move no inputs.
func New(a action.Action, held *network.Buffered, most float64) (*Mover, error) {
	m := &Mover{Action: a, Held: held, most: most}
	if _, ok := action.InputsOf(a).(action.Mover); !ok {
		if m.Field, ok = a.(action.Integrable); !ok {
			panic(fmt.Sprintf("flow: a must be an action.Mover, which moves inputs by finite transformations, or action.Integrable, which has orbits, without outputs that move; %T has no method Moved, and no Velocity either", a))
		}
	}
	if err := a.Check(held.Input()); err != nil {
		return nil, err
	}
	if err := m.findRange(); err != nil {
		return nil, err
	}
	return m, m.whiten()
}

// rangeSamples is the number of samples that determine a range.
const rangeSamples = 2000

// findRange finds the range of the data.
func (m *Mover) findRange() error {
	values, err := m.Held.Values()
	if err != nil {
		return err
	}
	width := len(values) / m.Held.Len()
	if i := slices.IndexFunc(values, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }); i >= 0 {
		return &liegg.NotFiniteError{Sample: i / width, What: "input"}
	}
	m.Sample = values[:min(m.Held.Len(), rangeSamples)*width]
	m.Outside = func(mat.Matrix) float64 { return 0 }
	if ranger, ok := m.Inputs().(action.Ranger); ok {
		m.Outside = ranger.Range(m.Sample)
	}
	return nil
}

// Pair returns the action as an Equivariance; ok is false if it moves inputs only.
func (m *Mover) Pair() (pair action.Equivariance, ok bool) {
	pair, ok = m.Action.(action.Equivariance)
	return pair, ok
}

// Inputs returns the action on inputs.
func (m *Mover) Inputs() action.Action { return action.InputsOf(m.Action) }

// Still returns the identity on inputs.
func (m *Mover) Still() *mat.Dense { return linalg.Identity(action.GeneratorSize(m.Inputs())) }

// Exp returns the transformation exp(tH) of inputs and outputs.
func (m *Mover) Exp(h *mat.Dense, t float64) Finite {
	pair, ok := m.Pair()
	if !ok {
		return Finite{In: m.expInputs(h, t)}
	}
	return Finite{m.expInputs(pair.Block(h, 0), t), lie.Exp(m.OutputGenerator(h), t)}
}

// BothWays calls ask for exp(tH) and exp(−tH): with the transformation and the original inputs, or
// with moved inputs if a field moves them.
func (m *Mover) BothWays(h *mat.Dense, t float64, ask func(held *network.Buffered, g Finite) error) error {
	if m.Field != nil {
		return m.onOrbits(h, t, func(held *network.Buffered) error { return ask(held, Finite{}) })
	}
	if err := ask(m.Held, m.Exp(h, t)); err != nil {
		return err
	}
	return ask(m.Held, m.Exp(h, -t))
}

// OutputGenerator returns the matrix by which a generator moves outputs, in the units in which
// they are compared.
func (m *Mover) OutputGenerator(h *mat.Dense) *mat.Dense {
	pair, _ := m.Pair()
	return pair.OutputGenerator(action.Local(pair, h))
}

// InUnits converts a map of the outputs to the units in which they are compared, or back.
func (m *Mover) InUnits(out *mat.Dense, back bool) *mat.Dense {
	pair, _ := m.Pair()
	sizes := pair.OutputSizes()
	if sizes == nil {
		return out
	}
	in := mat.DenseCopyOf(out)
	in.Apply(func(i, j int, v float64) float64 {
		if back {
			i, j = j, i
		}
		return v * (sizes[j] / sizes[i])
	}, in)
	return in
}

// Lengthening returns the largest singular value of exp(tB) and exp(−tB): the factor by which the
// motion of the outputs can increase a difference between them.
func (m *Mover) Lengthening(h *mat.Dense, t float64) float64 {
	if _, ok := m.Pair(); !ok || t == 0 {
		return 1
	}
	largest := 1.0
	for _, at := range []float64{t, -t} {
		var svd mat.SVD
		if svd.Factorize(lie.Exp(m.OutputGenerator(h), at), mat.SVDNone) {
			largest = max(largest, svd.Values(nil)[0])
		}
	}
	return largest
}

// FollowsVelocities reports whether inputs move exactly with the velocities of the action.
// Images and other inputs on grids do not.
func (m *Mover) FollowsVelocities() bool {
	if action.Resamples(m.Inputs()) {
		return false
	}
	measured, ok := m.Action.(action.Measured)
	return !ok || measured.Inner() != nil
}

// MovesOutputs reports whether an action moves outputs, too.
func MovesOutputs(a action.Action) bool {
	switch a.(type) {
	case action.Equivariance, action.ImageToImage:
		return true
	}
	return false
}

// Coefficients returns h such that Σ_k h_k A_k is nearest to m, and the distance of m from it
// relative to the norm of m, both about the centre of a. Rounding of m does not count.
func Coefficients(a action.Action, m *mat.Dense) (h []float64, residual float64) {
	solution, off, err := action.Coefficients(a, m)
	if err != nil {
		panic(fmt.Sprintf("flow: %v", err))
	}
	rounding := 0x1p-48 * mat.Norm(m, 2)
	return mat.Col(nil, 0, solution), max(0, off[0]-rounding) / max(mat.Norm(action.Local(a, m), 2), math.SmallestNonzeroFloat64)
}
