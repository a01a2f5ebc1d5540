package network

import (
	"fmt"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
)

// The program that is there already tells gradients that mix samples, whether the network runs on
// one batch at a time or on several, so that no other gradient is compiled.
func TestProgramTellsMixedGradients(t *testing.T) {
	alone := func(x *Node) *Node { return ReduceSum(Square(x), -1) }
	mixed := func(x *Node) *Node { y := alone(x); return Sub(y, ReduceAndKeep(y, ReduceMean, 0)) }
	constant := func(x *Node) *Node { y := alone(x); return Sub(y, StopGradient(ReduceAndKeep(y, ReduceMean, 0))) }
	for _, c := range []struct {
		name          string
		f             func(x *Node) *Node
		keepsGradient bool
		keepsOutputs  bool
	}{{"alone", alone, true, true}, {"mixed", mixed, false, false}, {"a constant of the batch", constant, true, false}} {
		for _, mode := range []Differentiation{ReverseMode, TangentMode, CoordinateMode} {
			for _, samples := range []int{100, 4000} { // short streams are cut in two
				t.Run(fmt.Sprint(c.name, mode, samples), func(t *testing.T) {
					n := Exact(c.f)
					n.Backend = goBackend(t)
					x := normal(1, samples, 3)
					e, first := verdictOn(t, n, x, samples/100, mode)
					z := e.probes(first.X)
					values := ok(e.call(first.X, first.Count, z))(t)
					if cut := samples == 100 && mode == ReverseMode; e.cut != cut || cut && e.inTwo.together == 1 {
						t.Errorf("cut in two: %v, %v together", e.cut, e.inTwo)
					}
					others := e.cut || samples > 100 // a batch of one sample has none
					if got := e.keepsGradient(first, z, values[2]); others && got != c.keepsGradient {
						t.Errorf("keeps its gradient: %v", got)
					}
					if got := e.keepsOutputs(n.Backend, first, values[len(values)-1]); got != c.keepsOutputs {
						t.Errorf("keeps its outputs: %v", got)
					}
				})
			}
		}
	}
}

// verdictOn returns the measured program of a verdict on blocks of the given size, and the first one.
func verdictOn(t *testing.T, n *Network, x *tensors.Tensor, size int, mode Differentiation) (*extraction, chunk) {
	a, s := action.Linear(3, 1), Settings{Mode: mode, Batch: size, activity: new(activity)}
	for c, err := range piloted(x, evenly(x.Shape().Dim(0), x.Shape().Dim(0)), n.Backend, size) {
		if err != nil {
			t.Fatal(err)
		}
		e := ok(n.extraction(a, c, s, x))(t)
		t.Cleanup(e.finalize)
		return e, c
	}
	t.Fatal("no samples")
	return nil, chunk{}
}
