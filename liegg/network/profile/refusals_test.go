package profile

import (
	"errors"
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// layersOf asks a network of three inputs under gl(3).
func layersOf(n *network.Network, x *tensors.Tensor) error {
	_, err := Layers(n, action.Linear(3, 1), network.Tensor(x), network.Settings{})
	return err
}

func squared(x *Node) *Node { return ReduceSum(Square(x), -1) }

func TestLayersRefusesGroups(t *testing.T) {
	x := network.Tensor(normal(1, 300, 3))
	_, err := Layers(inGo(squared), action.Linear(3, 1), x, network.Settings{Groups: network.GroupsOf(3)})
	expect.Error(t, err, "Groups")
	if _, err := Layers(inGo(squared), action.Linear(3, 1), x, network.Settings{Groups: network.GroupsOf(1)}); err != nil {
		t.Errorf("independent samples: %v", err)
	}
}

// A layer without a gradient gets no profile.
func TestLayersWithoutAGradient(t *testing.T) {
	x := normal(1, 300, 3)
	for _, dtype := range []dtypes.DType{dtypes.Int32, dtypes.Int64, dtypes.Uint8, dtypes.Bool} {
		n := inGo(func(x *Node) *Node { return ConvertDType(MulScalar(squared(x), 100), dtype) })
		expect.Error(t, layersOf(n, x), dtype.String(), "no gradient")
	}
	layered := inGo(func(x *Node) *Node {
		network.Layer(ConvertDType(x, dtypes.Int32), "rounded")
		return squared(x)
	})
	expect.Error(t, layersOf(layered, x), `layer "rounded"`, "Int32", "no gradient")
}

// Samples that see each other, their place in the batch, or its size, are refused.
func TestLayersOfDependentSamples(t *testing.T) {
	shifted := func(y *Node) *Node { // its first value stays
		return Concatenate([]*Node{Slice(y, AxisRange(0, 1)), Slice(y, AxisRange(0, y.Shape().Dim(0)-1))}, 0)
	}
	for words, fs := range map[string]map[string]func(y *Node) *Node{
		"other samples": {
			"mean":        func(y *Node) *Node { return Sub(y, ReduceAllMean(y)) },
			"running sum": func(y *Node) *Node { return CumSum(y, 0) },
			"previous":    func(y *Node) *Node { return Add(y, shifted(y)) },
			"position":    func(y *Node) *Node { return Mul(y, OnePlus(Iota(y.Graph(), y.Shape(), 0))) },
		},
		"or on their number": {
			"times the size":  func(y *Node) *Node { return MulScalar(y, float64(y.Shape().Dim(0))) },
			"over a sum of 1": func(y *Node) *Node { return Div(y, ReduceAllSum(OnesLike(y))) },
			"to the size":     func(y *Node) *Node { return PowScalar(OnePlus(Square(y)), 1/float64(y.Shape().Dim(0))) },
			"a mean position": func(y *Node) *Node { return Mul(y, OnePlus(ReduceAllMean(Iota(y.Graph(), y.Shape(), 0)))) },
		},
	} {
		for name, f := range fs {
			t.Run(name, func(t *testing.T) {
				n := inGo(func(x *Node) *Node { return f(squared(x)) })
				expect.Error(t, layersOf(n, normal(1, 48, 3)), words)
			})
		}
	}
}

// Samples for which outputs or gradients are not finite are counted.
func TestLayersThatAreNotFinite(t *testing.T) {
	x := normal(3, 5000, 3)
	values := ok(dataset.Values(x))(t)
	bad, first := 0, -1
	for i := 0; i < len(values); i += 3 {
		if values[i]*values[i]+values[i+1]*values[i+1]+values[i+2]*values[i+2] < 1 {
			if bad++; first < 0 {
				first = i / 3
			}
		}
	}
	ball := func(x *Node) *Node { return AddScalar(squared(x), -1) }
	for what, f := range map[string]func(x *Node) *Node{
		"output": func(x *Node) *Node { return Sqrt(ball(x)) },
		"gradient": func(x *Node) *Node { // 0·NaN comes from the branch that Where does not take
			return Where(GreaterThan(ball(x), ScalarZero(x.Graph(), x.DType())), Sqrt(ball(x)), ball(x))
		},
	} {
		n := inGo(f)
		var at *liegg.NotFiniteError
		if err := layersOf(n, x); !errors.As(err, &at) || at.What != what || at.Count != bad || at.Of != 5000 || at.Sample != first {
			t.Errorf("%d of 5000 samples, the first %d, have a bad %s: got %v", bad, first, what, err)
		}
	}
}

// What is NaN on one backend only is not a fault of the function.
func TestLayersTellFaultsOfABackend(t *testing.T) {
	pure := pureGo()
	faulty := &network.Network{Store: model.NewStore(), Backend: pure, Forward: func(_ *model.Scope, x *Node) *Node {
		if x.Graph().Backend().Name() == pure.Name() { // as if it had a fault
			return Log(Neg(squared(x)))
		}
		return Log(squared(x))
	}}
	other := ok(network.Backend())(t)
	if other.Name() == pure.Name() {
		t.Skip("this machine has no XLA: only the pure-Go backend is tested")
	}
	var at *liegg.NotFiniteError
	if err := layersOf(faulty, normal(1, 100, 3)); !errors.As(err, &at) || at.Finite != other.Name() || at.Count != 100 {
		t.Errorf("a fault of the backend in pure Go: got %v", err)
	}
}

func TestMisuseOfLayers(t *testing.T) {
	n, a, x := inGo(squared), action.Linear(3, 1), network.Tensor(normal(1, 30, 3))
	for words, misuse := range map[string]func(){
		"n must be a network":            func() { Layers(nil, a, x, network.Settings{}) },
		"the action a is nil":            func() { Layers(n, nil, x, network.Settings{}) },
		"inputs is nil":                  func() { Layers(n, a, nil, network.Settings{}) },
		"Settings.Batch must not be neg": func() { Layers(n, a, x, network.Settings{Batch: -1}) },
	} {
		wantPanic(t, words, misuse)
	}
}

func TestProfilesPrint(t *testing.T) {
	p := ok(Layers(inGo(spoken), action.Linear(3, 2), network.Tensor(normal(3, 400, 6)), network.Settings{}))(t)
	a := ok(Attribute(inGo(spoken), action.Linear(3, 2), lie.SO(3).Basis()[0], network.Tensor(normal(3, 50, 6)), AttributionSettings{}))(t)
	c := ok(Content(inGo(spoken), action.Linear(3, 2), lie.SO(3), 0, network.Tensor(normal(3, 20, 6)), ContentSettings{Largest: 1}))(t)
	expect.Printed(t, []any{p, p[0], Layer{Name: "x"}, a, a.Layers[0], AttributionSettings{}, Still(), c, c.Layers[0], ContentSettings{}})
	if math.IsNaN(p.Defects(1)[0]) {
		t.Errorf("%v", p)
	}
}

// Watch is called for all samples, and its error ends the work.
func TestLayersAreWatched(t *testing.T) {
	x, last := network.Tensor(normal(1, 600, 3)), 0
	_, err := Layers(inGo(squared), action.Linear(3, 1), x, network.Settings{Watch: func(samples int) error {
		last = samples
		return nil
	}})
	if err != nil || last != 600 {
		t.Errorf("Watch got %d samples of 600, error %v", last, err)
	}
	stop := errors.New("stop")
	_, err = Layers(inGo(squared), action.Linear(3, 1), x, network.Settings{Watch: func(int) error { return stop }})
	if !errors.Is(err, stop) {
		t.Errorf("error %v, want the one of Watch", err)
	}
}
