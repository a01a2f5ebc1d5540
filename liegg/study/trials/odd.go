package trials

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
)

// rotation returns the generator of the rotation in the plane of two axes of Rⁿ.
func rotation(n, i, j int) *mat.Dense {
	a := mat.NewDense(n, n, nil)
	a.Set(i, j, -1)
	a.Set(j, i, 1)
	return a
}

func diagonal(values ...float64) *mat.Dense {
	return mat.DenseCopyOf(mat.NewDiagDense(len(values), values))
}

// points returns a problem of c vectors of Rⁿ that one matrix moves.
func points(name string, n, c int, draw Draw, truth lie.Algebra, f func(x *Node) *Node) Problem {
	return Problem{Name: name, Action: action.Linear(n, c), Input: []int{n * c}, Size: n, Draw: draw, F: f, Truth: []lie.Algebra{truth}}
}

// poles are functions with other singularities than potentials.
func poles() []Problem {
	turnsAndScale := lie.Sum(lie.SO(3), lie.Scaling(3))
	dipole := func(m, x *Node) *Node {
		r := norm(x)
		return Div(dot(m, x), Mul(r, Square(r)))
	}
	return []Problem{
		points("1/xy", 3, 2, normal(6), lie.SO(3), func(x *Node) *Node { return Inverse(dot(part(x, 0, 3), part(x, 1, 3))) }),
		points("1/xyz", 3, 1, normal(3), lie.Span("diagonal", diagonal(1, -1, 0), diagonal(0, 1, -1)), func(x *Node) *Node {
			return Inverse(Mul(coordinate(x, 0), Mul(coordinate(x, 1), coordinate(x, 2))))
		}),
		points("log-det2", 2, 2, normal(4), lie.SL(2), func(x *Node) *Node { return Log(Abs(det2(part(x, 0, 2), part(x, 1, 2)))) }),
		points("1/det2", 2, 2, normal(4), lie.SL(2), func(x *Node) *Node { return Inverse(det2(part(x, 0, 2), part(x, 1, 2))) }),
		points("log-det3", 3, 3, normal(9), lie.SL(3), func(x *Node) *Node {
			return Log(Abs(det3(part(x, 0, 3), part(x, 1, 3), part(x, 2, 3))))
		}),
		points("dipole", 3, 1, normal(3), about(3, 0, 1), func(x *Node) *Node {
			r := norm(x)
			return Div(coordinate(x, 2), Mul(r, Square(r)))
		}),
		points("dipole-moment", 3, 2, normal(6), lie.SO(3), func(x *Node) *Node { return dipole(part(x, 0, 3), part(x, 1, 3)) }),
		points("dipoles", 3, 3, normal(9), lie.SO(3), func(x *Node) *Node {
			m, n, x := part(x, 0, 3), part(x, 1, 3), part(x, 2, 3)
			r2 := square(x)
			straight := Sub(dot(m, n), Div(MulScalar(Mul(dot(m, x), dot(n, x)), 3), r2))
			return Div(straight, Mul(r2, Sqrt(r2)))
		}),
		points("ratio", 2, 1, normal(2), lie.Scaling(2), func(x *Node) *Node { return Div(coordinate(x, 0), coordinate(x, 1)) }),
		points("ratio-of-distances", 3, 3, normal(9), turnsAndScale, func(x *Node) *Node {
			a, b, c := part(x, 0, 3), part(x, 1, 3), part(x, 2, 3)
			return Div(norm(Sub(a, b)), norm(Sub(b, c)))
		}),
		points("kepler", 3, 2, normal(6), lie.SO(3), func(x *Node) *Node {
			return Sub(MulScalar(square(part(x, 1, 3)), .5), Inverse(norm(part(x, 0, 3))))
		}),
		points("cubed", 3, 1, normal(3), lie.SO(3), func(x *Node) *Node {
			r2 := square(x)
			return Inverse(Mul(r2, Sqrt(r2)))
		}),
		points("broken-coulomb", 3, 1, normal(3), about(3, 1, 2), func(x *Node) *Node { // ½(1 + .3 x₁/r)/r
			r := norm(x)
			return Div(AddScalar(MulScalar(Div(coordinate(x, 0), r), .3), 1), r)
		}),
		points("asymmetric-pole", 3, 1, normal(3), lie.Trivial(3), func(x *Node) *Node {
			return Add(none(x), Inverse(norm(AddScalar(x, -1))))
		}),
	}
}

// steep are steps, cliffs, fast oscillations and nearly constant functions.
func steep() []Problem {
	smooth := func(x *Node) *Node { return Sin(norm(x)) }
	return []Problem{
		points("step", 3, 1, normal(3), lie.SO(3), func(x *Node) *Node { return Tanh(MulScalar(AddScalar(norm(x), -1.5), 40)) }),
		points("steps", 3, 1, normal(3), lie.SO(3), func(x *Node) *Node {
			r := norm(x)
			total := ZerosLike(r)
			for k := 1; k <= 4; k++ {
				total = Add(total, Tanh(MulScalar(AddScalar(r, -.6*float64(k)), 30)))
			}
			return total
		}),
		points("step-none", 3, 1, normal(3), lie.Trivial(3), func(x *Node) *Node { return Tanh(MulScalar(none(x), 40)) }),
		points("cliff", 3, 1, normal(3), lie.SO(3), func(x *Node) *Node { return Exp(square(x)) }),
		points("cliff-none", 3, 1, normal(3), lie.Trivial(3), func(x *Node) *Node { return Exp(none(x)) }),
		points("cliff-broken", 3, 1, normal(3), about(3, 1, 2), func(x *Node) *Node { return Exp(broken(.1)(x)) }),
		points("cliff-pair", 3, 2, normal(6), lie.SO(3), func(x *Node) *Node {
			return Exp(MulScalar(dot(part(x, 0, 3), part(x, 1, 3)), 2))
		}),
		points("oscillating", 3, 1, normal(3), lie.SO(3), func(x *Node) *Node { return Sin(MulScalar(square(x), 30)) }),
		points("oscillating-pair", 4, 2, normal(8), lie.SO(4), func(x *Node) *Node {
			return Sin(MulScalar(dot(part(x, 0, 4), part(x, 1, 4)), 30))
		}),
		points("oscillating-none", 3, 1, normal(3), lie.Trivial(3), func(x *Node) *Node { return Sin(MulScalar(none(x), 30)) }),
		points("nearly-constant", 3, 1, normal(3), lie.SO(3), func(x *Node) *Node { return AddScalar(MulScalar(smooth(x), 1e-6), 1) }),
		points("constant-and-ripple", 3, 1, normal(3), lie.Trivial(3), func(x *Node) *Node {
			return AddScalar(MulScalar(Sin(MulScalar(none(x), 5)), 1e-6), 1)
		}),
		points("ripple", 3, 1, normal(3), lie.Trivial(3), func(x *Node) *Node { // so(3) with a fast ripple of 5 % on it
			ripple := MulScalar(Sin(MulScalar(none(x), 5)), .05)
			return Add(smooth(x), ripple)
		}),
		points("maximum", 3, 1, normal(3), lie.Trivial(3), func(x *Node) *Node {
			return Max(coordinate(x, 0), Max(MulScalar(coordinate(x, 1), 1.3), MulScalar(coordinate(x, 2), .8)))
		}),
	}
}

// places are smooth functions on data with unusual distributions.
func places() []Problem {
	quadratic := func(x *Node) *Node {
		a, b, c := coordinate(x, 0), coordinate(x, 1), coordinate(x, 2)
		return Add(Square(a), Add(MulScalar(Square(b), 2), MulScalar(Square(c), 4)))
	}
	stretched, err := lie.SO(3).Conjugate(diagonal(1, 1/math.Sqrt2, .5))
	if err != nil {
		panic(err)
	}
	sphere := func(x *Node) *Node { return Sin(square(x)) }
	return []Problem{
		points("shell-pair", 3, 2, shell(1, 1, 3, 2), lie.SO(3), func(x *Node) *Node { return dot(part(x, 0, 3), part(x, 1, 3)) }),
		points("shell-quadratic", 3, 1, shell(1, 1, 3, 1), stretched, quadratic),
		points("thin-shell", 3, 1, shell(.98, 1.02, 3, 1), lie.SO(3), sphere),
		points("thin-shell-none", 3, 1, shell(.98, 1.02, 3, 1), lie.Trivial(3), none),
		points("annulus", 2, 1, shell(5, 5.2, 2, 1), lie.SO(2), func(x *Node) *Node { return norm(x) }),
		points("annulus-angle", 2, 1, shell(5, 5.2, 2, 1), lie.Scaling(2), func(x *Node) *Node {
			return Div(Mul(coordinate(x, 0), coordinate(x, 1)), square(x))
		}),
		points("lattice", 3, 1, lattice(20, 3), lie.SO(3), func(x *Node) *Node { return Sin(MulScalar(square(x), .01)) }),
		points("lattice-none", 3, 1, scaled(.1, lattice(20, 3)), lie.Trivial(3), none),
		points("corner", 3, 1, shifted(5, normal(3)), lie.SO(3), func(x *Node) *Node { return norm(x) }),
		points("corner-none", 3, 1, shifted(5, normal(3)), lie.Trivial(3), none),
		points("far-line", 2, 1, shifted(30, normal(2)), lie.SO(2), func(x *Node) *Node { return norm(x) }),
	}
}
