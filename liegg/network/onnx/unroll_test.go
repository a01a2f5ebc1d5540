package onnx

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/purego"
	"github.com/liegg/lab/liegg/internal/vjp/vjptest"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/messagetest"
	"github.com/liegg/lab/liegg/network/onnx/internal/rewriting"
)

// body is a graph of its own with inputs; build returns its outputs.
func (s *sketch) body(inputs []string, build func() []string) message.Message {
	outer := s.graph
	defer func() { s.graph = outer }()
	s.graph = message.Of(outer.New())
	messagetest.Set(s.graph, "name", s.name())
	for _, name := range inputs {
		messagetest.Set(messagetest.Add(s.graph, "input"), "name", name)
	}
	for _, name := range build() {
		messagetest.Set(messagetest.Add(s.graph, "output"), "name", name)
	}
	return s.graph
}

// scanning is h ← sin(h) + row·w over the rows of x [batch, rows, 3], with h = 0 at first: the last h,
// and all of them in reverse order, [batch, 3, rows].
func (s *sketch) scanning() (last, all string) {
	x := s.x(4, 3)
	w := s.normal(3)
	zero := s.op("Mul", nil, s.op("ReduceSum", attributes{"keepdims": 0}, x, s.ints(1)), s.number(0))
	outputs := s.ops("Scan", 2, attributes{
		"num_scan_inputs": 1, "scan_input_axes": []int{1}, "scan_output_axes": []int{-1}, "scan_output_directions": []int{1},
		"body": s.body([]string{"h", "row"}, func() []string {
			next := s.op("Add", nil, s.op("Sin", nil, "h"), s.op("Mul", nil, "row", w))
			return []string{next, next}
		}),
	}, zero, x)
	return outputs[0], outputs[1]
}

// looping is h ← h·x + step for three steps, with h = 1 at first, and the sum of all h.
func (s *sketch) looping(condition func(given string) string) string {
	x := s.x(2)
	one := s.op("Exp", nil, s.op("Mul", nil, x, s.number(0)))
	outputs := s.ops("Loop", 2, attributes{
		"body": s.body([]string{"step", "on", "h"}, func() []string {
			step := s.op("Cast", attributes{"to": message.Float64Type}, "step")
			next := s.op("Add", nil, s.op("Mul", nil, "h", x), step)
			return []string{condition("on"), next, next}
		}),
	}, s.index(3), "", one)
	all := s.op("ReduceSum", attributes{"keepdims": 0}, outputs[1], s.ints(0))
	return s.op("Add", nil, outputs[0], all)
}

// A Scan and a Loop give what they are defined to give, with gradients.
func TestRepetitions(t *testing.T) {
	backend := expect.OK(purego.New())(t)
	for name, draw := range map[string]func(s *sketch) string{
		"scan": func(s *sketch) string {
			last, all := s.scanning()
			return s.op("Concat", attributes{"axis": -1}, s.op("Unsqueeze", nil, last, s.ints(-1)), all)
		},
		"loop": func(s *sketch) string { return s.looping(func(given string) string { return given }) },
		"loop while true": func(s *sketch) string {
			return s.looping(func(string) string { return s.bool(true) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSketch(t, rand.New(rand.NewPCG(3, 0)), 18)
			n := expect.OK(Load(s.write(t, draw(s)), Settings{}))(t)
			x := vjptest.Normal(s.Rand, append([]int{3}, s.dims...)...)
			if err := vjptest.Check(backend, func(xs []*Node) []*Node {
				return []*Node{n.Forward(n.Store.RootScope(), xs[0])}
			}, x); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestValuesOfLoops(t *testing.T) {
	s := newSketch(t, rand.New(rand.NewPCG(3, 0)), 18)
	path := s.write(t, s.looping(func(given string) string { return given }))
	got := expect.OK(dataset.Values(expect.OK(expect.OK(Load(path, Settings{}))(t).Predict(tensorOf([]float64{2, -.5}, 1, 2)))(t)))(t)
	var want []float64
	for _, x := range []float64{2, -.5} {
		h, sum := 1., 0.
		for step := range 3 {
			h = h*x + float64(step)
			sum += h
		}
		want = append(want, h+sum)
	}
	expect.Near(t, "loop", got, want, 1e-12)
}

func TestValuesOfScans(t *testing.T) {
	s := newSketch(t, rand.New(rand.NewPCG(4, 0)), 18)
	last, all := s.scanning()
	path := s.write(t, s.op("Concat", attributes{"axis": -1}, s.op("Unsqueeze", nil, last, s.ints(-1)), all))
	w := make([]float64, 3)
	for i, rng := 0, rand.New(rand.NewPCG(4, 0)); i < 3; i++ {
		w[i] = rng.NormFloat64()
	}
	x := []float64{1, 2, 3, -1, .5, 0, 2, 2, 2, 0, -3, 1}
	got := expect.OK(dataset.Values(expect.OK(expect.OK(Load(path, Settings{}))(t).Predict(tensorOf(x, 1, 4, 3)))(t)))(t)
	var want []float64
	for column := range 3 {
		h, hs := 0., []float64{0, 0, 0, 0, 0} // the last, and all in reverse order
		for row := range 4 {
			h = math.Sin(h) + x[3*row+column]*w[column]
			hs[4-row] = h
		}
		hs[0] = h
		want = append(want, hs...)
	}
	expect.Near(t, "scan", got, want, 1e-12)
}

// A number of steps that is not known is refused by name.
func TestRepetitionsOfUnknownLength(t *testing.T) {
	for words, draw := range map[string]func(s *sketch) string{
		"goes on": func(s *sketch) string {
			return s.looping(func(string) string {
				return s.op("Less", nil, s.op("ReduceMax", attributes{"keepdims": 0}, "h"), s.number(9))
			})
		},
		"depends on the batch": func(s *sketch) string {
			x := s.x(3)
			return s.ops("Scan", 1, attributes{"num_scan_inputs": 1, "body": s.body([]string{"row"}, func() []string {
				return []string{s.op("Sin", nil, "row")}
			})}, x)[0]
		},
		fmt.Sprintf("at most %d", rewriting.MostUnrolled): func(s *sketch) string {
			x := s.x(3)
			return s.ops("Loop", 1, attributes{"body": s.body([]string{"step", "on", "h"}, func() []string {
				return []string{"on", s.op("Sin", nil, "h")}
			})}, s.index(1_000_000), "", x)[0]
		},
	} {
		s := newSketch(t, rand.New(rand.NewPCG(5, 0)), 18)
		_, err := Load(s.write(t, draw(s)), Settings{})
		expect.Error(t, err, words, "converted")
	}
}
