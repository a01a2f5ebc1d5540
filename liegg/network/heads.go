package network

import (
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
)

// Head is a function that is applied to the outputs y [batch, m] of a network before they are
// differentiated. Its values are [batch, rows], one polarization row for each. The zero value
// leaves the outputs as they are.
//
// Heads can be compared: a Head equals its copies and no other one. So programs that were
// compiled for it can be reused.
type Head struct{ *head }

type head struct {
	name string
	rows func(y *Node) *Node
}

// NewHead makes a Head of a function in graph code. The name is for printing. NewHead panics
// if rows is nil.
func NewHead(name string, rows func(y *Node) *Node) Head {
	if rows == nil {
		panic("network: NewHead: rows is nil")
	}
	return Head{&head{name, rows}}
}

// Rows builds the head's values [batch, rows] for the outputs y [batch, m].
func (h Head) Rows(y *Node) *Node {
	if h.head == nil {
		return y
	}
	return h.rows(y)
}

// Given reports whether h is not the zero value.
func (h Head) Given() bool { return h.head != nil }

// String returns the name of the head.
func (h Head) String() string {
	if h.head == nil {
		return "the outputs"
	}
	return h.name
}

var (
	// Outputs leaves the outputs as they are.
	Outputs Head

	// CentredLogits subtracts from each logit the mean of the sample's logits, which does not
	// affect a classifier's decision.
	CentredLogits = NewHead("centred logits", func(y *Node) *Node {
		return Sub(y, ReduceAndKeep(y, ReduceMean, -1))
	})

	// NormalisedLogits divides the logits by their length.
	NormalisedLogits = NewHead("normalised logits", normalised)

	// FisherRows returns the rows √p_k (J_k − Σ_j p_j J_j) with p = softmax(y). Their Gram
	// matrix is the pulled-back Fisher metric, so the defect of a generator is the rate at
	// which the predicted distribution changes along it. The square root of p is never
	// differentiated, so saturated samples give small rows and no NaN.
	//
	// Judge scales the rows to one size, as it does outputs. Settings.BySize keeps the metric
	// as it is.
	FisherRows = NewHead("Fisher rows", func(y *Node) *Node {
		p := StopGradient(Softmax(y, -1))
		mean := ReduceAndKeep(Mul(p, y), ReduceSum, -1)
		return Mul(Sqrt(p), Sub(y, mean))
	})

	// PaperHead is the sum of the L2-normalised logits, [batch, 1], as in the code of the
	// paper's authors. It reproduces their numbers (with action.ImageAuthors), but it sees
	// only one direction of output space. For an answer use CentredLogits.
	PaperHead = NewHead("the paper's head", func(y *Node) *Node {
		return ReduceAndKeep(normalised(y), ReduceSum, -1)
	})
)

// bySample reports whether the values of h for a sample are known to depend on its own outputs only, as
// those of all heads of this package do.
func (h Head) bySample() bool {
	return slices.Contains([]Head{Outputs, CentredLogits, NormalisedLogits, FisherRows, PaperHead}, h)
}

func normalised(y *Node) *Node {
	return Div(y, Sqrt(AddScalar(ReduceAndKeep(Square(y), ReduceSum, -1), 1e-24)))
}
