package checks

import (
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/lie"
)

// motion moves inputs, and outputs if they move, along a generator.
type motion struct {
	inputs, outputs *mat.Dense // its parts; outputs is nil if they stay
	there, back     *mat.Dense // to white coordinates of inputs, and back
	outside         func(g mat.Matrix) float64

	field action.Integrable // moves inputs; nil if matrices do
	h     []float64         // the coefficients of the generator
	data  []float64         // inputs that tell how far the data reach
}

// mostRanged is the size of generators up to which the range of the data is watched.
const mostRanged = 64

// outsideOf returns the function that tells which share of the data, inputs, a matrix of the action
// moves out of their range. It returns 0 if that is not watched.
func outsideOf(a action.Action, data []float64) func(g mat.Matrix) float64 {
	inputs := action.InputsOf(a)
	if r, ok := inputs.(action.Ranger); ok && action.CanMove(inputs) && action.GeneratorSize(inputs) <= mostRanged {
		return r.Range(data)
	}
	return func(mat.Matrix) float64 { return 0 }
}

// motionAlong returns the motion along the generator with coefficients h. data are inputs that
// tell how far the data reach, and outside is outsideOf for them.
func motionAlong(a action.Action, h, data []float64, outside func(g mat.Matrix) float64) motion {
	m := motion{h: h, data: data, outside: outside}
	inputs := action.InputsOf(a)
	if !action.CanMove(inputs) {
		m.field = a.(action.Integrable)
		return m
	}
	m.inputs = a.Generator(h)
	if pair, ok := a.(action.Equivariance); ok {
		m.outputs = pair.OutputGenerator(action.Local(pair, m.inputs))
		m.inputs = pair.Block(m.inputs, 0)
	}
	if m.there, m.back = action.WhiteCoordinates(inputs); m.there == nil {
		m.there = linalg.Identity(action.GeneratorSize(inputs))
		m.back = m.there
	}
	var white mat.Dense
	white.Product(m.there, m.inputs, m.back)
	m.inputs = &white
	return m
}

// by returns exp(tA), computed in white coordinates.
func (m motion) by(t float64) *mat.Dense {
	var g mat.Dense
	g.Product(m.back, lie.Exp(m.inputs, t), m.there)
	return &g
}

// arguments returns what a stepper's program takes for inputs x, [n, input…]: x, and what moves them
// by each of the ways. They report which share of the data each carries out of their range. Free all
// tensors but x after use.
func (m motion) arguments(x *tensors.Tensor) (with []any, outside []float64, err error) {
	with = []any{x}
	if m.field == nil {
		for _, t := range ways {
			g := m.by(t)
			rows, columns := g.Dims()
			with = append(with, tensors.FromFlatDataAndDimensions(g.RawMatrix().Data, rows, columns))
			outside = append(outside, m.outside(g))
		}
		return with, outside, nil
	}
	values, err := dataset.Values(x)
	if err != nil {
		return nil, nil, err
	}
	o, passed := action.NewOrbits(m.field, m.h, values, m.data, len(values)/x.Shape().Dim(0)), 0.
	for _, t := range ways {
		o.Advance(t - passed)
		passed = t
		with, outside = append(with, tensor.Of(o.Inputs(), x.DType(), x.Shape().Dimensions...)), append(outside, o.Stopped())
	}
	return with, outside, nil
}

// target returns outputs y [n, m] as they should be after inputs have moved by t.
func (m motion) target(y []float64, t float64) []float64 {
	if m.outputs == nil {
		return y
	}
	size, _ := m.outputs.Dims()
	moved := mat.NewDense(len(y)/size, size, nil)
	moved.Mul(mat.NewDense(len(y)/size, size, y), lie.Exp(m.outputs, t).T())
	return moved.RawMatrix().Data
}
