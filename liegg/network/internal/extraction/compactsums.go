package extraction

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
)

// The Gram matrix of rows and the metric have K² numbers. For linear maps of vectors they are known
// by far fewer, and programs return these alone. For many candidates and small chunks, it would
// take most of the time to write, copy and add the rest.

// metricFactors is the left one of action.MetricFactors for a metric that is not estimated. For K =
// n² candidates the program then returns n×n numbers in place of K×K.
func (e *Program) metricFactors() (left *mat.SymDense) {
	if e.mode != jacobian.TangentMode {
		left, _ = action.MetricFactors(e.Action)
	}
	return left
}

// metricSums builds Σ_i w_i T_iᵀT_i, or its right factor if there are metricFactors, for each block.
func (e *Program) metricSums(x, w *Node) *Node {
	blocks, factored := e.blocksIn(x.Shape().Dim(0)), e.metricFactors() != nil
	switch {
	case blocks > 1 && factored:
		return action.MetricFactorInBlocks(e.Action, x, w, blocks)
	case blocks > 1:
		return action.MetricInBlocks(e.Action, x, w, blocks)
	case factored:
		_, right := action.MetricFactors(e.Action)
		return right(x, w)
	}
	return action.Metric(e.Action, x, w)
}

// outputMetric builds Σ_i (B_k y_i)·(B_l y_i) of outputs y that move, for each block.
func (e *Program) outputMetric(y *Node) *Node {
	moving := e.Action.(action.Equivariance)
	if blocks := e.blocksIn(y.Shape().Dim(0)); blocks > 1 {
		return moving.OutputMetrics(y, blocks)
	}
	return moving.OutputMetric(y)
}

// gram builds CᵀC, or action.GramPairs where rows come from gradients of single outputs.
func (e *Program) gram(j jacobian.Contribution, x *Node) *Node {
	if blocks := e.blocksIn(x.Shape().Dim(0)); blocks > 1 {
		return e.gramInBlocks(j, x, blocks)
	}
	if _, sums := e.gramPairs(); sums != nil {
		return sums(x, j.Gradients)
	}
	return j.Gram(e.Action, x)
}

// gramInBlocks builds gram for each block.
func (e *Program) gramInBlocks(j jacobian.Contribution, x *Node, blocks int) *Node {
	if _, pairs := e.gramPairs(); pairs != nil {
		return e.Action.(action.InBlocks).GramSums(x, j.Gradients, blocks)
	}
	rows := ConvertDType(Reshape(j.Rows, blocks, -1, e.Action.Dim()), dtypes.Float64)
	return Einsum("brk,brl->bkl", rows, rows)
}

// gramPairs is action.GramPairs for rows that are products with gradients.
func (e *Program) gramPairs() (of func(sums []float64) linalg.PairedGram, sums func(x *Node, gradients []*Node) *Node) {
	if e.mode == jacobian.TangentMode {
		return nil, nil
	}
	return action.GramPairs(e.Action)
}

// gramOf reads what gram built.
func (e *Program) gramOf(values []float64) mat.Symmetric {
	if of, _ := e.gramPairs(); of != nil {
		return of(values)
	}
	return square(values)
}

// metricOf reads a metric from what the program returned, which may be one of its factors.
func (e *Program) metricOf(values []float64) mat.Symmetric {
	if left := e.metricFactors(); left != nil {
		return linalg.Kronecker{Left: left, Right: square(values)}
	}
	return square(values)
}

// square reads a symmetric matrix.
func square(values []float64) *mat.SymDense {
	n := int(math.Sqrt(float64(len(values))))
	return mat.NewSymDense(n, values)
}
