package laws

import (
	"fmt"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dynamics"
	"github.com/liegg/lab/liegg/network"
)

// LearnLagrangian trains a Lagrangian neural network L = ½‖q̇‖² + g(q, q̇) on the accelerations [N, n]
// of states [N, 2n], positions first (Cranmer et al., "Lagrangian Neural Networks", 2020). g is the
// model, of one output. Accelerations tell L up to a factor and the derivative dF/dt of any function F(q).
// It returns an error if the training fails.
func LearnLagrangian(g network.MLP, t Training, states, accelerations *tensors.Tensor, seed uint64) (*network.Network, error) {
	n, err := network.New(g, shapes.Make(states.DType(), states.Shape().Dim(1)), seed)
	if err != nil {
		return nil, err
	}
	l := &network.Network{Store: n.Store, Forward: func(scope *model.Scope, z *Node) *Node {
		v := SliceAxis(z, -1, AxisRange(z.Shape().Dim(1)/2))
		return Add(MulScalar(ReduceAndKeep(Square(v), ReduceSum, -1), .5), n.Forward(scope, z))
	}}
	if err := t.fit(l, seed, states, accelerations, dynamics.LagrangianField); err != nil {
		return nil, fmt.Errorf("laws: training a Lagrangian: %w", err)
	}
	return l, nil
}
