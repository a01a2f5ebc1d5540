package ask_test

import (
	"fmt"
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/janpfeifer/must"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/ask"
)

// The symmetries of ‖x‖² are the rotations. In a notebook, plotting.Show(answer) shows the answer
// with its pictures.
func ExampleSymmetries() {
	f := func(x *Node) *Node { return ReduceSum(Square(x), -1) } // x is [batch, 3]
	random := rand.New(rand.NewPCG(1, 0))
	points := mat.NewDense(1000, 3, nil)
	points.Apply(func(_, _ int, _ float64) float64 { return random.NormFloat64() }, points)

	answer := must.M1(ask.Symmetries(f, points, action.Linear(3, 1)))
	fmt.Println(answer.Verdict.Dim, answer.Verdict.Name())
	fmt.Println("finite flows:", answer.Judgement.Finding())
	// Output:
	// 3 so(3)
	// finite flows: confirmed
}
