package trials

import (
	"math"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
)

// polar divides the numbers of each sample by their size r = √(1 + mean square), and appends log r.
// Few samples of x, [N, n], may be by far the largest; no number of the result, [N, n+1], is large.
func polar(x *tensors.Tensor) *tensors.Tensor {
	samples, n := x.Shape().Dim(0), x.Shape().Dim(1)
	values := make([]float64, 0, samples*(n+1))
	for sample := range slices.Chunk(tensors.MustCopyFlatData[float64](x), n) {
		r := math.Sqrt(1 + floats.Dot(sample, sample)/float64(n))
		for _, v := range sample {
			values = append(values, v/r)
		}
		values = append(values, math.Log(r))
	}
	return tensors.FromFlatDataAndDimensions(values, samples, n+1)
}

// polarNode is polar as graph code.
func polarNode(x *Node) *Node {
	r := Sqrt(OnePlus(ReduceAndKeep(Square(x), ReduceMean, -1)))
	return Concatenate([]*Node{Div(x, r), Log(r)}, -1)
}
