package dynamics_test

import (
	"fmt"
	"log"
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dynamics"
	"github.com/liegg/lab/liegg/network"
)

func normal(n, size int) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(1, 0))
	values := make([]float64, n*size)
	for i := range values {
		values[i] = rng.NormFloat64()
	}
	return tensors.FromFlatDataAndDimensions(values, n, size)
}

// The isotropic oscillator in the plane conserves four quadratic functions, which generate u(2).
func ExampleConserved() {
	energy := network.Exact(func(z *Node) *Node {
		return MulScalar(ReduceAndKeep(Square(z), ReduceSum, -1), .5)
	})
	library := dynamics.Monomials(2, "x", "y", "u", "v")
	laws, err := dynamics.Conserved(energy, library, normal(2000, 4), network.Settings{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(laws)
	// Output:
	// 4 generators among 14
	// x² + u²
	// xy + uv
	// xv − yu
	// y² + v²
	// 4 quantities, 3 independent
	// brackets close: so(3) and a centre of 1 dimension
	// they generate u(2)
}

// Burgers' equation, u_t = u_xx − u·u_x, has five point symmetries.
func ExamplePDE() {
	burgers := network.Exact(func(z *Node) *Node {
		at := func(i int) *Node { return SliceAxis(z, -1, AxisRange(i, i+1)) }
		return Sub(at(4), Mul(at(2), at(3)))
	})
	equation := dynamics.PDE{
		Independent: []string{"x", "t"}, Dependent: []string{"u"},
		Coordinates: []string{"x", "t", "u", "u_x", "u_xx"}, Solved: "t", Degree: 2,
	}
	found, err := equation.Of(burgers, normal(4000, 5), network.Settings{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(found)
	// Output:
	// 5 generators among 23
	// x∂x + 2t∂t − u∂u
	// t∂x + ∂u
	// xt∂x + t²∂t + x∂u − tu∂u
	// ∂x
	// ∂t
}
