package flow

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// roundingOf returns the ε of the type of the inputs, and the relative defect that rounding
// may give an exact symmetry in that type.
func roundingOf(held *network.Buffered) (epsilon, defect float64, err error) {
	x, err := held.First(1)
	if err != nil {
		return 0, 0, err
	}
	defer x.MustFinalizeAll()
	if x.DType() == dtypes.Float64 {
		return 0x1p-52, 1e-10, nil
	}
	return 0x1p-23, 1e-5, nil
}

// blur measures what rounding alone does to f, as Δ.
func (e *experiment) blur() error {
	each, err := e.blurs()
	e.noise = floats.Sum(each) / floats.Sum(e.variance)
	return err
}

// blurs returns the change of each sample, as by change, if each number of the inputs changes by ε times
// the size that it has as its sample moves, and the outputs by ε.
func (e *experiment) blurs() ([]float64, error) {
	values, err := e.held.Values()
	if err != nil {
		return nil, err
	}
	n := e.held.Len()
	width := len(values) / n
	size := make([]float64, width) // of each number
	moves := action.Moves(e.mover)
	for j := range size {
		if moves != nil && !moves[j] {
			continue // it keeps its digits
		}
		size[j] = floats.Norm(outputOf(values, j, width), 2)
	}
	random := rand.New(rand.NewPCG(e.s.Seed, 0x626c7572)) // its own stream of random numbers
	for i := range n {
		own, far := values[i*width:(i+1)*width], 0.0
		for j, v := range own {
			if size[j] > 0 {
				far = max(far, math.Abs(v)/size[j])
			}
		}
		for j := range own {
			own[j] += e.epsilon * far * size[j] * float64(2*random.IntN(2)-1)
		}
	}
	blurred, err := e.held.With(values)
	if err != nil {
		return nil, err
	}
	defer blurred.Finalize()
	y, err := e.unmoved(blurred)
	if err != nil {
		return nil, err
	}
	rounded := make([]float64, len(y))
	for i, v := range y {
		rounded[i] = e.epsilon * e.epsilon * v * v / 2
	}
	each := halfSquares(y, e.before)
	floats.Add(each, rounded)
	return e.perSample(each), nil
}

// blurred reports whether rounding of the inputs changes f so much that its flows say
// nothing.
func (e *experiment) blurred() bool { return e.noise > e.s.Tolerance/10 }

// blurriness returns the reason to give no answer if it does.
func (e *experiment) blurriness() []string {
	if !e.blurred() {
		return nil
	}
	return []string{fmt.Sprintf("rounding of the inputs alone changes f by Δ = %.2g: give inputs in float64, or in units and from an origin in which f can be computed", e.noise)}
}
