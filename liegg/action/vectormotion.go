package action

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/lie"
)

// Move applies a finite transformation g, such as lie.Exp of a generator, to
// every vector of the inputs x [N, input…] (float32 or float64) and returns
// them in a tensor of the same shape and type. g is n×n, or (n+1)×(n+1) for
// the affine action; Move panics otherwise. It returns an error if x does not
// fit.
func (v Vectors) Move(g mat.Matrix, x *tensors.Tensor) (*tensors.Tensor, error) {
	if rows, columns := g.Dims(); rows != v.columns() || columns != v.columns() {
		panic(fmt.Sprintf("action: g must be %d×%d, got %d×%d", v.columns(), v.columns(), rows, columns))
	}
	if x.Rank() == 0 {
		return nil, fmt.Errorf("action: inputs need the shape [samples, input…], got a scalar")
	}
	if err := v.Check(x.Shape().Dimensions[1:]); err != nil {
		return nil, err
	}
	switch x.DType() {
	case dtypes.Float32:
		return moved[float32](v, g, x)
	case dtypes.Float64:
		return moved[float64](v, g, x)
	}
	return nil, fmt.Errorf("action: inputs of type %s cannot be moved: convert them to float32 or float64", x.DType())
}

func moved[F float32 | float64](v Vectors, g mat.Matrix, x *tensors.Tensor) (*tensors.Tensor, error) {
	values, err := tensors.CopyFlatData[F](x)
	if err != nil {
		return nil, fmt.Errorf("action: reading the inputs: %w", err)
	}
	point := make([]float64, v.columns())
	point[v.columns()-1] = 1 // overwritten if the action is linear
	for first := 0; first < len(values); first += v.n {
		vector := values[first : first+v.n]
		for i, c := range vector {
			point[i] = float64(c)
		}
		for i := range vector {
			sum := 0.0
			for j, c := range point {
				sum += g.At(i, j) * c
			}
			vector[i] = F(sum)
		}
	}
	return tensors.FromFlatDataAndDimensions(values, x.Shape().Dimensions...), nil
}

// Moved returns g·x̃_v for each vector, with x̃ = x or (x, 1). Affine maps
// are applied about the centre, where float32 has enough digits for it.
func (v Vectors) Moved(x, g *Node) *Node {
	if v.centre != nil {
		there := nodes.Constant(g, away(v.centre).RawMatrix().Data, v.n+1, v.n+1)
		back := nodes.Constant(g, lie.TranslationBy(v.centre...).RawMatrix().Data, v.n+1, v.n+1)
		g = Einsum("ij,jk->ik", Einsum("ij,jk->ik", there, g), back)
	}
	rows := Slice(ConvertDType(g, x.DType()), AxisRange(0, v.n))
	moved := Einsum("bvj,ij->bvi", v.homogeneous(x), rows)
	if v.centre != nil {
		moved = Add(moved, v.centres(x))
	}
	return Reshape(moved, x.Shape().Dimensions...)
}

// MovedEach returns g_i·x̃_v for each vector of input i, as Moved does.
func (v Vectors) MovedEach(x, g *Node) *Node {
	if v.centre != nil {
		g = Einsum("ij,bjk->bik", nodes.Constant(g, away(v.centre).RawMatrix().Data, v.n+1, v.n+1), g)
		g = Einsum("bij,jk->bik", g, nodes.Constant(g, lie.TranslationBy(v.centre...).RawMatrix().Data, v.n+1, v.n+1))
	}
	rows := Slice(ConvertDType(g, x.DType()), AxisRange(), AxisRange(0, v.n))
	moved := Einsum("bvj,bij->bvi", v.homogeneous(x), rows)
	if v.centre != nil {
		moved = Add(moved, v.centres(x))
	}
	return Reshape(moved, x.Shape().Dimensions...)
}
