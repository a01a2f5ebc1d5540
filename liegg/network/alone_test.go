package network

import (
	"fmt"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
)

// A batch may be seen through outputs, whose gradients alone would not tell, or through
// gradients; in each mode either is found out, and a model of the same parts without the
// sight is not.
func TestSamplesThatSeeEachOther(t *testing.T) {
	mean := func(x *Node) *Node { return ReduceAndKeep(x, ReduceMean, 0) }
	for name, f := range map[string]func(y *Node) *Node{
		"centred":    func(y *Node) *Node { return Sub(y, mean(y)) }, // the summed gradient is 0
		"tiny":       func(y *Node) *Node { return MulScalar(Sub(y, mean(y)), 1e-6) },
		"shifted":    func(y *Node) *Node { return Add(y, mean(y)) },
		"scaled":     func(y *Node) *Node { return Mul(y, mean(Square(y))) },
		"normalised": func(y *Node) *Node { return Div(y, StopGradient(Sqrt(mean(Square(y))))) },
	} {
		for _, outputs := range []int{1, 2} {
			for _, mode := range []Differentiation{ReverseMode, TangentMode, CoordinateMode} {
				t.Run(fmt.Sprint(name, outputs, mode), func(t *testing.T) {
					apart := func(x *Node) *Node {
						rows := []*Node{Sin(ReduceSum(x, -1)), ReduceSum(Square(x), -1)}
						return Stack(rows[:outputs], 1)
					}
					x, a, s := Tensor(normal(1, 50, 3)), action.Linear(3, 1), Settings{Mode: mode}
					_, err := Analyze(Exact(func(x *Node) *Node { return f(apart(x)) }), a, x, s)
					expect.Error(t, err, "other samples", "batch normalisation")
					if _, err := Analyze(Exact(apart), a, x, s); err != nil {
						t.Errorf("samples that stand alone: %v", err)
					}
				})
			}
		}
	}
}

// What a batch adds to outputs without a gradient leaves their gradients as they are.
func TestConstantsOfABatchDoNotCount(t *testing.T) {
	f := func(x *Node) *Node { return ReduceSum(Square(x), -1) }
	shifted := func(x *Node) *Node { y := f(x); return Add(y, StopGradient(ReduceAllMean(y))) }
	a, x := action.Linear(3, 1), normal(1, 50, 3)
	var smallest [2]float64
	for i, net := range []*Network{Exact(f), Exact(shifted)} {
		s, err := Analyze(net, a, Tensor(x), Settings{})
		if err != nil {
			t.Fatal(err)
		}
		smallest[i] = s.BySingular[3].Singular
	}
	if smallest[0] != smallest[1] {
		t.Errorf("the fourth singular value is %g and, with a constant, %g", smallest[0], smallest[1])
	}
}
