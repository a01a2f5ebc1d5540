package trials

import (
	"fmt"
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/lie"
)

// shapes are data of uneven shape: in mixed units, thin, of two sizes, relative to their
// centre. They include functions whose symmetry is broken for few samples only.
func shapes() (problems []Problem) {
	coulomb := potentials()[0].energy(3, 2)
	far := func(x *Node) *Node { return Max(AddScalar(square(x), -7.8), ZerosLike(norm(x))) } // for 1 of 20
	problems = []Problem{
		points("coulomb-centred", 3, 3, centred, lie.SO(3), potentials()[1].energy(3, 3)),
		points("two-sizes", 3, 2, twoSizes, lie.SO(3), coulomb),
		points("cosines", 3, 1, normal(3), lie.Trivial(3), func(x *Node) *Node { return sum(Cos(x)) }),
		points("far-broken", 3, 1, normal(3), about(3, 1, 2), func(x *Node) *Node {
			return Add(square(x), Mul(far(x), coordinate(x, 0)))
		}),
		points("core-broken", 3, 1, normal(3), about(3, 1, 2), func(x *Node) *Node { // 1/r·(1 + ½x₁/r) within r < .5
			r := norm(x)
			core := Max(AddScalar(Neg(r), .5), ZerosLike(r))
			return Div(AddScalar(Mul(core, Div(coordinate(x, 0), r)), 1), r)
		}),
	}
	problems[3] = nearlySO3(problems[3], false)
	problems[4] = nearlySO3(problems[4], true) // by 6 % of unrelated directions
	for _, unit := range []float64{10, 100} {
		algebra, err := lie.SO(3).Conjugate(diagonal(unit, 1, 1/unit))
		if err != nil {
			panic(err)
		}
		in := func(f func(x *Node) *Node) func(x *Node) *Node {
			return func(x *Node) *Node {
				return f(Div(x, ConstAs(x, [][]float64{{unit, 1, 1 / unit, unit, 1, 1 / unit}})))
			}
		}
		problems = append(problems, points(fmt.Sprintf("coulomb-units-%g", unit), 3, 2, inUnitsOf(unit), algebra, in(coulomb)))
	}
	product := func(x *Node) *Node { return dot(part(x, 0, 3), part(x, 1, 3)) }
	return append(problems, points("thin", 3, 2, inUnitsOf(10), lie.SO(3), product))
}

// centred draws three normal points relative to their centre of mass.
func centred(rng *rand.Rand, n int) []float64 {
	values := normal(9)(rng, n)
	for i := 0; i < len(values); i += 9 {
		x := values[i : i+9]
		for j := range 3 {
			mean := (x[j] + x[j+3] + x[j+6]) / 3
			x[j], x[j+3], x[j+6] = x[j]-mean, x[j+3]-mean, x[j+6]-mean
		}
	}
	return values
}

// twoSizes draws two normal points, a thousand times smaller in every other sample.
func twoSizes(rng *rand.Rand, n int) []float64 {
	values := normal(6)(rng, n)
	for i := range values {
		if i/6%2 == 1 {
			values[i] *= 1e-3
		}
	}
	return values
}

// inUnitsOf draws two normal points whose coordinates have the units u, 1 and 1/u.
func inUnitsOf(u float64) Draw {
	return each(6, func(rng *rand.Rand, x []float64) {
		for i := range 2 {
			x[3*i], x[3*i+1], x[3*i+2] = u*rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()/u
		}
	})
}
