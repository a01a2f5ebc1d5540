package laws

import (
	"fmt"
	"math"
	"math/rand"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlxdata "github.com/gomlx/gomlx/ml/dataset"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gomlx/gomlx/ml/train/loss"
	"github.com/gomlx/gomlx/ml/train/optimizer"
	"github.com/gomlx/gomlx/ml/train/optimizer/cosineschedule"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dynamics"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/network"
)

// Learn trains a Hamiltonian neural network: its gradients are fitted to the velocities of states
// (Greydanus, Dzamba, Yosinski, "Hamiltonian Neural Networks", NeurIPS 2019).
func (t Task) Learn(seed uint64) (*network.Network, error) {
	states := t.states(seed, streamTrain, t.Samples)
	velocities, err := t.velocities(states)
	if err != nil {
		return nil, err
	}
	n, err := network.New(t.Model, shapes.Make(states.DType(), len(t.Names)), seed)
	if err != nil {
		return nil, err
	}
	if err := t.fit(n, seed, states, velocities, dynamics.HamiltonianField); err != nil {
		return nil, fmt.Errorf("laws: training %v: %w", t, err)
	}
	return n, nil
}

// fit fits the field of a network to targets at states.
func (t Training) fit(n *network.Network, seed uint64, states, targets *tensors.Tensor, fieldOf func(f func(z *Node) *Node) func(z *Node) *Node) (err error) {
	defer graphpanic.Catch(&err)
	backend, err := network.Backend()
	if err != nil {
		return err
	}
	field := func(scope *model.Scope, z *Node) *Node {
		cosineschedule.New(scope, z.Graph(), z.DType()).LearningRate(t.Rate).PeriodInSteps(t.Steps).Done()
		return fieldOf(func(z *Node) *Node { return n.Forward(scope, z) })(z)
	}
	data, err := gomlxdata.InMemoryFromData(backend, "states", []any{states}, []any{targets})
	if err != nil {
		return err
	}
	data.Infinite(true).WithRand(rand.New(rand.NewSource(int64(seed)))).Shuffle().BatchSize(t.Batch, true)
	trainer := train.NewTrainer(backend, n.Store, field, loss.MeanSquaredError, optimizer.Adam().LearningRate(t.Rate).Done(), nil, nil)
	_, err = train.NewLoop(trainer).RunSteps(data, t.Steps)
	return err
}

// velocities returns the velocities of states along the true flow.
func (t Task) velocities(states *tensors.Tensor) (*tensors.Tensor, error) {
	return network.Exact(dynamics.HamiltonianField(t.energy)).Predict(states)
}

// misfit returns the root mean square error of the learned velocities at states, in units of the
// root mean square velocity.
func (t Task) misfit(n *network.Network, states *tensors.Tensor) (float64, error) {
	want, err := t.velocities(states)
	if err != nil {
		return 0, err
	}
	field := dynamics.HamiltonianField(func(z *Node) *Node { return n.Forward(n.Store.RootScope(), z) })
	got, err := (&network.Network{Store: n.Store, Forward: func(_ *model.Scope, z *Node) *Node { return field(z) }}).Predict(states)
	if err != nil {
		return 0, err
	}
	a, err := dataset.Values(want)
	if err != nil {
		return 0, err
	}
	b, err := dataset.Values(got)
	if err != nil {
		return 0, err
	}
	squares, errors := 0., 0.
	for i := range a {
		squares, errors = squares+a[i]*a[i], errors+(a[i]-b[i])*(a[i]-b[i])
	}
	return math.Sqrt(errors / squares), nil
}
