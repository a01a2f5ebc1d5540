package trials

import (
	"math"
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// dependent are functions on samples that depend on each other, without being told so.
func dependent() (problems []Problem) {
	for _, d := range []struct {
		name string
		draw Draw
	}{
		{"clusters", clusters(40, .05, 3)},
		{"clusters-shuffled", mixed(3, clusters(40, .05, 3))},
		{"clusters-wide", mixed(3, clusters(100, .2, 3))},
		{"walk", walk(1, .05, 3)},
		{"walks", walk(20, .05, 3)},
		{"walks-shuffled", mixed(3, walk(20, .05, 3))},
		{"orbits", orbits(20, 3)},
		{"orbits-shuffled", mixed(3, orbits(20, 3))},
	} {
		for _, f := range []struct {
			name  string
			of    func(x *Node) *Node
			truth []lie.Algebra
			near  []lie.Algebra
		}{
			{"broken", broken(.1), []lie.Algebra{about(3, 1, 2)}, []lie.Algebra{lie.SO(3)}},
			{"none", none, []lie.Algebra{lie.Trivial(3)}, nil},
			{"sphere", func(x *Node) *Node { return Sin(square(x)) }, []lie.Algebra{lie.SO(3)}, nil},
		} {
			problems = append(problems, Problem{Name: f.name + "-" + d.name, Action: action.Linear(3, 1), Input: []int{3}, Size: 3,
				Draw: d.draw, F: f.of, Truth: f.truth, Near: f.near})
		}
	}
	return problems
}

// grouped are functions on samples whose groups are given.
func grouped() (problems []Problem) {
	const groups = 400
	for _, d := range []struct {
		name string
		draw Draw
	}{
		{"clusters", clusters(groups, .05, 3)},
		{"clusters-wide", clusters(groups, .3, 3)},
		{"walks", walk(groups, .05, 3)},
		{"orbits", orbits(groups, 3)},
	} {
		for _, p := range []Problem{
			points("broken-"+d.name, 3, 1, d.draw, about(3, 1, 2), broken(.1)),
			points("none-"+d.name, 3, 1, d.draw, lie.Trivial(3), none),
			points("sphere-"+d.name, 3, 1, d.draw, lie.SO(3), func(x *Node) *Node { return Sin(square(x)) }),
		} {
			if p.Truth[0].Dim() == 1 {
				p.Near = []lie.Algebra{lie.SO(3)}
			}
			p.Groups = func(n int) network.Groups { return network.GroupsOf(n / groups) }
			problems = append(problems, p)
		}
	}
	return problems
}

// copiedDigits are random networks on noisy copies of few digits.
func copiedDigits() (problems []Problem) {
	for _, activation := range []string{"tanh", "swish"} {
		problems = append(problems, Problem{
			Name: "copies-" + activation, Action: action.ImageAffine(28, 28), Input: []int{28, 28}, Draw: copies(40, .1),
			Network: untrained(activation, 1), Truth: []lie.Algebra{lie.Trivial(3)},
		})
	}
	return problems
}

// about returns the rotation of the plane of two axes of Rⁿ.
func about(n, i, j int) lie.Algebra {
	return lie.Span("so(2)", rotation(n, i, j))
}

// clusters draws samples within a radius of normally distributed centres, one centre after
// the other.
func clusters(centres int, radius float64, width int) Draw {
	return func(rng *rand.Rand, n int) []float64 {
		values := make([]float64, 0, n*width)
		centre := make([]float64, width)
		for i := range n {
			if i*centres/n != (i-1)*centres/n || i == 0 {
				for j := range centre {
					centre[j] = rng.NormFloat64()
				}
			}
			for j := range centre {
				values = append(values, centre[j]+radius*rng.NormFloat64())
			}
		}
		return values
	}
}

// mixed shuffles the samples.
func mixed(width int, d Draw) Draw {
	return func(rng *rand.Rand, n int) []float64 {
		values := d(rng, n)
		rng.Shuffle(n, func(i, j int) {
			for k := range width {
				values[i*width+k], values[j*width+k] = values[j*width+k], values[i*width+k]
			}
		})
		return values
	}
}

// walk draws random walks one after the other, with a restoring force that keeps their spread
// at about 1.
func walk(walks int, step float64, width int) Draw {
	return func(rng *rand.Rand, n int) []float64 {
		values := make([]float64, 0, n*width)
		at := make([]float64, width)
		stay := math.Sqrt(1 - step*step)
		for i := range n {
			if i == 0 || i*walks/n != (i-1)*walks/n {
				for j := range at {
					at[j] = rng.NormFloat64()
				}
			}
			for j := range at {
				at[j] = stay*at[j] + step*rng.NormFloat64()
				values = append(values, at[j])
			}
		}
		return values
	}
}

// orbits draws the positions of a body on an anisotropic spring, from the given number of
// starts, by leapfrog steps.
func orbits(starts, width int) Draw {
	const step = .05
	return func(rng *rand.Rand, n int) []float64 {
		values := make([]float64, 0, n*width)
		at, speed := make([]float64, width), make([]float64, width)
		for i := range n {
			if i == 0 || i*starts/n != (i-1)*starts/n {
				for j := range at {
					at[j], speed[j] = rng.NormFloat64(), rng.NormFloat64()
				}
			}
			for j := range at {
				stiff := 1 + .3*float64(j)
				speed[j] -= step * stiff * at[j]
				at[j] += step * speed[j]
				values = append(values, at[j])
			}
		}
		return values
	}
}

// copies draws some digits, each many times with noise in its pixels.
func copies(distinct int, noise float64) Draw {
	return func(rng *rand.Rand, n int) []float64 {
		originals := digits(rng, distinct)
		values := make([]float64, 0, n*pixels)
		for i := range n {
			at := i * distinct / n * pixels
			for _, v := range originals[at : at+pixels] {
				values = append(values, v+noise*rng.NormFloat64())
			}
		}
		return values
	}
}
