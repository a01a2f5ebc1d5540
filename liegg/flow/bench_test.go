package flow_test

import (
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// BenchmarkMovedImages turns 512 images of 28×28.
func BenchmarkMovedImages(b *testing.B) {
	backend, err := network.Backend()
	if err != nil {
		b.Fatal(err)
	}
	plane := action.ImageLinear(28, 28)
	exec, err := NewExec(backend, func(x, g *Node) *Node { return plane.Moved(x, g) })
	if err != nil {
		b.Fatal(err)
	}
	x := blots(512, 28)
	for b.Loop() {
		out, err := exec.Call(x, [][]float64{{.8, -.6}, {.6, .8}})
		if err != nil {
			b.Fatal(err)
		}
		if err := out[0].ConstBytes(func([]byte) {}); err != nil { // waits for it
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*512/b.Elapsed().Seconds(), "images/s")
}

// BenchmarkRefine refines a generator of gl(2) on 2000 images of 28×28.
func BenchmarkRefine(b *testing.B) {
	x := blots(2000, 28)
	n, plane := network.Exact(rings(28)), action.ImageLinear(28, 28)
	start := lie.Span("start", mat.NewDense(2, 2, []float64{.02, -1, .97, 0}))
	for b.Loop() {
		if _, err := flow.Refine(n, plane, start, network.Tensor(x), flow.Settings{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstRefine refines on 1001 images, with a network that has no programs yet, so that they are
// compiled. The halves differ by one sample.
func BenchmarkFirstRefine(b *testing.B) {
	x, plane := blots(1001, 28), action.ImageLinear(28, 28)
	start := lie.Span("start", mat.NewDense(2, 2, []float64{.02, -1, .97, 0}))
	for b.Loop() {
		if _, err := flow.Refine(network.Exact(rings(28)), plane, start, network.Tensor(x), flow.Settings{}); err != nil {
			b.Fatal(err)
		}
	}
}
