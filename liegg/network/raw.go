package network

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dataset"
)

// Raw is a network that was trained on standardised samples, as a function of raw
// inputs with raw outputs: x ↦ OutputMean + OutputStd·f(x/InputScale). Symmetry
// variances are then in the output's own units, as in the paper.
func (n *Network) Raw(z dataset.Standardisation) *Network {
	raw := &Network{Store: n.Store, Backend: n.Backend, History: n.History}
	raw.Forward = func(scope *model.Scope, x *Node) *Node {
		scales := make([]float64, len(z.InputScale)*z.VectorSize)
		for i := range scales {
			scales[i] = 1 / z.InputScale[i/z.VectorSize]
		}
		y := n.Forward(scope, Mul(x, row(x, scales)))
		return Add(Mul(y, row(y, z.OutputStd)), row(y, z.OutputMean))
	}
	return raw
}

// row embeds values as a [1, len] constant of like's graph and type.
func row(like *Node, values []float64) *Node {
	c := Const(like.Graph(), tensors.FromFlatDataAndDimensions(values, 1, len(values)))
	return ConvertDType(c, like.DType())
}
