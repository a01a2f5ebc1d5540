package moved

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/tensor"
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
func (o *Outputs) blur() error {
	each, err := o.Blurs()
	o.Noise = floats.Sum(each) / floats.Sum(o.Variance)
	return err
}

// Blurs returns the change of each sample, as by Change, if each number of the inputs changes by ε times
// the size that it has as its sample moves, and the outputs by ε.
func (o *Outputs) Blurs() ([]float64, error) {
	values, err := o.Held.Values()
	if err != nil {
		return nil, err
	}
	o.perturb(values)
	blurred, err := o.Held.With(values)
	if err != nil {
		return nil, err
	}
	defer blurred.Finalize()
	y, err := o.unmoved(blurred)
	if err != nil {
		return nil, err
	}
	rounded := make([]float64, len(y))
	for i, v := range y {
		rounded[i] = o.Epsilon * o.Epsilon * v * v / 2
	}
	each := halfSquares(y, o.Before)
	floats.Add(each, rounded)
	return o.PerSample(each), nil
}

// perturb changes the numbers of the inputs, up or down, by what rounding may change them by.
func (o *Outputs) perturb(values []float64) {
	n := o.Held.Len()
	width := len(values) / n
	size := make([]float64, width) // of each number
	moves := action.Moves(o.Action)
	for j := range size {
		if moves != nil && !moves[j] {
			continue // it keeps its digits
		}
		size[j] = floats.Norm(tensor.Column(values, j, width), 2)
	}
	random := rand.New(rand.NewPCG(o.s.Seed, 0x626c7572)) // its own stream of random numbers
	for i := range n {
		own, far := values[i*width:(i+1)*width], 0.0
		for j, v := range own {
			if size[j] > 0 {
				far = max(far, math.Abs(v)/size[j])
			}
		}
		for j := range own {
			own[j] += o.Epsilon * far * size[j] * float64(2*random.IntN(2)-1)
		}
	}
}

// Blurred reports whether rounding of the inputs changes f so much that its flows say
// nothing.
func (o *Outputs) Blurred() bool { return o.Noise > o.s.Tolerance/10 }

// Blurriness returns the reason to give no answer if it does.
func (o *Outputs) Blurriness() []string {
	if !o.Blurred() {
		return nil
	}
	return []string{fmt.Sprintf("rounding of the inputs alone changes f by Δ = %.2g: give inputs in float64, or in units and from an origin in which f can be computed", o.Noise)}
}
