package extraction

import (
	"fmt"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/networktest"
	"github.com/liegg/lab/liegg/network/internal/activity"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
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
		for _, mode := range []jacobian.Mode{jacobian.ReverseMode, jacobian.TangentMode, jacobian.CoordinateMode} {
			for _, samples := range []int{100, 4000} { // short streams are cut in two
				t.Run(fmt.Sprint(c.name, mode, samples), func(t *testing.T) {
					n := exact(c.f)
					n.Backend = networktest.GoBackend(t)
					x := networktest.Normal[float64](1, samples, 3)
					e, first := verdictOn(t, n, x, samples/100, mode)
					z := e.Probes(first.X)
					values := ok(e.Call(first.X, first.Count, z))(t)
					if cut := samples == 100 && mode == jacobian.ReverseMode; e.cut != cut || cut && e.inTwo.together == 1 {
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
func verdictOn(t *testing.T, n Network, x *tensors.Tensor, size int, mode jacobian.Mode) (*Program, stream.Chunk) {
	a, s := action.Linear(3, 1), Settings{Mode: mode, Batch: size, Activity: new(activity.Record)}
	for c, err := range stream.Piloted(x, stream.Evenly(x.Shape().Dim(0), x.Shape().Dim(0)), n.Backend, size) {
		if err != nil {
			t.Fatal(err)
		}
		e := ok(n.Program(a, c, s, x))(t)
		t.Cleanup(e.Finalize)
		return e, c
	}
	t.Fatal("no samples")
	return nil, stream.Chunk{}
}
