//go:build unix

package network

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
)

// The whole verdict against the bare extraction of the same samples, warm, by the time of
// the processor: the two take turns in one run. The first calls, which compile, are reported, too.
//
// The verdict should take at most 1.3 times as long. It does if the network takes long for each
// sample, as the CNN on 6000 digits: 1.24 times (6.1 s against 4.9 s), and 1.28 in the first calls. Four
// fifths of the excess are in the verdict's own program, which also pairs gradients with the velocities
// of other samples, and takes all sums with weights and without.
//
// With cheap networks it does not, because most of what a verdict adds takes the same time for any
// network: 5.7 times for 10 000 samples of O5, 2.5 times for 50 000, 4.6 to 6 times for 100 000 samples
// of the exact function, and 4.5 times for K225, of which fits and tests of 225 candidates alone take
// nearly twice the time of the extraction. The first calls take 2 to 4 times as long. For O5 and
// 10 000 samples the extraction takes 17 ms, and the verdict 110 ms, on a machine with other work:
//
//	36 ms  the program, for 129 blocks in 9 calls; it takes twice as many sums as the extraction
//	26 ms  fits and tests: eigenproblems, 1000 resamples of 25 directions, the name of the algebra
//	14 ms  the look for dependent samples: their coordinates, and the neighbours of 64 to 256 of them
//	13 ms  finite steps: 1024 samples and the extreme ones, in groups of 128 along one generator each
//	 9 ms  the beginning of the stream, and whitening by it
//	 6 ms  the pilot: bounds and sizes from 1024 samples
//	 6 ms  repeats, extremes, and adding up the blocks
func BenchmarkVerdictAgainstExtraction(b *testing.B) {
	mlp := untrained(b, MLP{Hidden: []int{64, 64, 64}, Outputs: 1, Bias: true}, 1)
	o5 := &Network{Store: mlp.Store, Forward: func(scope *model.Scope, x *Node) *Node { // symmetric, at the cost of a network
		return Add(groundtruth.SO5().Graph(x), MulScalar(mlp.Forward(scope, x), 1e-3))
	}}
	rotated := Exact(func(x *Node) *Node { return ReduceSum(Square(x), -1) })
	b.Run("O5-10k", func(b *testing.B) { verdictAgainstExtraction(b, o5, action.Linear(5, 2), normals32(10_000, 10)) })
	b.Run("O5-50k", func(b *testing.B) { verdictAgainstExtraction(b, o5, action.Linear(5, 2), normals32(50_000, 10)) })
	b.Run("exact3d-100k", func(b *testing.B) {
		verdictAgainstExtraction(b, rotated, action.Linear(3, 1), normals64(100_000, 3))
	})
	for _, n := range []int{6000, 60_000} {
		b.Run(fmt.Sprintf("digits-%dk", n/1000), func(b *testing.B) {
			train, _, err := dataset.MNIST()
			if err != nil {
				b.Fatal(err)
			}
			store := model.NewStore()
			cnn := CNN{Channels: []int{8, 16}, Dense: MLP{Hidden: []int{64}, Outputs: 10, Bias: true}}
			x := train.Subset(0, n).Normalised(dataset.MNISTMean, dataset.MNISTStd).Samples("digits").X
			verdictAgainstExtraction(b, &Network{Store: store, Forward: cnn.Forward}, action.ImageAffine(28, 28), x)
		})
	}
	for _, n := range []int{15, 25} {
		wide := untrained(b, MLP{Hidden: []int{128, 128}, Outputs: 1}, int64(n))
		b.Run(map[int]string{15: "K225", 25: "K625"}[n], func(b *testing.B) {
			verdictAgainstExtraction(b, wide, action.Linear(n, 1), normals32(20_000, n))
		})
	}
}

func verdictAgainstExtraction(b *testing.B, n *Network, a action.Action, x *tensors.Tensor) {
	var err error
	if n.Backend, err = usual(); err != nil {
		b.Fatal(err)
	}
	if _, err := n.Predict(firstOf(x)); err != nil { // starts the backend
		b.Fatal(err)
	}
	var extracted, judged time.Duration
	extract := func() {
		if _, err := Polarize(n, a, Tensor(x), Settings{}); err != nil {
			b.Fatal(err)
		}
	}
	judge := func() {
		if _, err := Judge(n, a, Tensor(x), Settings{}); err != nil {
			b.Fatal(err)
		}
	}
	firstExtracted, firstJudged := processorTime(b, extract), processorTime(b, judge) // compile
	for b.Loop() {
		extracted += processorTime(b, extract)
		judged += processorTime(b, judge)
	}
	b.ReportMetric(extracted.Seconds()/float64(b.N)*1e3, "extraction-ms")
	b.ReportMetric(judged.Seconds()/float64(b.N)*1e3, "verdict-ms")
	b.ReportMetric(judged.Seconds()/extracted.Seconds(), "ratio")
	b.ReportMetric(firstExtracted.Seconds()*1e3, "first-extraction-ms")
	b.ReportMetric(firstJudged.Seconds()*1e3, "first-verdict-ms")
	b.ReportMetric(firstJudged.Seconds()/firstExtracted.Seconds(), "first-ratio")
}

// firstOf returns the first sample of x.
func firstOf(x *tensors.Tensor) *tensors.Tensor { return dataset.Rows(x, 0, 1) }

// processorTime is the time that all processors spend on this process during f.
func processorTime(b *testing.B, f func()) time.Duration {
	spent := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	begun := spent()
	f()
	return spent() - begun
}

func normals32(samples, width int) *tensors.Tensor {
	random, values := rand.New(rand.NewPCG(1, 0)), make([]float32, samples*width)
	for i := range values {
		values[i] = float32(random.NormFloat64())
	}
	return tensors.FromFlatDataAndDimensions(values, samples, width)
}

func normals64(samples, width int) *tensors.Tensor {
	random, values := rand.New(rand.NewPCG(1, 0)), make([]float64, samples*width)
	for i := range values {
		values[i] = random.NormFloat64()
	}
	return tensors.FromFlatDataAndDimensions(values, samples, width)
}
