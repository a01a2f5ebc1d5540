package flow

import (
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

func BenchmarkWarp(b *testing.B) {
	be, err := network.Backend()
	if err != nil {
		b.Fatal(err)
	}
	exec, err := NewExec(be, func(x, g *Node) *Node { return action.ImageLinear(28, 28).Moved(x, g) })
	if err != nil {
		b.Fatal(err)
	}
	x := tensors.FromScalarAndDimensions(float32(1), 512, 784)
	g := tensors.FromValue([][]float64{{.8, -.6}, {.6, .8}})
	for b.Loop() {
		out, err := exec.Call(x, g)
		if err != nil {
			b.Fatal(err)
		}
		if err := out[0].ConstBytes(func([]byte) {}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*512/b.Elapsed().Seconds(), "images/s")
}
