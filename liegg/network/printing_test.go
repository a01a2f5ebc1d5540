package network

import (
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	parts, _ := o5(t, 21, 400, 100)
	n := ok(New(small, shapes.Make(dtypes.Float32, 10), 21))(t)
	for step := 5; step <= 100; step += 5 {
		n.History = append(n.History, Point{step, 1 / float64(step), math.NaN(), math.NaN()})
	}
	exact := Exact(func(x *Node) *Node { return Square(x) })
	held := ok(Buffer(Tensor(parts[1].X), 0))(t)
	defer held.Finalize()
	a := action.Linear(5, 2)
	program := ok(n.NewProgram(Outputs, held, func(f func(*Node) *Node, x *Node, _ []*Node) []*Node { return []*Node{f(x)} }))(t)
	defer program.Finalize()
	verdictPart := ok(JudgePart(exact, a, Tensor(parts[1].X), Settings{}, 1, 2))(t)
	packing := ok(NewPacking(Field{"x", shapes.Make(dtypes.Float32, 10)}, Field{"species", shapes.Make(dtypes.Int8, 5)}))(t)
	expect.Printed(t, []any{
		n, exact, &Network{}, Outputs, CentredLogits, small, CNN{Channels: []int{2}, Dense: small}, n.History, n.History[0], History(nil), AutoMode,
		Settings{}, Settings{Head: CentredLogits, Validation: &parts[1]}, Settings{Groups: GroupsOf(5), Watch: func(int) error { return nil }}, Groups{},
		held, program, movedBy, Code{}, verdictPart, packing, packing.Fields()[0], Move{a, []string{"x"}},
	})
	for got, want := range map[string]string{
		exact.Repeated(3, exact.Forward).String(): "network of one's own, 3 passes for each input: an exact function, without variables",
		exact.String():              "network of one's own: an exact function, without variables",
		Point{5, 1, 2, .5}.String(): "step 5: loss 1, validation loss 2, accuracy 0.5",
		packing.String():            "x (Float32)[10], species (Int8)[5]: 15 numbers of Float32",
		held.String():               "100 inputs of shape [10], Float32, in 1 batch",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got, want := n.String(), "network 10-16-16-1: 465 numbers in 6 variables; step 100: loss "; !strings.HasPrefix(got, want) {
		t.Errorf("%q, want %q…", got, want)
	}
	if text := n.History.String(); strings.Count(text, "\n") != 10 || !strings.Contains(text, "  step 100: ") || !strings.Contains(text, "  step 5: ") {
		t.Errorf("a history of 20 looks prints\n%s", text)
	}
}
