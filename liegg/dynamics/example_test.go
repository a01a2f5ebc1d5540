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

// A charge in a magnetic field across the plane. Its Lagrangian is invariant under rotations, and
// under shifts up to a total derivative. Each has a charge, which is conserved.
func ExampleLagrangian() {
	l := network.Exact(func(z *Node) *Node {
		at := func(i int) *Node { return SliceAxis(z, -1, AxisRange(i, i+1)) }
		kinetic := MulScalar(Add(Square(at(2)), Square(at(3))), .5)
		return Add(kinetic, Sub(Mul(at(0), at(3)), Mul(at(1), at(2))))
	})
	states := normal(2000, 4) // x, y and their velocities
	found, err := dynamics.Lagrangian{Names: []string{"x", "y"}, Degree: 1, Gauge: 1}.Of(l, states, network.Settings{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(found)
	drift, err := found.Follow(l, states, dynamics.DriftSettings{})
	if err != nil {
		log.Fatal(err)
	}
	for _, of := range drift.Of {
		fmt.Println(of < 1e-6*drift.Random)
	}
	// Output:
	// 3 generators among 8
	// y∂x − x∂y
	// ∂x, δL = d(y)/dt
	// ∂y, δL = d(−x)/dt
	// true
	// true
	// true
}

// A force field q̈ = a(q, q̇) is the equation (q, q̇)˙ = (q̇, a). Here a is an anharmonic attraction and
// drag, which keep rotations alone.
func ExampleODE_forces() {
	force := func(q, v *Node) *Node {
		r2 := ReduceAndKeep(Square(q), ReduceSum, -1)
		return Neg(Add(Mul(r2, q), MulScalar(v, .1)))
	}
	field := network.Exact(func(z *Node) *Node {
		q, v := SliceAxis(z, -1, AxisRange(0, 2)), SliceAxis(z, -1, AxisRange(2))
		return Concatenate([]*Node{v, force(q, v)}, -1)
	})
	equation := dynamics.ODE{Names: []string{"x", "y", "u", "v"}, Degree: 1, Time: -1}
	found, err := equation.Of(field, normal(2000, 4), network.Settings{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(found)
	// Output:
	// 1 generator among 20
	// y∂x − x∂y + v∂u − u∂v
}

// The charge of rotations in a bowl is the angular momentum, here y·v_x − x·v_y.
func ExampleLagrangianSymmetries_Charges() {
	l := network.Exact(func(z *Node) *Node {
		q, v := Slice(z, AxisRange(), AxisRange(0, 2)), Slice(z, AxisRange(), AxisRange(2, 4))
		return MulScalar(ReduceAndKeep(Sub(Square(v), Square(q)), ReduceSum, -1), .5)
	})
	found, err := dynamics.Lagrangian{Names: []string{"x", "y"}, Degree: 1}.Of(l, normal(2000, 4), network.Settings{})
	if err != nil {
		log.Fatal(err)
	}
	at := tensors.FromFlatDataAndDimensions([]float64{1, 2, 3, 4}, 1, 4)
	charges, err := found.Charges(l, network.Head{}, at)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%v: %.3f", found, charges.At(0, 0))
	// Output:
	// 1 generator among 6
	// y∂x − x∂y: 2.000
}
