package operators

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

func init() {
	own["NegativeLogLikelihoodLoss"] = func(o *operation) []*Node { return []*Node{o.loss(o.input(0))} }
	own["SoftmaxCrossEntropyLoss"] = func(o *operation) []*Node {
		logarithms := logSoftmax(o.input(0), 1)
		return []*Node{o.loss(logarithms), logarithms}
	}
}

// loss returns −w·log p of the labels, input 1 [batch, …], given the logarithms of the
// probabilities [batch, classes, …]. The weights w of the classes are input 2, ones if it is not
// given. Places whose label is ignore_index have the loss and the weight 0. The reduction to a
// mean divides by the sum of the weights.
func (o *operation) loss(logarithms *Node) *Node {
	labels := ExpandAxes(o.input(1), 1)
	dims := logarithms.Shape().Dimensions
	hit := Equal(Iota(o.graph, shapes.Make(labels.DType(), dims...), 1), BroadcastToDims(labels, dims...))
	if _, ok := o.node.Attribute("ignore_index"); ok {
		kept := NotEqual(labels, Scalar(o.graph, labels.DType(), o.node.Integer("ignore_index", 0)))
		hit = And(hit, BroadcastToDims(kept, dims...))
	}
	zero := ZerosLike(logarithms)
	weights := OnesLike(logarithms)
	if o.has(2) {
		row := slices.Repeat([]int{1}, logarithms.Rank())
		row[1] = logarithms.Shape().Dim(1)
		weights = BroadcastToDims(Reshape(o.input(2), row...), dims...)
	}
	weights = Where(hit, weights, zero)
	losses := ReduceSum(Mul(Where(hit, Neg(logarithms), zero), weights), 1)
	switch word := o.node.Word("reduction", "mean"); word {
	case "none":
		return losses
	case "sum":
		return ReduceAllSum(losses)
	case "mean":
		return Div(ReduceAllSum(losses), ReduceAllSum(weights))
	default:
		panic(fmt.Errorf("its reduction %q is unknown", word))
	}
}

// logSoftmax returns x − log Σ exp x along an axis.
func logSoftmax(x *Node, axis int) *Node {
	x = Sub(x, StopGradient(ReduceAndKeep(x, ReduceMax, axis)))
	return Sub(x, Log(ReduceAndKeep(Exp(x), ReduceSum, axis)))
}
