package network

import (
	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/linalg"
)

// The Gram matrix of rows and the metric have K² numbers. For linear maps of vectors they are known
// by far fewer, and programs return these alone. For many candidates and small chunks, it would
// take most of the time to write, copy and add the rest.

// metricFactors is the left one of action.MetricFactors for a metric that is not estimated. For K =
// n² candidates the program then returns n×n numbers in place of K×K.
func (e *extraction) metricFactors() (left *mat.SymDense) {
	if e.mode != TangentMode {
		left, _ = action.MetricFactors(e.action)
	}
	return left
}

// metricSums builds Σ_i w_i T_iᵀT_i, or its right factor if there are metricFactors.
func (e *extraction) metricSums(x, w *Node) *Node {
	if e.blocks > 1 {
		return e.action.(action.InBlocks).DataMoments(x, w, e.blocks)
	}
	if e.metricFactors() == nil {
		return action.Metric(e.action, x, w)
	}
	_, right := action.MetricFactors(e.action)
	return right(x, w)
}

// gram builds CᵀC, or action.GramPairs where rows come from gradients of single outputs.
func (e *extraction) gram(j jacobian, x *Node) *Node {
	if e.blocks > 1 {
		return e.gramInBlocks(j, x)
	}
	if _, sums := e.gramPairs(); sums != nil {
		return sums(x, j.gradients)
	}
	return j.gram(e.action, x)
}

// gramPairs is action.GramPairs for rows that are products with gradients.
func (e *extraction) gramPairs() (of func(sums []float64) linalg.PairedGram, sums func(x *Node, gradients []*Node) *Node) {
	if e.mode == TangentMode {
		return nil, nil
	}
	return action.GramPairs(e.action)
}

// gramOf reads what gram built.
func (e *extraction) gramOf(values []float64) mat.Symmetric {
	if of, _ := e.gramPairs(); of != nil {
		return of(values)
	}
	return square(values)
}

// metricOf reads a metric from what the program returned, which may be one of its factors.
func (e *extraction) metricOf(values []float64) mat.Symmetric {
	if left := e.metricFactors(); left != nil {
		return linalg.Kronecker{Left: left, Right: square(values)}
	}
	return square(values)
}
