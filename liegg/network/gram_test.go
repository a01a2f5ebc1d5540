package network

import (
	"testing"

	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
)

// The Gram matrix of an action that does not build rows equals the Gram matrix of the rows, also for
// incomplete chunks, for scaled outputs, and if gradients come from CoordinateMode.
func TestGramWithoutRows(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	a := action.Affine(9, 1)
	general := struct { // without Gram
		action.Action
		action.Contractor
		action.MetricBuilder
	}{a, a, a}
	for _, outputs := range []int{1, 3, 12} {
		net := &Network{Forward: MLP{Hidden: []int{16}, Outputs: outputs}.Forward, Store: model.NewStore()}
		x := normal(3, 700, 9)
		sums := func(a action.Action) (gram, metric *mat.SymDense) {
			gram, metric = mat.NewSymDense(a.Dim(), nil), mat.NewSymDense(a.Dim(), nil)
			for c, err := range polarizationChunks(net, a, Tensor(x), Settings{Batch: 512, Gram: true}, x) {
				if err != nil {
					t.Fatal(err)
				}
				gram.AddSym(gram, c.Gram)
				metric.AddSym(metric, c.Metric)
				if c.Plain != nil { // one output has one size
					gram.AddSym(gram, c.Plain.Gram)
					metric.AddSym(metric, c.Plain.Metric)
				}
			}
			return gram, metric
		}
		fast, fastMetric := sums(a)
		slow, slowMetric := sums(general)
		if !mat.EqualApprox(fast, slow, 1e-9*mat.Norm(slow, 2)) {
			t.Errorf("%d outputs: Gram matrices differ", outputs)
		}
		if !mat.EqualApprox(fastMetric, slowMetric, 1e-9*mat.Norm(slowMetric, 2)) {
			t.Errorf("%d outputs: metrics differ", outputs)
		}
	}
}
