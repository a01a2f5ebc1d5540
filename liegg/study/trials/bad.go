package trials

import (
	"math/rand/v2"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/lie"
)

// bad are inputs that say little. A verdict on them must not be firm and false.
func bad() []Problem {
	linear := points("equal-gradients", 3, 1, normal(3), lie.Trivial(3), func(x *Node) *Node {
		return Add(coordinate(x, 0), Add(MulScalar(coordinate(x, 1), 2), MulScalar(coordinate(x, 2), -1)))
	})
	linear.Trivial = 6
	step := points("saturated-step", 3, 1, normal(3), lie.Trivial(3), func(x *Node) *Node {
		return Tanh(MulScalar(AddScalar(coordinate(x, 0), -.1), 1e3))
	})
	step.Trivial = 6
	return []Problem{
		points("one-heavy", 3, 1, heavyOne, lie.Trivial(3), func(x *Node) *Node {
			return Add(none(x), MulScalar(Inverse(norm(AddScalar(x, -1))), 1e-8))
		}),
		points("one-heavy-so3", 3, 1, tinyOne, lie.SO(3), func(x *Node) *Node { return Inverse(norm(x)) }),
		undecided(points("one-active", 3, 1, oneSided, lie.Trivial(3), func(x *Node) *Node {
			return Mul(Max(coordinate(x, 0), ZerosLike(coordinate(x, 0))), Sin(coordinate(x, 1)))
		})),
		undecided(points("constant", 3, 1, normal(3), lie.Trivial(3), func(x *Node) *Node { return AddScalar(MulScalar(coordinate(x, 0), 0), 1) })),
		undecided(points("all-one-sample", 3, 1, repeated, lie.Trivial(3), none)),
		undecided(points("all-zero", 3, 1, scaled(0, normal(3)), lie.Trivial(3), none)),
		linear,
		step,
		points("half-constant", 3, 1, normal(3), lie.SO(3), func(x *Node) *Node {
			inside := AddScalar(square(x), -2.366)
			return Square(Max(inside, ZerosLike(inside)))
		}),
		points("most-constant", 3, 1, normal(3), lie.SO(3), func(x *Node) *Node {
			inside := AddScalar(square(x), -11.34) // 1 of 100
			return Square(Max(inside, ZerosLike(inside)))
		}),
		points("most-constant-none", 3, 1, normal(3), lie.Trivial(3), func(x *Node) *Node {
			inside := AddScalar(square(x), -11.34)
			return Mul(none(x), Square(Max(inside, ZerosLike(inside))))
		}),
	}
}

// saturated are random networks far in saturation.
func saturated() (problems []Problem) {
	for _, activation := range []string{"tanh", "sigmoid"} {
		p := points("saturated-"+activation, 3, 1, normal(3), lie.Trivial(3), nil)
		p.Network = untrained(activation, 1e3)
		p.Truth = append(p.Truth, lie.Scaling(3))
		problems = append(problems, p)
	}
	return problems
}

func undecided(p Problem) Problem {
	p.Undecided = true
	return p
}

// heavyOne draws normal samples and one sample next to (1, 1, 1) that dominates.
func heavyOne(rng *rand.Rand, n int) []float64 {
	values := normal(3)(rng, n)
	at := 3 * rng.IntN(n)
	for i := range 3 {
		values[at+i] = 1 + 1e-6*rng.NormFloat64()
	}
	return values
}

// tinyOne draws normal samples and one sample next to the origin.
func tinyOne(rng *rand.Rand, n int) []float64 {
	values := normal(3)(rng, n)
	at := 3 * rng.IntN(n)
	for i := range 3 {
		values[at+i] *= 1e-6
	}
	return values
}

// oneSided draws samples whose first number is positive for one sample only.
func oneSided(rng *rand.Rand, n int) []float64 {
	values := normal(3)(rng, n)
	for i := 0; i < len(values); i += 3 {
		values[i] = min(values[i], -values[i])
	}
	values[3*rng.IntN(n)] = 2
	return values
}

// repeated returns one sample many times.
func repeated(rng *rand.Rand, n int) []float64 { return slices.Repeat(normal(3)(rng, 1), n) }
