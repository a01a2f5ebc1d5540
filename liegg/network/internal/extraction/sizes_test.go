package extraction

import (
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/activity"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Sizes are measured for every output, even if there are many.
func TestSizesOfManyOutputs(t *testing.T) {
	const m = 150
	slopes := make([]float64, m)
	for o := range slopes {
		slopes[o] = math.Pow(10, float64(o%7)-3)
	}
	linear := exact(func(x *Node) *Node {
		return Mul(first(x), ConvertDType(Const(x.Graph(), [][]float64{slopes}), x.DType()))
	})
	for n, tolerance := range map[int]float64{
		3:   1e-12,                                    // by gradients
		400: 5 / math.Sqrt(2*400*float64(sizeProbes)), // by random tangents
	} {
		e := &Program{Subject: Subject{linear, action.Linear(2, 1), nil}, outputs: m, scaled: true, activity: new(activity.Record)}
		if err := e.equalise(ok(linear.On())(t), gaussian(1, n, 1, 1), 0); err != nil {
			t.Fatal(err)
		}
		for o, g := range e.sizes.Gradients {
			if math.Abs(g/slopes[o]-1) > tolerance {
				t.Errorf("%d samples: output %d has gradients of size %g, measured %g", n, o, slopes[o], g)
			}
		}
	}
}

// The sizes are the same if one program differentiates all outputs and if they take turns.
func TestSizesTogetherAndByTurns(t *testing.T) {
	net := perceptron(1, 4, 8, 5)
	x := gaussian(7, 300, 1, 1, 1, 1)
	e, backend, err := prepared(net, action.Linear(4, 1), stream.Chunk{X: x}, Settings{Head: centred{}})
	if err != nil {
		t.Fatal(err)
	}
	turns := ok(model.NewExec(backend, net.Store, e.sizeGraph))(t)
	defer turns.Finalize()
	together := ok(model.NewExec(backend, net.Store, e.sizesGraph))(t)
	defer together.Finalize()
	var ways []float64
	var all []*liegg.OutputScales
	for _, add := range []func(m *sizeSums, c stream.Chunk) error{
		func(m *sizeSums, c stream.Chunk) error { return m.add(turns, c, 5) },
		func(m *sizeSums, c stream.Chunk) error { return m.addAll(together, c) },
	} {
		m := newSizeSums(e.outputs)
		for c, err := range stream.Sampled(x, 300, backend, 128) {
			if err == nil {
				err = add(m, c)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		ways, all = append(ways, m.inputSize()), append(all, m.sizes(rounding(x.DType()), true))
	}
	if math.Abs(ways[1]/ways[0]-1) > 1e-12 {
		t.Errorf("the inputs are of size %g, by turns %g", ways[1], ways[0])
	}
	for o, want := range all[0].Gradients {
		if got := all[1].Gradients[o]; math.Abs(got/want-1) > 1e-6 {
			t.Errorf("output %d has size %g, by turns %g", o+1, got, want)
		}
	}
}
