package dynamics

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/network"
)

// most is the number of states at which brackets and gradients are compared. They are smooth
// functions, so more states would not change the answer.
const most = 4096

// table holds numbers at states, one row each.
type table = *mat.Dense

// evaluate returns graph code at the first states [N, 2n], up to most, in float64: one row for
// each state.
func evaluate(states *tensors.Tensor, code func(z *Node) *Node) (table, error) {
	y, err := network.Exact(func(z *Node) *Node {
		y := code(ConvertDType(z, dtypes.Float64))
		return Reshape(y, z.Shape().Dim(0), y.Shape().Size()/z.Shape().Dim(0))
	}).Predict(states)
	if err != nil {
		return nil, err
	}
	defer y.FinalizeAll()
	rows, columns := y.Shape().Dim(0), y.Shape().Dim(1)
	values, err := tensors.CopyFlatData[float64](y)
	if err != nil {
		return nil, fmt.Errorf("dynamics: the values at the states cannot be read: %w", err)
	}
	return mat.NewDense(rows, columns, values), nil
}

// first returns graph code's rows of at most n states.
func first(states *tensors.Tensor, n int) (*tensors.Tensor, error) {
	held, err := network.Buffer(network.Tensor(states), 0)
	if err != nil {
		return nil, err
	}
	defer held.Finalize()
	return held.First(min(n, held.Len()))
}

// combine returns Σ_k c_ik G_k at states as [batch, len(quantities)].
func combine(quantities []Quantity, z *Node) *Node {
	return Einsum("dk,bk->bd", weights(quantities, z), quantities[0].library.values(z))
}

// gradientsOf returns the gradients of quantities at states as [batch, len(quantities), 2n].
func gradientsOf(quantities []Quantity, z *Node) *Node {
	return Einsum("dk,bki->bdi", weights(quantities, z), quantities[0].library.gradients(z))
}

func weights(quantities []Quantity, like *Node) *Node {
	rows := make([][]float64, len(quantities))
	for i, q := range quantities {
		rows[i] = q.coefficients
	}
	return ConvertDType(Const(like.Graph(), rows), like.DType())
}
