package network

import (
	"math/rand/v2"
	"testing"
	"time"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
)

// The whole analysis of a network on O(5) data, K = 25 and N = 10 000, with 200
// bootstrap resamples, against the bare extraction in the same run: their ratio is
// to be 3 at most.
func BenchmarkJudge(b *testing.B) {
	mlp := untrained(b, MLP{Hidden: []int{64, 64, 64}, Outputs: 1, Bias: true}, 1)
	net := &Network{Store: mlp.Store, Forward: func(scope *model.Scope, x *Node) *Node { // symmetric, at the cost of a network
		return Add(groundtruth.SO5().Graph(x), MulScalar(mlp.Forward(scope, x), 1e-3))
	}}
	x := dataset.O5(rand.New(rand.NewPCG(1, 0)), 10_000).X
	settings := Settings{Rule: liegg.Rule{Resamples: 200}}
	var bare, whole time.Duration
	for b.Loop() {
		begun := time.Now()
		if _, err := Polarize(net, action.Linear(5, 2), Tensor(x), settings); err != nil {
			b.Fatal(err)
		}
		bare += time.Since(begun)
		begun = time.Now()
		if _, err := Judge(net, action.Linear(5, 2), Tensor(x), settings); err != nil {
			b.Fatal(err)
		}
		whole += time.Since(begun)
	}
	b.ReportMetric(bare.Seconds()/float64(b.N)*1e3, "bare-ms")
	b.ReportMetric(whole.Seconds()/float64(b.N)*1e3, "judge-ms")
	b.ReportMetric(whole.Seconds()/bare.Seconds(), "ratio")
}
