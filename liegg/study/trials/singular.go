package trials

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
)

// potential is an energy of pairs: the sum of w·φ(r²) over them.
type potential struct {
	name         string
	phi          func(r2 *Node) *Node
	equalWeights bool // all pairs have the weight 1
}

func potentials() []potential {
	inverse := func(r2 *Node) *Node { return Neg(Inverse(Sqrt(r2))) }
	return []potential{
		{"coulomb", func(r2 *Node) *Node { return Inverse(Sqrt(r2)) }, false}, // charges 1, −2, 3
		{"gravity", inverse, true},
		{"lennard-jones", func(r2 *Node) *Node {
			a := Inverse(Mul(r2, Mul(r2, r2)))
			return MulScalar(Sub(Square(a), a), 4)
		}, true},
		{"log", func(r2 *Node) *Node { return MulScalar(Log(r2), .5) }, true},
	}
}

// energy returns the potential of c points of Rⁿ.
func (p potential) energy(n, c int) func(x *Node) *Node {
	charge := []float64{1, -2, 3}
	return func(x *Node) *Node {
		var total *Node
		for i := range c {
			for j := range i {
				e := p.phi(square(Sub(part(x, i, n), part(x, j, n))))
				if !p.equalWeights {
					e = MulScalar(e, charge[i]*charge[j])
				}
				if total == nil {
					total = e
				} else {
					total = Add(total, e)
				}
			}
		}
		return total
	}
}

// singular are potentials of normal points. Their symmetries are rotations and, with affine
// candidates, translations.
func singular() (problems []Problem) {
	for _, p := range potentials() {
		for n := 2; n <= 3; n++ {
			for c := 2; c <= 3; c++ {
				problem := Problem{Input: []int{n * c}, Size: n, Draw: normal(n * c), F: p.energy(n, c)}
				problem.Name = fmt.Sprintf("%s-%dd-%d-linear", p.name, n, c)
				problem.Action, problem.Truth = action.Linear(n, c), []lie.Algebra{lie.SO(n)}
				problems = append(problems, problem)
				problem.Name = fmt.Sprintf("%s-%dd-%d-affine", p.name, n, c)
				problem.Action, problem.Truth = action.Affine(n, c), []lie.Algebra{lie.SE(n)}
				problems = append(problems, problem)
			}
		}
	}
	return problems
}

// clippedSingular are the same, with networks trained on clipped energies.
func clippedSingular() []Problem {
	problems := singular()
	for i := range problems {
		problems[i].Name += "-clipped"
		problems[i].Clip = .02
	}
	return problems
}
