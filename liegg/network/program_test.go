package network

import (
	"errors"
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
)

// scaled asks for f(a·x) and for a·x, where a is a 1×1 argument.
func scaled(f func(x *Node) *Node, x *Node, arguments []*Node) []*Node {
	moved := Mul(x, Reshape(arguments[0], 1, 1))
	return []*Node{f(moved), moved}
}

func number(v float64) mat.Matrix { return mat.NewDense(1, 1, []float64{v}) }

// A program returns each real sample once, in order, for any batches, and the same for each part.
func TestProgramRunsOverHeldInputs(t *testing.T) {
	x := normal(1, 23, 3)
	values := tensors.MustCopyFlatData[float64](x)
	n := Exact(func(x *Node) *Node { return Square(x) })
	for _, batch := range []int{0, 5, 23, 100} {
		held := ok(Buffer(Tensor(x), batch))(t)
		p := ok(n.NewProgram(Outputs, held, scaled))(t)
		for _, a := range []float64{2, -3} {
			for name, part := range map[string]*Buffered{"all": held, "7…20": ok(held.Part(7, 20))(t)} {
				from, to := 0, 23
				if name != "all" {
					from, to = 7, 20
				}
				got := ok(p.Run(part, number(a)))(t)
				want := append([]float64{}, values[from*3:to*3]...)
				expect.Near(t, name, ok(part.Values())(t), want, 1e-15)
				for i := range want {
					want[i] *= a
				}
				expect.Near(t, name+", a·x", got[1], want, 1e-15)
				for i := range want {
					want[i] *= want[i]
				}
				expect.Near(t, name+", f(a·x)", got[0], want, 1e-15)
			}
		}
		p.Finalize()
		held.Finalize()
	}
}

func TestHeldBatchesHoldLittlePadding(t *testing.T) {
	held := ok(Buffer(Tensor(normal(1, 8200, 3)), 0))(t)
	if len(held.chunks) != 2 || held.chunks[0].X.Shape().Dim(0) != 4100 {
		t.Errorf("8200 samples are held in %d batches of %s", len(held.chunks), held.chunks[0].X.Shape())
	}
}

func TestProgramErrors(t *testing.T) {
	_, err := Buffer(func(func(*tensors.Tensor, error) bool) {}, 0)
	if !errors.Is(err, liegg.ErrNoSamples) {
		t.Errorf("nothing to hold: %v", err)
	}
	held := ok(Buffer(Tensor(normal(1, 9, 3)), 4))(t)
	coupled := &Network{Store: model.NewStore(), Forward: func(_ *model.Scope, x *Node) *Node {
		return Sub(x, ReduceAndKeep(x, ReduceMean, 0))
	}}
	_, err = coupled.NewProgram(Outputs, held, scaled)
	expect.Error(t, err, "other samples of its batch")
	p := ok(Exact(func(x *Node) *Node { return Log(x) }).NewProgram(Outputs, ok(Buffer(Tensor(tensors.FromScalarAndDimensions(1.0, 9, 3)), 4))(t), scaled))(t)
	_, err = p.Run(held, number(1))
	var where *liegg.NotFiniteError
	if !errors.As(err, &where) || where.What != "output" {
		t.Errorf("the logarithm of negative numbers: %v", err)
	}
	p = ok(Exact(func(x *Node) *Node { return x }).NewProgram(Outputs, held, func(func(*Node) *Node, *Node, []*Node) []*Node {
		panic("my question's fault")
	}))(t)
	_, err = p.Run(held, number(1))
	expect.Error(t, err, "my question's fault")
}

// Rows are J·T and ‖J‖² of few outputs as of many.
func TestRowsOfFewAndOfManyOutputs(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x := normal(2, 40, 6)
	a := action.Linear(3, 2)
	for _, m := range []int{3, jacobian.ManyOutputs + 5} {
		n := Exact(bilinear(6, 12, m))
		held := ok(Buffer(Tensor(x), 0))(t)
		p := ok(n.NewProgram(Outputs, held, func(f func(*Node) *Node, x *Node, _ []*Node) []*Node {
			rows, energy := Rows(a, x, f(x))
			return []*Node{rows, energy}
		}))(t)
		got := ok(p.Run(held))(t)
		want := oracle(t, n, a, x)
		expect.Near(t, "rows", got[0], want.RawMatrix().Data, 1e-7)
		for _, e := range got[1] {
			if !(e > 0) || math.IsInf(e, 0) {
				t.Fatalf("‖J‖² = %g", e)
			}
		}
	}
}
