package network

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network/internal/finite"
)

// aboveOne is log(‖x‖² − 1), NaN within the unit ball, where its derivative is finite.
func aboveOne(x *Node) *Node { return Log(AddScalar(ReduceSum(Square(x), -1), -1)) }

// within counts the samples of x [N, 3] within the unit ball, and finds the first.
func within(t *testing.T, x *tensors.Tensor) (count, first int) {
	t.Helper()
	values := ok(dataset.Values(x))(t)
	for i := len(values) - 3; i >= 0; i -= 3 {
		if floatsDot(values[i:i+3], values[i:i+3]) < 1 {
			count, first = count+1, i/3
		}
	}
	return count, first
}

// Every analysis of a network counts all samples with outputs or gradients that are not finite, in each
// mode, and names the first.
func TestAllThatIsNotFiniteIsCounted(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	const samples = 5000
	x := normal(3, samples, 3)
	bad, first := within(t, x)
	if bad < 900 || bad > 1100 {
		t.Fatalf("%d of %d samples lie within the unit ball", bad, samples)
	}
	ball := func(x *Node) *Node { return AddScalar(ReduceSum(Square(x), -1), -1) }
	// sunk is finite. In reverse mode its derivative is NaN, because the branch that Where does not
	// select contributes 0·NaN. The other modes do not need that branch.
	sunk := func(x *Node) *Node {
		return Where(GreaterThan(ball(x), ScalarZero(x.Graph(), x.DType())), Sqrt(ball(x)), ball(x))
	}
	a := action.Linear(3, 1)
	for name, c := range map[string]struct {
		f    func(x *Node) *Node
		what string
	}{
		"log":          {aboveOne, "output"},
		"√":            {func(x *Node) *Node { return Sqrt(ball(x)) }, "output"},
		"max":          {func(x *Node) *Node { return Max(aboveOne(x), Scalar(x.Graph(), x.DType(), -9)) }, "output"},
		"Where":        {sunk, "gradient"},
		"of many":      {func(x *Node) *Node { return Stack([]*Node{ball(x), aboveOne(x), ball(x)}, 1) }, "output"},
		"flat and NaN": {func(x *Node) *Node { return Add(StopGradient(aboveOne(x)), ReduceSum(x, -1)) }, "output"},
	} {
		n := Exact(c.f)
		n.Backend = goBackend(t)
		asks := map[string]error{}
		_, asks["Judge"] = Judge(n, a, Tensor(x), Settings{})
		_, asks["Analyze"] = Analyze(n, a, Tensor(x), Settings{Batch: 999})
		_, asks["matrix-free"] = matrixFree(n, a, Tensor(x), Settings{})
		if c.what == "output" {
			_, asks["tangents"] = Analyze(n, a, Tensor(x), Settings{Mode: TangentMode, Gram: true})
			_, asks["coordinates"] = Analyze(n, a, Tensor(x), Settings{Mode: CoordinateMode})
		}
		if name == "log" || name == "Where" {
			_, asks["Judge on "+xla(t).Name()] = Judge(onXLA(t, Exact(c.f)), a, Tensor(x), Settings{})
		}
		for ask, err := range asks {
			var at *liegg.NotFiniteError
			if !errors.As(err, &at) || at.What != c.what || at.Count != bad || at.Of != samples || at.Sample != first || at.Finite != "" {
				t.Errorf("%s, %s: %d of %d, the first %d, have a bad %s: got %v", name, ask, bad, samples, first, c.what, err)
			}
		}
	}
}

// Inputs, outputs and gradients that are not finite are each reported.
func TestSeveralThingsNotFinite(t *testing.T) {
	x := normal(3, 5000, 3)
	bad, first := within(t, x)
	tensors.MustMutableFlatData(x, func(v []float64) { v[3*4321] = math.Inf(1) })
	_, err := Analyze(Exact(aboveOne), action.Linear(3, 1), Tensor(x), Settings{})
	expect.Error(t, err, "input holds NaN or Inf for 1 of 5000 samples, the first is sample 4321",
		fmt.Sprintf("output holds NaN or Inf for %d of 5000 samples, the first is sample %d", bad, first))
	again := normal(4, 300, 3) // the program is kept, but not what it counted
	n := Exact(func(x *Node) *Node { return Sqrt(Add(ReduceSum(Square(x), -1), ReduceSum(MulScalar(x, 0), -1))) })
	if _, err := Analyze(n, action.Linear(3, 1), Tensor(again), Settings{}); err != nil {
		t.Fatal(err)
	}
	tensors.MustMutableFlatData(again, func(v []float64) { v[3*200] = math.NaN() })
	_, err = Analyze(n, action.Linear(3, 1), Tensor(again), Settings{})
	expect.Error(t, err, "1 of 300", "sample 200")
	if _, err := Analyze(n, action.Linear(3, 1), Tensor(normal(4, 300, 3)), Settings{}); err != nil {
		t.Errorf("after an analysis that failed: %v", err)
	}
}

// NaN on only one backend is not a fault of the function.
func TestFaultsOfABackend(t *testing.T) {
	backend := xla(t)
	faulty := &Network{Store: model.NewStore(), Backend: backend, Forward: func(scope *model.Scope, x *Node) *Node {
		y := ReduceSum(Square(x), -1)
		if x.Graph().Backend().Name() == backend.Name() { // as if it had a fault
			return Log(Neg(y))
		}
		return Log(y)
	}}
	x := normal(1, 100, 3)
	_, judged := Judge(faulty, action.Linear(3, 1), Tensor(x), Settings{})
	healthy := &Network{Store: faulty.Store, Forward: faulty.Forward, Backend: goBackend(t)}
	held := ok(Buffer(Tensor(x), 0))(t)
	p, err := faulty.NewProgram(Outputs, held, scaled)
	if err != nil {
		t.Fatal(err)
	}
	_, run := p.Run(held, number(2))
	for _, err := range []error{judged, run} {
		var at *liegg.NotFiniteError
		if !errors.As(err, &at) || at.Finite != goBackend(t).Name() || at.Count != 100 {
			t.Errorf("a fault of %s: got %v", backend.Name(), err)
		}
		expect.Error(t, err, "the fault is the backend's")
	}
	if _, err := Judge(healthy, action.Linear(3, 1), Tensor(normal(1, 300, 3)), Settings{}); err != nil {
		t.Errorf("on %s: %v", healthy.Backend.Name(), err)
	}
}

// A network with variables is tried elsewhere with its own.
func TestVariablesGoElsewhere(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	n := ok(New(small, shapes.Make(dtypes.Float32, 10), 1))(t)
	log := &Network{Store: n.Store, Backend: xla(t), Forward: func(scope *model.Scope, x *Node) *Node { return Log(n.Forward(scope, x)) }}
	x := dataset.O5(rand.New(rand.NewPCG(2, 0)), 2000).X
	bad := 0
	for _, y := range outputsOf(t, log, x) {
		if finite.IsNot(y) {
			bad++
		}
	}
	var at *liegg.NotFiniteError
	if _, err := Analyze(log, action.Linear(5, 2), Tensor(x), Settings{}); !errors.As(err, &at) || at.Count != bad || bad == 0 || at.Finite != "" {
		t.Errorf("the logarithm of %d negative outputs: %v", bad, err)
	}
}
