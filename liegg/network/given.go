package network

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// Given returns a network of which only the gradients at some samples are known, as computed
// by another framework. x [N, input…] are the samples, j [N, m, input…] their Jacobians
// ∂y/∂x, or [N, input…] for one output, and y [N, m] the outputs. All are float32 or float64.
// The output may have several axes. y may be nil for questions that need no outputs.
//
// The network is y_i + J_i·(x − x_i), with i the sample nearest to x along a line. So at the
// samples themselves, where Judge, JudgeByOutput, JudgeByLabel and Analyze look, it has the
// given outputs and gradients. Elsewhere it says nothing about the function: NewProgram, and
// so all finite flows, return an error.
//
// Given returns an error if shapes do not match, if numbers are not finite, or if equal
// samples have different gradients.
func Given(x, y, j *tensors.Tensor) (*Network, error) {
	g, err := newGiven(x, y, j)
	if err != nil {
		return nil, fmt.Errorf("network: gradients from elsewhere: %w", err)
	}
	return &Network{Forward: g.forward, Store: g.store, given: true}, nil
}

// given finds a sample by its key, w·(x − centre) with random w. The samples are sorted by
// their keys for a binary search.
type given struct {
	store        *model.Store
	samples      int
	centre, w    []float64
	input        []int
	outputs      int
	values, keys []float64 // values of x, and keys of the samples in order
}

func newGiven(x, y, j *tensors.Tensor) (*given, error) {
	g := &given{store: model.NewStore()}
	if err := g.shapes(x, y, j); err != nil {
		return nil, err
	}
	gradients, err := dataset.Values(j)
	if err != nil {
		return nil, err
	}
	outputs := make([]float64, g.samples*g.outputs)
	if y != nil {
		if outputs, err = dataset.Values(y); err != nil {
			return nil, err
		}
	}
	for what, t := range map[string]*tensors.Tensor{"x": x, "J": j, "y": y} {
		if t != nil {
			if err := allFinite(t, what); err != nil {
				return nil, err
			}
		}
	}
	if g.values, err = dataset.Values(x); err != nil {
		return nil, err
	}
	order, err := g.order()
	if err != nil {
		return nil, err
	}
	if err := g.sameForEqual(order, gradients); err != nil {
		return nil, err
	}
	g.keep(order, x.DType(), j.DType(), outputs, gradients)
	return g, nil
}

// shapes checks the shapes and records them.
func (g *given) shapes(x, y, j *tensors.Tensor) error {
	if err := tensor.CheckInputs(x); err != nil {
		return fmt.Errorf("x: %w", err)
	}
	g.samples, g.input = x.Shape().Dim(0), x.Shape().Dimensions[1:]
	dims, rank := j.Shape().Dimensions, len(g.input)
	if len(dims) < rank+1 || dims[0] != g.samples || !slices.Equal(dims[len(dims)-rank:], g.input) {
		return fmt.Errorf("x is %v, so J must be [%d, m, %s], the gradient of each of m outputs by each number of x, but J is %v", x.Shape().Dimensions, g.samples, spelling.List(g.input), dims)
	}
	g.outputs = 1
	for _, d := range dims[1 : len(dims)-rank] {
		g.outputs *= d
	}
	if y != nil && (y.Rank() == 0 || y.Shape().Dim(0) != g.samples || y.Size() != g.samples*g.outputs) {
		return fmt.Errorf("by x of %v and J of %v, y must be [%d, %d], but it is %v", x.Shape().Dimensions, dims, g.samples, g.outputs, y.Shape().Dimensions)
	}
	return nil
}

// sameForEqual returns an error if equal samples have different gradients.
func (g *given) sameForEqual(order []int, gradients []float64) error {
	const alike = 1e-3 // relative to the larger one: GPUs round differently from run to run
	size := len(gradients) / g.samples
	for at := 1; at < len(order); at++ {
		i, j := order[at-1], order[at]
		if !g.equal(i, j) {
			continue
		}
		difference, largest := 0., 0.
		for k := range size {
			a, b := gradients[i*size+k], gradients[j*size+k]
			difference, largest = max(difference, math.Abs(a-b)), max(largest, math.Abs(a), math.Abs(b))
		}
		if difference > alike*largest {
			return fmt.Errorf("the samples %d and %d are equal, but their gradients are not: compute them in evaluation mode, without dropout, and each sample by itself", min(i, j), max(i, j))
		}
	}
	return nil
}
