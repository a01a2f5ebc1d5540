package dynamics

import (
	"fmt"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network"
)

// most is the number of states at which brackets and gradients are compared. They are smooth
// functions, so more states would not change the answer.
const most = 4096

// table holds numbers at states, one row each.
type table = *mat.Dense

// evaluate returns graph code at states [N, 2n] in float64: one row for each state.
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

// evaluateSome is evaluate at the first states, up to most.
func evaluateSome(states *tensors.Tensor, code func(z *Node) *Node) (table, error) {
	some, err := first(states, most)
	if err != nil {
		return nil, err
	}
	defer some.FinalizeAll()
	return evaluate(some, code)
}

// rowsOf returns the first states, up to most, as they are, in float64.
func rowsOf(states *tensors.Tensor) (table, error) {
	return evaluateSome(states, func(z *Node) *Node { return z })
}

// tableOf returns the rows of a tensor [N, m].
func tableOf(y *tensors.Tensor) (table, error) {
	values, err := dataset.Values(y)
	if err != nil {
		return nil, err
	}
	rows := y.Shape().Dim(0)
	return mat.NewDense(rows, len(values)/rows, values), nil
}

// beside returns rows with values and random numbers behind them, normal ones divided by u, in the
// rows' own type. values may be nil.
func beside(rows *tensors.Tensor, values table, u units, seed uint64) (*tensors.Tensor, error) {
	before, err := tableOf(rows)
	if err != nil {
		return nil, err
	}
	count, _ := before.Dims()
	rng := rand.New(rand.NewPCG(seed, 0x0de))
	var z []float64
	for i := range count {
		z = append(z, before.RawRowView(i)...)
		if values != nil {
			z = append(z, values.RawRowView(i)...)
		}
		for _, σ := range u {
			z = append(z, rng.NormFloat64()/σ)
		}
	}
	return ofType(rows.DType(), z, len(z)/count), nil
}

// ofType returns rows of values as a tensor of type float32 or float64.
func ofType(t dtypes.DType, values []float64, columns int) *tensors.Tensor {
	if t == dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(values, len(values)/columns, columns)
	}
	single := make([]float32, len(values))
	for i, value := range values {
		single[i] = float32(value)
	}
	return tensors.FromFlatDataAndDimensions(single, len(values)/columns, columns)
}
