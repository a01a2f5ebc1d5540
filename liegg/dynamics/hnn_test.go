package dynamics

import (
	"math/rand"
	"testing"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/dataset"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gomlx/gomlx/ml/train/loss"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// learned trains a Hamiltonian neural network on the velocities of h at states (Greydanus et al.,
// NeurIPS 2019).
func learned(t *testing.T, h *network.Network, states *tensors.Tensor, steps int, seed uint64) *network.Network {
	backend := expect.OK(network.Backend())(t)
	velocities := expect.OK(network.Exact(HamiltonianField(func(z *Node) *Node { return h.Forward(nil, z) })).Predict(states))(t)
	n := expect.OK(network.New(network.MLP{Hidden: []int{64, 64}, Outputs: 1, Bias: true, Activation: "tanh"}, shapes.Make(states.DType(), states.Shape().Dim(1)), seed))(t)
	field := func(scope *model.Scope, z *Node) *Node {
		return HamiltonianField(func(z *Node) *Node { return n.Forward(scope, z) })(z)
	}
	ds := expect.OK(dataset.InMemoryFromData(backend, "states", []any{states}, []any{velocities}))(t)
	ds.Infinite(true).WithRand(rand.New(rand.NewSource(int64(seed)))).Shuffle().BatchSize(128, true)
	for _, rate := range []float64{5e-3, 1e-3, 2e-4} {
		trainer := train.NewTrainer(backend, n.Store, field, loss.MeanSquaredError, optimizer.Adam().LearningRate(rate).Done(), nil, nil)
		if _, err := train.NewLoop(trainer).RunSteps(ds, steps); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// A learned oscillator has the laws of the exact one, and its quantities drift little.
func TestLearnedOscillator(t *testing.T) {
	if testing.Short() {
		t.Skip("trains a network")
	}
	h := hamiltonian(func(z []*Node) *Node { return MulScalar(squares(z...), .5) })
	n := learned(t, h, normal(5, 4000, 4, 1), 1000, 0)
	laws := expect.OK(Conserved(n, Monomials(2, "x", "y", "u", "v"), normal(6, 4000, 4, 1), network.Settings{}))(t)
	if laws.Verdict.Answer != liegg.Symmetric || len(laws.Quantities) != 4 || laws.Independent != 3 || laws.Algebra.name() != "so(3)" || laws.Algebra.Centre != 1 {
		t.Errorf("%v\n%v", laws, laws.Verdict)
	}
	d := expect.OK(Follow(n, laws.Quantities, normal(7, 1000, 4, 1), DriftSettings{Steps: 200}))(t)
	for _, drift := range d.Of {
		if drift > .1*d.Random {
			t.Errorf("a quantity drifts: %v", d)
		}
	}
}
