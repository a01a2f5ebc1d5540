package trials

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/lie"
)

// The index, of a hundred outputs, of the one that does not keep so(3).
const (
	outputs  = 100
	breaking = 16
)

// oneOutput are a hundred functions of the radius, one of which depends on more than the
// radius.
func oneOutput() (problems []Problem) {
	for _, epsilon := range []float64{.03, .0625, .3} { // broken at 2.4, 5 and 24 % of the gradient
		p := points(fmt.Sprintf("one-of-100-%g", epsilon), 3, 1, normal(3), about(3, 1, 2), radii(broken(epsilon)))
		problems = append(problems, nearlySO3(p, epsilon < .05)) // judged alone, that output would pass
	}
	without := points("one-of-100-none", 3, 1, normal(3), lie.Trivial(3), radii(none))
	without.Near = []lie.Algebra{lie.SO(3)} // of the other outputs
	return append(problems, without,
		points("100-radii", 3, 1, normal(3), lie.SO(3), radii(broken(0))))
}

// radii returns waves of the radius, and one other function among them.
func radii(other func(x *Node) *Node) func(x *Node) *Node {
	return func(x *Node) *Node {
		frequencies, phases := make([]float64, outputs), make([]float64, outputs)
		for k := range outputs {
			frequencies[k], phases[k] = .5+.02*float64(k), float64(k)
		}
		r := norm(x)
		waves := Sin(Add(Mul(r, ConstAs(r, [][]float64{frequencies})), ConstAs(r, [][]float64{phases})))
		before := Slice(waves, AxisRange(), AxisRange(0, breaking))
		after := Slice(waves, AxisRange(), AxisRange(breaking+1, outputs))
		return Concatenate([]*Node{before, other(x), after}, -1)
	}
}
