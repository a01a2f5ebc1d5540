package jax_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/jax"
)

// A scalar that a network of e3nn-jax makes of four points, and points at random. (Without
// XLA it cannot run, so that TestInvariantNetwork checks the answer.)
func ExampleLoad() {
	net := must.M1(jax.Load("testdata/e3nn_invariant.jaxnet", jax.Settings{}))
	random := rand.New(rand.NewPCG(1, 2))
	points := make([]float64, 500*4*3)
	for i := range points {
		points[i] = random.NormFloat64()
	}
	x := network.Tensor(tensors.FromFlatDataAndDimensions(points, 500, 4, 3))
	v := must.M1(network.Judge(net, action.Linear(3, 4), x, network.Settings{}))
	fmt.Println(v.Answer, v.Dim, v.Identity.Name) // symmetric 3 so(3)
}
