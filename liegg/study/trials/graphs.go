package trials

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// Building blocks of graphs. All of them map rows [batch, …] to numbers [batch, 1].

// part returns the i-th vector of n numbers.
func part(x *Node, i, n int) *Node { return Slice(x, AxisRange(), AxisRange(i*n, (i+1)*n)) }

// coordinate returns the i-th number of a row.
func coordinate(x *Node, i int) *Node { return part(x, i, 1) }

func sum(x *Node) *Node { return ReduceAndKeep(x, ReduceSum, -1) }

func dot(a, b *Node) *Node { return sum(Mul(a, b)) }

func square(a *Node) *Node { return dot(a, a) }

func norm(a *Node) *Node { return Sqrt(square(a)) }

// minkowski returns the product of two vectors with the metric (+, −, −, …).
func minkowski(a, b *Node) *Node {
	n := a.Shape().Dim(1)
	product := Mul(a, b)
	return Sub(coordinate(product, 0), sum(Slice(product, AxisRange(), AxisRange(1, n))))
}

// det2 returns the determinant of two vectors of the plane.
func det2(a, b *Node) *Node {
	return Sub(Mul(coordinate(a, 0), coordinate(b, 1)), Mul(coordinate(a, 1), coordinate(b, 0)))
}

// det3 returns the determinant of three vectors of space.
func det3(a, b, c *Node) *Node {
	minor := func(i, j int) *Node {
		return Sub(Mul(coordinate(b, i), coordinate(c, j)), Mul(coordinate(b, j), coordinate(c, i)))
	}
	return Add(Mul(coordinate(a, 0), minor(1, 2)), Add(Mul(coordinate(a, 1), minor(2, 0)), Mul(coordinate(a, 2), minor(0, 1))))
}

// broken returns ‖x‖² + ε·x₁³ of one vector.
func broken(epsilon float64) func(x *Node) *Node {
	return func(x *Node) *Node {
		first := coordinate(x, 0)
		return Add(square(x), MulScalar(Mul(first, Square(first)), epsilon))
	}
}

// none is a function of three numbers without any linear symmetry.
func none(x *Node) *Node {
	a, b, c := coordinate(x, 0), coordinate(x, 1), coordinate(x, 2)
	cube := MulScalar(Mul(a, Square(a)), .3)
	mixed := MulScalar(Mul(Square(b), c), .7)
	return Add(Add(cube, mixed), Add(c, MulScalar(Mul(a, b), .3)))
}
