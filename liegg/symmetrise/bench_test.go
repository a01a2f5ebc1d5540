//go:build unix

package symmetrise_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/symmetrise"
)

// BenchmarkMeanAgainstPass compares a mean over 16 elements with one pass through the network, by
// the time of the processor: the two take turns, on inputs in memory, without compilation. "moving"
// is the mean of a network that only adds up its inputs, in passes through the network. A digit is
// interpolated from four pixels for each of its own, which takes about a fifth as long as a small MLP.
// The mean gains by memory that its parts share.
func BenchmarkMeanAgainstPass(b *testing.B) {
	image := action.ImageLinear(28, 28)
	for _, c := range []struct {
		name    string
		model   network.Model
		input   []int
		n, size int
		group   func() (*symmetrise.Group, error)
	}{
		{"vectors", network.MLP{Hidden: []int{64, 64, 64}, Outputs: 1, Bias: true}, []int{10}, 8192, 10, func() (*symmetrise.Group, error) {
			return symmetrise.Over(action.Linear(5, 2), lie.Span("turn", flow.Rotation(5, 0, 1).H), 0, group.HaarSettings{})
		}},
		{"digits", network.MLP{Hidden: []int{128, 128, 128, 128, 128}, Outputs: 10, Bias: true}, []int{28, 28}, 2000, 784, func() (*symmetrise.Group, error) {
			return symmetrise.Over(image, lie.SO(2), 0, group.HaarSettings{})
		}},
		{"digits-cnn", network.CNN{Channels: []int{8, 16}, Dense: network.MLP{Hidden: []int{64}, Outputs: 10, Bias: true}}, []int{28, 28}, 2000, 784, func() (*symmetrise.Group, error) {
			return symmetrise.Over(image, lie.SO(2), 0, group.HaarSettings{})
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			n, err := network.New(c.model, shapes.Make(dtypes.Float32, c.input...), 1)
			if err != nil {
				b.Fatal(err)
			}
			g, err := c.group()
			if err != nil {
				b.Fatal(err)
			}
			mean, err := symmetrise.Network(n, g, nil)
			if err != nil {
				b.Fatal(err)
			}
			sum := network.Exact(func(x *Node) *Node { return ReduceSum(Reshape(x, x.Shape().Dim(0), -1), -1) })
			moving, err := symmetrise.Network(sum, g, nil)
			if err != nil {
				b.Fatal(err)
			}
			x := tensors.FromFlatDataAndDimensions(make([]float32, c.n*c.size), append([]int{c.n}, c.input...)...)
			meanAgainstPass(b, x, n, mean, moving)
		})
	}
}

// meanAgainstPass lets a network, its mean, and the mean of a sum take turns.
func meanAgainstPass(b *testing.B, x *tensors.Tensor, networks ...*network.Network) {
	held, err := network.Buffer(network.Tensor(x), 0)
	if err != nil {
		b.Fatal(err)
	}
	defer held.Finalize()
	var spent [3]time.Duration
	var programs [3]*network.Program
	run := func(i int) {
		if _, err := programs[i].Run(held); err != nil {
			b.Fatal(err)
		}
	}
	for i, n := range networks {
		programs[i], err = n.NewProgram(network.Head{}, held, func(f func(*Node) *Node, x *Node, _ []*Node) []*Node { return []*Node{f(x)} })
		if err != nil {
			b.Fatal(err)
		}
		defer programs[i].Finalize()
		run(i)
	}
	for b.Loop() {
		for i := range networks {
			begun := processorTime(b)
			run(i)
			spent[i] += processorTime(b) - begun
		}
	}
	b.ReportMetric(spent[0].Seconds()/float64(b.N)*1e3, "pass-ms")
	b.ReportMetric(spent[1].Seconds()/float64(b.N)*1e3, "mean-ms")
	b.ReportMetric(spent[1].Seconds()/spent[0].Seconds(), "ratio")
	b.ReportMetric(spent[2].Seconds()/spent[0].Seconds(), "moving")
}

// processorTime is what all processors have spent on this process.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
