package network

import (
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	parts, _ := o5(t, 21, 400, 100)
	source := parts[0].Batches(50, 1)
	n := ok(Train(small, Training{Steps: 100, Validate: 5, Quiet: true}, source, &parts[1]))(t)
	exact := Exact(func(x *Node) *Node { return Square(x) })
	held := ok(Hold(Tensor(parts[1].X), 0))(t)
	defer held.Finalize()
	a := action.Linear(5, 2)
	program := ok(n.NewProgram(nil, held, func(f func(*Node) *Node, x *Node, _ []*Node) []*Node { return []*Node{f(x)} }))(t)
	defer program.Finalize()
	profile := ok(Layers(n, a, Tensor(parts[1].X), Settings{}))(t)
	blocks := Blocks{Samples: 100, Size: 50}
	part := ok(blocks.Polarize(n, a, Tensor(parts[1].X), 0, 2, Settings{}))(t)
	training := Training{Steps: 100, Watch: func(int) error { return nil }, Best: true, Cosine: true, L2: 1e-4}
	expect.Printed(t, []any{
		n, exact, &Network{}, small, CNN{Channels: []int{2}, Dense: small}, n.History, n.History[0], History(nil), AutoMode, MeanSquared, CrossEntropy,
		&DivergedError{3, math.NaN()}, &InterruptedError{Step: 3, Steps: 4}, training, Training{}, Settings{}, Settings{Head: CentredLogits, Validation: &parts[1]}, Settings{Groups: GroupsOf(5)}, Groups{},
		held, program, profile, profile[0], LayerProfile{Name: "x"}, blocks, Blocks{}, part, Progress{}, Progress{&progress{name: "training"}},
		Member{Seed: 1, Source: source, Start: n}, Trained{Network: n}, Trained{Err: &DivergedError{3, 1}}, Trained{},
	})
	for got, want := range map[string]string{
		exact.String():              "network of one's own: an exact function, without variables",
		Point{5, 1, 2, .5}.String(): "step 5: loss 1, validation loss 2, accuracy 0.5",
		training.String():           "100 steps of Adam on the mean squared error, learning rate by default, falling as a cosine, L2 0.0001, the best look is kept, watched, Seed 0",
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
