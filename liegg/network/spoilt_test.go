package network

import (
	"errors"
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/finite"
)

// Outputs of smooth networks need not be checked; outputs of other networks must be.
func TestSpeaksUp(t *testing.T) {
	parts, z := o5(t, 3, 10)
	smooth := ok(New(small, shapes.Make(dtypes.Float32, 10), 1))(t)
	for name, c := range map[string]struct {
		n    *Network
		want bool
	}{
		"swish":   {smooth, true},
		"in raw":  {smooth.Raw(z), true},
		"tanh":    {untrained(t, MLP{Hidden: []int{4}, Outputs: 1, Bias: true, Activation: "tanh"}, 1), true},
		"relu":    {untrained(t, MLP{Hidden: []int{4}, Outputs: 1, Bias: true, Activation: "relu"}, 1), false},
		"log":     {Exact(aboveOne), false},
		"integer": {Exact(func(x *Node) *Node { return Mul(x, ConvertDType(ConvertDType(x, dtypes.Int32), x.DType())) }), false},
	} {
		g := NewGraph(xla(t), name) // in pure Go a layer is one operator, with any activation
		x := Parameter(g, "x", parts[0].X.Shape())
		if _, got := finite.ToldWithoutOutputs(x, c.n.outputs(c.n.Store.RootScope(), x)); got != c.want {
			t.Errorf("%s: outputs that are not finite show elsewhere: %v, want %v", name, got, c.want)
		}
		g.Finalize()
	}
}

// A weight or a bias that is not finite spoils all outputs, even if gradients do not depend on it, or
// if an activation hides it from them.
func TestVariablesThatAreNotFinite(t *testing.T) {
	parts, _ := o5(t, 3, 500)
	for _, activation := range []string{"swish", "relu"} {
		m := MLP{Hidden: []int{8}, Outputs: 1, Bias: true, Activation: activation}
		for _, layer := range []int{0, 1} {
			for _, name := range []string{"weights", "biases"} {
				n := &Network{Forward: m.Forward, Store: ok(m.initial(shapes.Make(dtypes.Float32, 10), 1))(t), Backend: goBackend(t)}
				v := m.Dense(n.Store, layer).GetVariable(name)
				value := ok(tensor.CopyOf(v))(t)
				tensors.MustMutableFlatData(value, func(w []float32) { w[0] = float32(math.NaN()) })
				if err := v.SetValue(value); err != nil {
					t.Fatal(err)
				}
				_, err := Analyze(n, action.Linear(5, 2), Tensor(parts[0].X), Settings{})
				var at *liegg.NotFiniteError
				if !errors.As(err, &at) || at.What != "output" || at.Count != 500 {
					t.Errorf("NaN among the %s of layer %d, %s: got %v", name, layer, activation, err)
				}
			}
		}
	}
}

// An input that is not finite is found even if neither outputs nor gradients depend on it.
func TestInputsThatDoNotMatter(t *testing.T) {
	x := normal(1, 300, 3)
	tensors.MustMutableFlatData(x, func(v []float64) { v[3*17+2] = math.NaN() })
	n := &Network{Store: model.NewStore(), Forward: func(_ *model.Scope, x *Node) *Node {
		return ReduceSum(Slice(x, AxisRange(), AxisRange(0, 2)), -1)
	}}
	_, err := Analyze(n, action.Linear(3, 1), Tensor(x), Settings{})
	var at *liegg.NotFiniteError
	if !errors.As(err, &at) || at.What != "input" || at.Sample != 17 || at.Count != 1 {
		t.Errorf("NaN in a coordinate without effect: %v", err)
	}
}
