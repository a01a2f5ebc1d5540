package profile

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/layers"
	"github.com/gomlx/gomlx/ml/layers/activation"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// once is the identity, but cannot be differentiated twice: its rule has a product over an axis of one
// entry, which GoMLX cannot differentiate.
func once(x *Node) *Node {
	return IdentityWithCustomGradient(x, func(_, v *Node) *Node { return ReduceMultiply(InsertAxes(v, -1), -1) })
}

// strided is a network of strides, windows and kinks.
func strided(scope *model.Scope, x *Node) *Node {
	h := layers.Convolution(scope.In("conv"), InsertAxes(x, -1)).Channels(3).KernelSize(3).Strides(2).PadSame().Done()
	h = network.Layer(activation.Relu(h), "strided")
	h = network.Layer(MaxPool(h).Window(2).Done(), "pooled")
	h = network.Layer(activation.Relu(layers.Dense(scope.In("hidden"), Reshape(h, h.Shape().Dim(0), -1), true, 7)), "hidden")
	return layers.Dense(scope.In("out"), h, true, 2)
}

// Operators that cannot be differentiated twice are differentiated by central differences in float64;
// all others, with strides and windows, are not. The spectra equal the ones of exact reverse mode.
func TestLayersByDifferences(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	x, a := network.Tensor(narrow(t, normal(4, 300, 8, 8))), action.ImageAffine(8, 8)
	n := &network.Network{Store: model.NewStore(), Forward: strided}
	n.Store.SetParam(model.ParamInitialSeed, int64(3))
	differenced := &network.Network{Store: n.Store, Forward: func(scope *model.Scope, x *Node) *Node { return strided(scope, once(x)) }}
	var profiles []Profile
	for i, step := range []float64{0, 1e-6} {
		p := ok(Layers([]*network.Network{n, differenced}[i], a, x, network.Settings{Batch: 64}))(t)
		if got := p.Names(); !slices.Equal(got, []string{"strided", "pooled", "hidden", "output"}) {
			t.Fatalf("layers %q", got)
		}
		if p[0].Step != step {
			t.Errorf("step %g, want %g", p[0].Step, step)
		}
		profiles = append(profiles, p)
	}
	checkLayers(t, n, a, x, profiles...)
}

// A model that insists on float32 gets coarser differences.
func TestLayersByDifferencesInFloat32(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	n := network.Exact(func(x *Node) *Node {
		h := once(ConvertDType(x, dtypes.Float32)) // as constants of an ONNX file would have it
		return network.Layer(MaxPool(InsertAxes(Tanh(Mul(h, Const(x.Graph(), float32(1.5)))), -1)).Window(2).Done(), "pooled")
	})
	n.Forward = func(forward network.Forward) network.Forward {
		return func(scope *model.Scope, x *Node) *Node {
			if x.DType() != dtypes.Float32 {
				panic(fmt.Errorf("this model takes float32, not %s", x.DType()))
			}
			return forward(scope, x)
		}
	}(n.Forward)
	x := network.Tensor(narrow(t, normal(6, 300, 4, 4)))
	p := ok(Layers(n, action.ImageLinear(4, 4), x, network.Settings{Batch: 64}))(t)
	if p[0].Step != 3e-4 {
		t.Errorf("step %g", p[0].Step)
	}
	want := ok(network.Analyze(prefix(n, "pooled"), action.ImageLinear(4, 4), x, network.Settings{Mode: network.ReverseMode, Gram: true, Batch: 64}))(t)
	expect.Near(t, "defects", p[0].Invariance.Defects(), want.Defects(), 5e-3)
}

// The intervals of a layer equal the intervals of the network that ends at it, except for the weights
// of samples, which only evidence has.
func TestIntervalsOfLayers(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	n, a := inGo(spoken), action.Linear(3, 2)
	x := network.Tensor(normal(3, 3000, 6))
	p := ok(Layers(n, a, x, network.Settings{}))(t)
	e, _, err := network.Evidence(n, unwhitened{a}, x, network.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	scaling := lie.Scaling(3)
	h := p[2].coefficients(scaling)
	lower, upper := p.AlongBounds(scaling)
	want := e.DefectInterval(h, liegg.Rule{})
	expect.Near(t, "interval of scaling at the output", []float64{lower[2], upper[2]}, []float64{want.Lower, want.Upper}, 2e-2)
	_, ρ, _ := p.Along(scaling)
	if !(lower[2] < ρ[2] && ρ[2] < upper[2] && upper[2] < 1.3*lower[2]) {
		t.Errorf("ρ = %.3g is known to %.3g … %.3g", ρ[2], lower[2], upper[2])
	}
	lower, upper = p.DefectBounds(4)
	if estimate := e.Defects(liegg.Rule{})[3]; math.Abs(estimate.Lower/lower[2]-1)+math.Abs(estimate.Upper/upper[2]-1) > .1 {
		t.Errorf("fourth direction at the output: %.4g … %.4g, want %+v", lower[2], upper[2], estimate)
	}
	few := ok(Layers(n, a, network.Tensor(normal(3, 40, 6)), network.Settings{}))(t)
	if lower, _ := few.AlongBounds(scaling); !math.IsNaN(lower[0]) {
		t.Error("40 samples gave an interval")
	}
}

// unwhitened hides that an action can be whitened.
type unwhitened struct{ action.Action }
