package trials

import (
	"fmt"
	"math"
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
)

// masses are invariant masses of two to four particles of mass 1 with energies from 2 to 100:
// with independent directions, or boosted together from a configuration at rest.
func masses() (problems []Problem) {
	for c := 2; c <= 4; c++ {
		for _, d := range []struct {
			name string
			draw Draw
		}{{"apart", particles(c)}, {"boosted", boosted(c)}} {
			for _, f := range []struct {
				name string
				of   func(x *Node) *Node
			}{{"mass", mass(c)}, {"logmass", func(x *Node) *Node { return Log(mass(c)(x)) }}} {
				problems = append(problems, Problem{
					Name: fmt.Sprintf("%s-%d-%s", f.name, c, d.name), Action: action.Linear(4, c), Input: []int{4 * c}, Size: 4,
					Draw: d.draw, F: f.of, Truth: []lie.Algebra{lie.SOpq(1, 3)},
				})
			}
		}
	}
	return problems
}

// mass returns the invariant mass of all particles together.
func mass(c int) func(x *Node) *Node {
	return func(x *Node) *Node {
		total := part(x, 0, 4)
		for i := 1; i < c; i++ {
			total = Add(total, part(x, i, 4))
		}
		return Sqrt(minkowski(total, total))
	}
}

func particles(c int) Draw {
	return each(4*c, func(rng *rand.Rand, x []float64) {
		for i := range c {
			p := x[4*i : 4*i+4]
			p[0] = logUniform(rng, 2, 100)
			direction(rng, math.Sqrt(p[0]*p[0]-1), p[1:])
		}
	})
}

func boosted(c int) Draw {
	return each(4*c, func(rng *rand.Rand, x []float64) {
		u := make([]float64, 3) // γ·v of the boost
		γ := logUniform(rng, 2, 50)
		direction(rng, math.Sqrt(γ*γ-1), u)
		for i := range c {
			p := x[4*i : 4*i+4]
			direction(rng, math.Abs(rng.NormFloat64()), p[1:])
			p[0] = math.Sqrt(1 + p[1]*p[1] + p[2]*p[2] + p[3]*p[3])
			along := u[0]*p[1] + u[1]*p[2] + u[2]*p[3]
			e := p[0]
			p[0] = γ*e + along
			for j := range u {
				p[1+j] += u[j] * (along/(1+γ) + e)
			}
		}
	})
}

// cones are quadratic forms of points near the cone on which they vanish.
func cones() []Problem {
	form := func(x *Node) *Node { return minkowski(x, x) }
	problems := []Problem{}
	for n := 2; n <= 4; n++ { // one time and n−1 places
		problems = append(problems, Problem{
			Name: fmt.Sprintf("so(1,%d)", n-1), Action: action.Linear(n, 1), Input: []int{n}, Size: n,
			Draw: hyperboloid(n), F: form, Truth: []lie.Algebra{lie.SOpq(1, n-1)},
		})
	}
	problems = append(problems, Problem{
		Name: "so(1,1)-log", Action: action.Linear(2, 1), Input: []int{2}, Size: 2,
		Draw: hyperboloid(2), F: func(x *Node) *Node { return Log(form(x)) }, Truth: []lie.Algebra{lie.SOpq(1, 1)},
	}, Problem{
		Name: "so(2,2)", Action: action.Linear(4, 1), Input: []int{4}, Size: 4, Draw: each(4, func(rng *rand.Rand, x []float64) {
			r, m := uniform(rng, 5, 10), uniform(rng, .5, 1.5)
			direction(rng, math.Sqrt(r*r+m*m), x[:2])
			direction(rng, r, x[2:])
		}),
		F:     func(x *Node) *Node { return Sub(square(part(x, 0, 2)), square(part(x, 1, 2))) },
		Truth: []lie.Algebra{lie.SOpq(2, 2)},
	}, Problem{
		Name: "sl(2)", Action: action.Linear(2, 2), Input: []int{4}, Size: 2, Draw: nearlyParallel,
		F: func(x *Node) *Node { return det2(part(x, 0, 2), part(x, 1, 2)) }, Truth: []lie.Algebra{lie.SL(2)},
	}, Problem{
		Name: "hyperbola", Action: action.Linear(2, 1), Input: []int{2}, Size: 2, Draw: each(2, func(rng *rand.Rand, x []float64) {
			x[0], x[1] = uniform(rng, 5, 10), uniform(rng, .05, .2)
		}),
		F:     func(x *Node) *Node { return Mul(coordinate(x, 0), coordinate(x, 1)) },
		Truth: []lie.Algebra{lie.Span("so(1,1)", mat.NewDense(2, 2, []float64{1, 0, 0, -1}))},
	})
	return problems
}

// hyperboloid draws (√(y²+m²), y), |y| in [5, 10] and m in [.5, 1.5].
func hyperboloid(n int) Draw {
	return each(n, func(rng *rand.Rand, x []float64) {
		y, m := uniform(rng, 5, 10), uniform(rng, .5, 1.5)
		x[0] = math.Sqrt(y*y + m*m)
		direction(rng, y, x[1:])
	})
}

// nearlyParallel draws two vectors of the plane that are nearly parallel.
var nearlyParallel = each(4, func(rng *rand.Rand, x []float64) {
	direction(rng, uniform(rng, 5, 10), x[:2])
	along, across := uniform(rng, .7, 1.3), uniform(rng, .01, .03)
	x[2], x[3] = along*x[0]-across*x[1], along*x[1]+across*x[0]
})
