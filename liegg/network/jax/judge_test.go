package jax

import (
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/profile"
)

// points are samples of N(0,1) in float64, [n, dims…].
func points(n int, dims ...int) *tensors.Tensor {
	x := tensors.FromScalarAndDimensions(0.0, append([]int{n}, dims...)...)
	tensors.MustMutableFlatData(x, func(flat []float64) { copy(flat, normal(len(flat))) })
	return x
}

// A scalar that e3nn makes of four points is invariant to rounding.
func TestInvariantNetwork(t *testing.T) {
	net, x := loaded(t, "testdata/e3nn_invariant.jaxnet", Settings{}), network.Tensor(points(500, 4, 3))
	v := ok(network.Judge(net, action.Linear(3, 4), x, network.Settings{}))(t)
	if v.Name() != "so(3)" || !(v.Spectrum.ByDefect[2].Defect <= 1e-12) {
		t.Errorf("want so(3) to 1e-12, got\n%v", v)
	}
}

// The finite rotations of the same points keep it, too, and refinement leaves them alone.
func TestFlowsOfInvariantNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	net, x := loaded(t, "testdata/e3nn_invariant.jaxnet", Settings{}), network.Tensor(points(200, 4, 3))
	j := ok(flow.Judge(net, action.Linear(3, 4), x, flow.Settings{}))(t)
	if c := j.Confirmed(); c == nil || c.Name != "so(3)" {
		t.Errorf("want so(3), got\n%v", j)
	}
	r := ok(flow.Refine(net, action.Linear(3, 4), lie.SO(3), x, flow.Settings{}))(t)
	if θ := lie.LargestAngle(r.After, lie.SO(3)); !r.Converged || θ > 1e-9 {
		t.Errorf("so(3) was turned by %g rad\n%v", θ, r)
	}
}

// A vector that e3nn makes of four points turns with them.
func TestEquivariantNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	net, x := loaded(t, "testdata/e3nn_vector.jaxnet", Settings{}), network.Tensor(points(500, 4, 3))
	a := action.Equivariant(action.Linear(3, 4), rep.Standard(3))
	v := ok(network.Judge(net, a, x, network.Settings{}))(t)
	if v.Name() != "so(3)" {
		t.Fatalf("want so(3), got\n%v", v)
	}
}

// The layers that were exported have the same profile as the layers of the same network in
// GoMLX.
func TestLayers(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	net, x := loaded(t, "testdata/mlp.jaxnet", Settings{}), network.Tensor(points(300, 10))
	weights := func(i string) *model.Variable { return net.Store.RootScope().In(scope).GetVariable(i) }
	same := &network.Network{Store: net.Store, Forward: func(_ *model.Scope, x *Node) *Node {
		dense := func(x *Node, i string) *Node {
			return Tanh(Dot(x, ConvertDType(weights(i).NodeValue(x.Graph()), x.DType())).Product())
		}
		h := network.Layer(dense(x, "0"), "hidden 1")
		h = network.Layer(dense(h, "1"), "hidden 2")
		return dense(h, "2")
	}}
	a := action.Linear(5, 2)
	got, want := ok(profile.Layers(net, a, x, network.Settings{}))(t), ok(profile.Layers(same, a, x, network.Settings{}))(t)
	if len(got) != 3 || len(want) != 3 {
		t.Fatalf("%d layers, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i].Name != want[i].Name || got[i].Width() != want[i].Width() {
			t.Errorf("layer %d is %q of width %d, want %q of %d", i, got[i].Name, got[i].Width(), want[i].Name, want[i].Width())
		}
		var g, w []float64
		for j := range want[i].Invariance.ByDefect {
			g, w = append(g, got[i].Invariance.ByDefect[j].Defect), append(w, want[i].Invariance.ByDefect[j].Defect)
		}
		expect.Near(t, got[i].Name, g, w, 1e-4)
	}
	hidden := loaded(t, "testdata/mlp.jaxnet", Settings{Output: "hidden 2"})
	if y := ok(hidden.Predict(points(5, 10)))(t); !slices.Equal(y.Shape().Dimensions, []int{5, 16}) {
		t.Errorf("hidden 2 is %s", y.Shape())
	}
}

// A network without a reverse mode is judged as another: by rows, which are collected from
// columns, as by columns.
func TestForwardModeOnly(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	net, x := loaded(t, "testdata/loops.jaxnet", Settings{}), network.Tensor(points(100, 4))
	var answers [2][]float64
	for i, mode := range []network.Differentiation{network.ReverseMode, network.CoordinateMode} {
		s := ok(network.Analyze(net, action.Linear(4, 1), x, network.Settings{Mode: mode}))(t)
		for _, g := range s.ByDefect {
			answers[i] = append(answers[i], g.Defect)
		}
	}
	expect.Near(t, "defects by rows", answers[0], answers[1], 1e-4)
}

// A network whose samples see each other is refused.
func TestCoupledSamples(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	net := loaded(t, "testdata/coupled.jaxnet", Settings{})
	_, err := network.Judge(net, action.Linear(3, 1), network.Tensor(points(300, 3)), network.Settings{})
	expect.Error(t, err, "other samples")
}
