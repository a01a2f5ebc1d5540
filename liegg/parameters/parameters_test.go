package parameters

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/discrete"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/network"
)

func TestMain(m *testing.M) { expect.MainInGo(m, network.BackendVariable) }

// probes draws normal points.
func probes(count, n int) [][]float64 {
	rng := rand.New(rand.NewPCG(6, 0))
	p := make([][]float64, count)
	for i := range p {
		p[i] = make([]float64, n)
		for j := range p[i] {
			p[i][j] = rng.NormFloat64()
		}
	}
	return p
}

// Of is the network with these weights.
func TestOf(t *testing.T) {
	m := network.MLP{Hidden: []int{3, 2}, Outputs: 2, Bias: true}
	const samples = 12
	x := networktest.Normal[float64](3, samples, 2)
	net := expect.OK(network.New(m, shapes.Make(dtypes.Float64, 2), 1))(t)
	want := expect.OK(dataset.Values(expect.OK(net.Predict(x))(t)))(t)
	var w []float64
	for _, layer := range []string{"hidden_0", "hidden_1", "output"} {
		dense := net.Store.RootScope().In("mlp").In("%s", layer).In("dense")
		weights := dense.GetVariable("weights")
		rows, columns := weights.Shape().Dim(0), weights.Shape().Dim(1)
		values := expect.OK(dataset.Values(expect.OK(weights.Value())(t)))(t)
		biases := expect.OK(dataset.Values(expect.OK(dense.GetVariable("biases").Value())(t)))(t)
		for o := range columns {
			for i := range rows {
				w = append(w, values[i*columns+o])
			}
			w = append(w, biases[o])
		}
	}
	var points [][]float64
	flat := expect.OK(dataset.Values(x))(t)
	for i := range samples {
		points = append(points, flat[2*i:2*i+2])
	}
	got := expect.OK(Of(m, points).Predict(tensors.FromFlatDataAndDimensions(w, 1, len(w))))(t)
	expect.Near(t, "outputs", expect.OK(dataset.Values(got))(t), want, 1e-12)
	if names := Names(m, 2); len(names) != len(w) || names[0] != "w¹₁₁" || names[2] != "b¹₁" {
		t.Error(names)
	}
}

func judged(t *testing.T, f *network.Network, a action.Action, count int) *liegg.Verdict {
	t.Helper()
	return expect.OK(network.Judge(f, a, network.Tensor(networktest.Normal[float64](4, 2000, count)), network.Settings{}))(t)
}

// ReLU neurons scale their weights by λ and 1/λ, one generator for each neuron. Tanh neurons do not.
func TestScalings(t *testing.T) {
	for activation, want := range map[string]int{"relu": 2, "tanh": 0} {
		m := network.MLP{Hidden: []int{2}, Outputs: 1, Activation: activation}
		v := judged(t, Of(m, probes(12, 2)), action.Linear(6, 1), 6)
		t.Logf("%s: %v", activation, v)
		if v.Dim != want || v.Answer == liegg.Undetermined {
			t.Errorf("%s: want %d scalings: %v", activation, want, v)
		}
	}
}

// Between the layers of a linear network any invertible matrix and its inverse may stand.
func TestLinear(t *testing.T) {
	m := network.MLP{Hidden: []int{2}, Outputs: 2, Activation: "none"}
	v := judged(t, Of(m, probes(4, 2)), action.Linear(8, 1), 8)
	if v.Dim != 4 || v.Name() != "sl(2,R) ⊕ so(1,1)" {
		t.Errorf("want gl(2), in which multiples of 1 are W₁ ↦ λW₁, W₂ ↦ W₂/λ, so(1,1): %v", v)
	}
}

// A softmax does not feel the same vector added to the weights of all classes. These motions are
// trivial: f does not change along their directions, w_c ↦ w_c + v(w) and b_c ↦ b_c + u(w), whatever
// the affine functions v and u of the 6 weights: 2·7 candidates.
func TestSoftmax(t *testing.T) {
	logits := Of(network.MLP{Outputs: 3, Bias: true}, probes(6, 1))
	f := network.Exact(func(w *Node) *Node {
		batch := w.Shape().Dim(0)
		return Reshape(Softmax(Reshape(logits.Forward(nil, w), batch, 6, 3)), batch, 18)
	})
	v := judged(t, f, action.Affine(6, 1), 6)
	if v.Dim != 0 || v.Ignored != 14 {
		t.Errorf("want 14 shifts: %v", v)
	}
}

// Neurons may be permuted, and tanh neurons may change the sign of what they read and write: B₂ = D_4
// for two of them.
func TestPermutations(t *testing.T) {
	w := network.Tensor(networktest.Normal[float64](5, 2000, 6))
	for activation, want := range map[string]string{"tanh": "D_4", "relu": "C_2"} {
		m := network.MLP{Hidden: []int{2}, Outputs: 1, Activation: activation}
		g := expect.OK(discrete.Search(Of(m, probes(12, 2)), w, discrete.Settings{Names: Names(m, 2)}, discrete.SignedPermutations(6)))(t)
		t.Log(g)
		if g.Name != want || g.Answer != liegg.Symmetric {
			t.Errorf("%s: want %s: %v", activation, want, g)
		}
	}
}

func TestMisuse(t *testing.T) {
	m := network.MLP{Hidden: []int{2}, Outputs: 1}
	expect.Panic(t, "no probes", func() { Of(m, nil) })
	expect.Panic(t, "probe 2 has", func() { Of(m, [][]float64{{1, 2}, {1}}) })
	expect.Panic(t, "3 probes of 1 outputs cannot tell motions of 6 weights", func() { Of(m, probes(3, 2)) })
	expect.Panic(t, "do not span", func() { Of(m, slices.Repeat([][]float64{{1, 2}}, 6)) })
	expect.Panic(t, "not finite", func() { Of(m, slices.Repeat([][]float64{{math.NaN(), 2}}, 6)) })
	expect.Panic(t, "at least 1", func() { Count(m, 0) })
	_, err := Of(m, probes(6, 2)).Predict(networktest.Normal[float64](1, 3, 5))
	expect.Error(t, err, "6 weights with 2 inputs, but gets 5")
}
