package checks

import (
	"math"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
)

// Ways are the lengths of finite steps, in extents of the data.
var Ways = ways

const (
	EachSamples = eachSamples
	EachBlock   = eachBlock
)

// Changes are the changes of outputs, multiplied by factors, along the generators of a verdict at
// samples x.
func Changes(n Network, v *liegg.Verdict, a action.Action, x *tensors.Tensor, factors []float64, s Settings) ([][]float64, error) {
	_, l, err := n.lookAgain(v, a, x, len(factors), s)
	if err != nil {
		return nil, err
	}
	return l.changes(v.Dim, factors, l), nil
}

// Moved are the outputs after each of the ways, and what they should be.
func Moved(n Network, v *liegg.Verdict, h *mat.Dense, a action.Action, o Samples, s Settings) (values, targets [][]float64, err error) {
	e, err := n.stepper(a, o.X, 1, s)
	if err != nil {
		return nil, nil, err
	}
	moved, err := e.along(v, h, atOnce, o.Everywhere(), nil)
	for _, after := range moved.after[:len(ways)] {
		values, targets = append(values, after.values), append(targets, after.target)
	}
	return values, targets, err
}

// AlongOne is the evidence for an output along one generator at the numbered samples, of which
// ‖J·A·x‖² and ‖J‖²‖A·x‖² are known.
func AlongOne(sums [][2]float64, numbers []int, of func(number int) int, each int) (*liegg.Evidence, error) {
	l := results{outputs: 1}
	for _, i := range numbers {
		l.rows, l.energies = append(l.rows, math.Sqrt(sums[i][0])), append(l.energies, sums[i][1])
		l.products, l.y = append(l.products, 1), append(l.y, 0)
	}
	return l.output(0, 1, blocksOf(numbers, of, each), false)
}
