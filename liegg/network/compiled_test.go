package network

import (
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
)

// A program that is used again gives the same results as a new one: for other data, for other weights,
// and after the function was replaced.
func TestKeptProgramsAnswerAsNewOnes(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const n, most = 300, 4
	a := action.Linear(2, 2)
	x, other := normal(1, n, 4), normal(2, n, 4)
	singular := func(net *Network, s Settings) []float64 {
		spectrum := ok(Analyze(net, a, Tensor(x), s))(t)
		ok(Analyze(net, a, Tensor(other), s))(t)
		var values []float64
		for _, g := range spectrum.BySingular {
			values = append(values, g.Singular)
		}
		return values
	}
	m := MLP{Hidden: []int{5}, Outputs: 2}
	net := &Network{Forward: m.Forward, Store: model.NewStore()}
	for _, s := range []Settings{{}, {Head: CentredLogits}, {Mode: TangentMode}, {Gram: true}} {
		first := singular(net, s)
		if kept, _ := net.compiled.Count(); kept == 0 {
			t.Fatal("no program was kept")
		}
		expect.Near(t, "the same again", singular(net, s), first, 0)
		fresh := &Network{Forward: m.Forward, Store: net.Store}
		expect.Near(t, "a new program", singular(fresh, s), first, 0)
	}
	if kept, _ := net.compiled.Count(); kept != most {
		t.Errorf("%d programs are kept, want %d", kept, most)
	}
	before := singular(net, Settings{})
	for v := range net.Store.IterVariables() {
		if err := v.SetValue(normal(9, v.Shape().Dimensions[0], v.Shape().Dimensions[1:]...)); err != nil {
			t.Fatal(err)
		}
	}
	trained := singular(net, Settings{})
	if trained[0] == before[0] {
		t.Error("other weights give the same spectrum")
	}
	expect.Near(t, "other weights", trained, singular(&Network{Forward: m.Forward, Store: net.Store}, Settings{}), 0)
	net.Forward = func(scope *model.Scope, x *Node) *Node { return MulScalar(m.Forward(scope, x), 2) }
	doubled := singular(net, Settings{})
	for i := range doubled {
		doubled[i] /= 2
	}
	expect.Near(t, "another function", doubled, trained, 1e-5)
}

// Equal actions share a program; different actions have different programs.
func TestEqualActionsShareAProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	net := onXLA(t, &Network{Forward: MLP{Hidden: []int{3}, Outputs: 2}.Forward, Store: model.NewStore()})
	x := normal(1, 20, 6, 6)
	for i, a := range []action.Action{action.ImageAffine(6, 6), action.ImageAffine(6, 6), action.ImageLinear(6, 6), action.ImageAuthors(6, 6)} {
		ok(Analyze(net, a, Tensor(x), Settings{Gram: true}))(t)
		if kept, _ := net.compiled.Count(); kept != max(1, i) {
			t.Errorf("after the actions up to %d there are %d programs, want %d", i, kept, max(1, i))
		}
	}
}

// Heads with the same operators but different constants have different programs, even if the constants
// are too large for the printed graph.
func TestHeadsHaveProgramsOfTheirOwn(t *testing.T) {
	const m = 100
	net := Exact(func(x *Node) *Node { return Sin(Concatenate(slices.Repeat([]*Node{x}, m/2), -1)) })
	times := func(factor float64) Head {
		return NewHead("times", func(y *Node) *Node {
			return Mul(y, Const(y.Graph(), [][]float64{slices.Repeat([]float64{factor}, m)}))
		})
	}
	x := normal(1, 200, 2)
	of := func(h Head) float64 {
		return ok(Analyze(net, action.Linear(2, 1), Tensor(x), Settings{Head: h}))(t).BySingular[0].Singular
	}
	one, two := times(1), times(2)
	first := of(one)
	expect.Near(t, "twice", []float64{of(two), of(one), of(two)}, []float64{2 * first, first, 2 * first}, 1e-12)
	if kept, _ := net.compiled.Count(); kept != 2 {
		t.Errorf("%d programs are kept of two heads", kept)
	}
	wantPanic(t, "rows is nil", func() { NewHead("none", nil) })
}
