package network

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// Head is what is asked of the outputs y [batch, m] of a network before they are
// differentiated: a function to [batch, rows], one polarization row for each.
type Head func(y *Node) *Node

// Outputs takes the outputs as they are.
func Outputs(y *Node) *Node { return y }

// CentredLogits takes from each logit the mean of the sample's logits, which a
// classifier's decision does not depend on.
func CentredLogits(y *Node) *Node {
	return Sub(y, ReduceAndKeep(y, ReduceMean, -1))
}

// NormalisedLogits divides the logits by their length, one row for each.
func NormalisedLogits(y *Node) *Node {
	return Div(y, Sqrt(AddScalar(ReduceAndKeep(Square(y), ReduceSum, -1), 1e-24)))
}

// FisherRows are the rows √p_k (J_k − Σ_j p_j J_j) with p = softmax(y): their Gram
// matrix is the pulled-back Fisher metric, so the defect of a generator is the
// rate at which the predicted distribution changes along it. The square root of p
// is never differentiated, so saturated samples give small rows and no NaN.
//
// Judge brings the rows to one size, as it does outputs; Settings.BySize keeps the
// metric as it is.
func FisherRows(y *Node) *Node {
	p := StopGradient(Softmax(y, -1))
	mean := ReduceAndKeep(Mul(p, y), ReduceSum, -1)
	return Mul(Sqrt(p), Sub(y, mean))
}

// AuthorsHead is the sum of the L2-normalised logits, [batch, 1], as in the
// authors' code, kept to reproduce their numbers (with action.ImageAuthors). It
// looks at one direction of output space only; use CentredLogits for an answer.
func AuthorsHead(y *Node) *Node {
	return ReduceAndKeep(NormalisedLogits(y), ReduceSum, -1)
}
