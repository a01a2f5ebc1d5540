package network

import (
	"errors"
	"sync"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network/internal/independence"
)

var movedBy = NewCode(func(a action.Action, f func(x *Node) *Node, x *Node, arguments []*Node) []*Node {
	y := f(a.(action.Mover).Moved(x, arguments[1]))
	return []*Node{Mul(y, ConvertDType(Reshape(arguments[0], 1, 1), y.DType()))}
})

// A kept program answers as a new one does: after more training, for another function, head or action.
func TestKeptCodesAnswerAsNewOnes(t *testing.T) {
	m := MLP{Hidden: []int{5}, Outputs: 2}
	n := &Network{Forward: m.Forward, Store: model.NewStore()}
	held := ok(Buffer(Tensor(normal(1, 20, 4)), 0))(t)
	of := func(n *Network, h Head, a action.Action, by float64) []float64 {
		p := ok(n.Kept(movedBy, h, a, held, number(by)))(t)
		defer p.Finalize()
		g := mat.NewDense(action.GeneratorSize(a), action.GeneratorSize(a), nil)
		for i := range action.GeneratorSize(a) {
			g.Set(i, i, 1)
		}
		g.Set(0, 1, .5)
		return ok(p.Run(held, g))(t)[0]
	}
	fresh := func(h Head, a action.Action, by float64) []float64 {
		return of(&Network{Forward: n.Forward, Store: n.Store}, h, a, by)
	}
	a := action.Linear(2, 2)
	check := func(what string, kept int, h Head, a action.Action, by float64) {
		t.Helper()
		expect.Near(t, what, of(n, h, a, by), fresh(h, a, by), 0)
		if got := len(n.programs.all); got != kept {
			t.Errorf("%s: %d programs are kept, want %d", what, got, kept)
		}
	}
	check("the first", 1, Outputs, a, 1)
	before := of(n, Outputs, a, 1)
	check("another bound argument", 1, Outputs, action.Linear(2, 2), 3)
	check("another head", 2, CentredLogits, a, 1)
	check("another action", 3, Outputs, action.Affine(2, 2), 1)
	for v := range n.Store.IterVariables() {
		if err := v.SetValue(normal(9, v.Shape().Dimensions[0], v.Shape().Dimensions[1:]...)); err != nil {
			t.Fatal(err)
		}
	}
	check("other weights", 3, Outputs, a, 1)
	trained := of(n, Outputs, a, 1)
	if trained[0] == before[0] {
		t.Error("other weights give the same outputs")
	}
	n.Forward = func(scope *model.Scope, x *Node) *Node { return MulScalar(m.Forward(scope, x), 2) }
	check("another function", 4, Outputs, a, 1)
	for i := range trained {
		trained[i] *= 2
	}
	expect.Near(t, "twice", of(n, Outputs, a, 1), trained, 1e-12)
}

// Users share a program. It outlives each of them, and only so many are kept.
func TestKeptCodesAreBounded(t *testing.T) {
	n := Exact(func(x *Node) *Node { return x })
	held := ok(Buffer(Tensor(normal(1, 6, 2)), 0))(t)
	of := func(power float64) *Program {
		return ok(n.Kept(NewInputCode(func(_ action.Action, x *Node, _ []*Node) []*Node {
			return []*Node{MulScalar(x, power)}
		}), Outputs, nil, held))(t)
	}
	used := of(7)
	want := ok(used.Run(held))(t)[0]
	for power := range 3 * mostKept {
		of(float64(power)).Finalize()
	}
	if got := len(n.programs.all); got != mostKept+1 {
		t.Errorf("%d programs are kept, want %d idle ones and the one in use", got, mostKept)
	}
	expect.Near(t, "still in use", ok(used.Run(held))(t)[0], want, 0)
	used.Finalize()
	used.Finalize()
	if got := len(n.programs.all); got != mostKept {
		t.Errorf("%d programs are kept, want %d", got, mostKept)
	}
	one, two := ok(n.Kept(movedBy, Outputs, action.Linear(2, 1), held, number(1)))(t), ok(n.Kept(movedBy, Outputs, action.Linear(2, 1), held, number(2)))(t)
	if one.exec != two.exec {
		t.Error("two users do not share a program")
	}
	one.Finalize()
	expect.Near(t, "the other user", ok(two.Run(held, mat.NewDense(2, 2, []float64{1, 0, 0, 1})))(t)[0], doubled(ok(held.Values())(t)), 1e-15)
	two.Finalize()
}

func TestMisuseOfCodes(t *testing.T) {
	n := Exact(func(x *Node) *Node { return x })
	held := ok(Buffer(Tensor(normal(1, 6, 2)), 0))(t)
	expect.Panic(t, "graph", func() { NewCode(nil) })
	expect.Panic(t, "graph", func() { NewInputCode(nil) })
	expect.Panic(t, "zero Code", func() { _, _ = n.Kept(Code{}, Outputs, nil, held) })
}

// Networks that share their variables do not share programs, since their functions may differ. Each goes
// on when the other has finished.
func TestKeptCodesOfNetworksThatShareVariables(t *testing.T) {
	m := MLP{Hidden: []int{5}, Outputs: 2}
	one := &Network{Forward: m.Forward, Store: model.NewStore()}
	two := &Network{Forward: func(scope *model.Scope, x *Node) *Node { return MulScalar(m.Forward(scope, x), 2) }, Store: one.Store}
	held := ok(Buffer(Tensor(normal(1, 20, 4)), 0))(t)
	still := mat.NewDense(2, 2, []float64{1, 0, 0, 1})
	p, q := ok(one.Kept(movedBy, Outputs, action.Linear(2, 2), held, number(1)))(t), ok(two.Kept(movedBy, Outputs, action.Linear(2, 2), held, number(1)))(t)
	want := ok(p.Run(held, still))(t)[0]
	p.Finalize()
	expect.Near(t, "twice the other network", ok(q.Run(held, still))(t)[0], doubled(want), 1e-12)
	q.Finalize()
}

// Several users take, run and release programs at the same time.
func TestKeptCodesAtTheSameTime(t *testing.T) {
	n := Exact(func(x *Node) *Node { return Sin(x) })
	held := ok(Buffer(Tensor(normal(1, 20, 2)), 0))(t)
	still := mat.NewDense(2, 2, []float64{1, 0, 0, 1})
	of := func(by float64, h Head) ([]float64, error) {
		p, err := n.Kept(movedBy, h, action.Linear(2, 1), held, number(by))
		if err != nil {
			return nil, err
		}
		defer p.Finalize()
		y, err := p.Run(held, still)
		if err != nil {
			return nil, err
		}
		return y[0], nil
	}
	want := ok(of(1, Outputs))(t)
	var all sync.WaitGroup
	for user := range 8 {
		all.Go(func() {
			for range 5 {
				got, err := of(1, []Head{Outputs, CentredLogits}[user%2])
				if err != nil {
					t.Error(err)
				} else if user%2 == 0 {
					expect.Near(t, "the outputs", got, want, 0)
				}
			}
		})
	}
	all.Wait()
	if got := len(n.programs.all); got != 2 {
		t.Errorf("%d programs are kept, want 2", got)
	}
}

func doubled(v []float64) []float64 {
	for i := range v {
		v[i] *= 2
	}
	return v
}

// Samples of an MLP do not affect each other below the heads of this package, so nothing is run to see it.
func TestKeptCodesOfAnMLPAreNotProbed(t *testing.T) {
	held := ok(Buffer(Tensor(normal(1, 20, 4)), 0))(t)
	own := NewHead("own", func(y *Node) *Node { return Sub(y, ReduceAndKeep(y, ReduceMean, 0)) })
	for _, h := range []Head{Outputs, NormalisedLogits, own} {
		n := ok(New(MLP{Hidden: []int{5}, Outputs: 2}, shapes.Make(dtypes.Float64, 4), 1))(t)
		p, err := n.Kept(movedBy, h, action.Linear(2, 2), held, number(1))
		p.Finalize()
		if given := h == own; errors.Is(err, independence.ErrDependent) != given || len(n.programs.independent) != 0 {
			t.Errorf("%v: %v; probed %d times with success", h, err, len(n.programs.independent))
		}
	}
}
