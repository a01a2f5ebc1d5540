package card

import (
	"fmt"
	"math"
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/layers/activation"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// agree tells the spectra of networks whose weights and samples are the same on every backend.
func agree(s Settings, tell func(Result)) error {
	samples := map[bool]int{false: 2000, true: 500}[s.Small]
	for _, c := range []struct {
		name   string
		sizes  []int
		input  []int
		action action.Action
	}{
		{"O(5)", []int{10, 32, 32, 1}, []int{10}, action.Linear(5, 2)},
		{"digits", []int{784, 128, 128, 128, 128, 128, 10}, []int{28, 28}, action.ImageAffine(28, 28)},
		{"inertia", []int{9, 384, 384, 9}, []int{9}, action.Covariant(action.Linear(3, 3), action.Left(3, 3), action.Right(3, 3))},
	} {
		x := normal(99, 1, append([]int{samples}, c.input...)...)
		spectrum, err := network.Analyze(network.Exact(fixed(c.sizes)), c.action, network.Tensor(x), network.Settings{})
		if err != nil {
			return fmt.Errorf("card: %s: %w", c.name, err)
		}
		r := Result{Name: c.name}
		for _, d := range spectrum.BySingular {
			r.Singular = append(r.Singular, d.Singular)
		}
		tell(r)
	}
	return nil
}

// fixed is a network with swish between its layers, whose weights a seed gives.
func fixed(sizes []int) func(x *Node) *Node {
	weights := make([]*tensors.Tensor, len(sizes)-1)
	for i := range weights {
		weights[i] = normal(uint64(i), 1/math.Sqrt(float64(sizes[i])), sizes[i], sizes[i+1])
	}
	return func(x *Node) *Node {
		h := Reshape(x, x.Shape().Dim(0), -1)
		for i, w := range weights {
			if i > 0 {
				h = activation.Swish(h)
			}
			h = MatMul(h, Const(x.Graph(), w))
		}
		return h
	}
}

// normal returns normal numbers of a seed, times a factor.
func normal(seed uint64, factor float64, dimensions ...int) *tensors.Tensor {
	size := 1
	for _, d := range dimensions {
		size *= d
	}
	random, values := rand.New(rand.NewPCG(seed, 0)), make([]float32, size)
	for i := range values {
		values[i] = float32(factor * random.NormFloat64())
	}
	return tensors.FromFlatDataAndDimensions(values, dimensions...)
}
