package onnx

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/messagetest"
)

// An If that a shape decides is replaced by its branch, with operators that
// are ours in it, with results that come from outside of the branch, and with
// other Ifs that depend on it.
func TestBranchesThatShapesDecide(t *testing.T) {
	s := newSketch(t, rand.New(rand.NewPCG(1, 0)), 18)
	x := s.x(3, 2)
	last := s.op("Gather", nil, s.op("Shape", nil, x), s.index(-1))
	two := s.op("Equal", nil, last, s.index(2))
	three := s.op("Equal", nil, last, s.index(3))
	flipped := s.op("If", attributes{
		"then_branch": s.branch(func() string {
			return s.op("Slice", nil, x, s.ints(-1), s.ints(-1000), s.ints(1), s.ints(-1))
		}),
		"else_branch": s.branch(func() string { return s.op("Exp", nil, x) }),
	}, two)
	same := s.op("If", attributes{
		"then_branch": s.branch(func() string { return s.op("Exp", nil, flipped) }),
		"else_branch": s.branch(func() string { return flipped }),
	}, three)
	n := expect.OK(Load(s.write(t, s.op("Mul", nil, same, s.number(2))), Settings{}))(t)
	values := []float64{1, 2, 3, 4, 5, 6}
	y := expect.OK(n.Predict(tensorOf(values, 1, 3, 2)))(t)
	expect.Near(t, "y", expect.OK(dataset.Values(y))(t), []float64{10, 12, 6, 8, 2, 4}, 1e-12)
}

// index_add as PyTorch's older exporter writes it adds up what goes to one
// place. A file that is not of that form is refused, as ONNX does not say
// what it means.
func TestIndexAddOfTheOlderExporter(t *testing.T) {
	for _, producer := range []string{"pytorch", "another"} {
		s := newSketch(t, rand.New(rand.NewPCG(1, 0)), 13)
		messagetest.Set(s.model, "producer_name", producer)
		x := s.x(3)
		y := s.op("Mul", nil, x, s.number(10))
		zeros := s.zeros(s.op("Shape", nil, y))
		at := s.op("Expand", nil, s.table([]int{1, 3}, 2, 0, 2), s.op("Shape", nil, x))
		n, err := Load(s.write(t, s.op("Add", nil, y, s.op("ScatterElements", attributes{"axis": 1}, zeros, at, x))), Settings{})
		if producer != "pytorch" {
			expect.Error(t, err, "ScatterElements", "ONNX does not say", "dynamo=True")
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		z := expect.OK(n.Predict(tensorOf([]float64{1, 2, 4}, 1, 3)))(t)
		expect.Near(t, "z", expect.OK(dataset.Values(z))(t), []float64{12, 20, 45}, 1e-12)
	}
}

// Known shapes are computed exactly, for all operators.
func TestFolds(t *testing.T) {
	s := newSketch(t, rand.New(rand.NewPCG(1, 0)), 17)
	x := s.x(4, 6)
	shape := s.op("Shape", nil, x)
	n := s.op("Slice", nil, shape, s.ints(-1), s.ints(-1000), s.ints(0), s.ints(-1)) // 6 4 batch
	half := s.op("Div", nil, s.op("Gather", nil, n, s.ints(0, 1)), s.ints(2))        // 3 2
	odd := s.op("Mod", nil, half, s.ints(2))                                         // 1 0
	chosen := s.op("Where", nil, s.op("Cast", attributes{"to": message.BoolType}, odd), s.op("Mul", nil, half, s.ints(2)), s.ints(7, 4))
	product := s.op("ReduceProd", attributes{"keepdims": 1}, s.op("Concat", attributes{"axis": 0}, chosen, s.ints(1)))
	dims := s.op("Concat", attributes{"axis": 0}, s.op("Slice", nil, shape, s.ints(0), s.ints(1)), product)
	net := expect.OK(Load(s.write(t, s.op("Reshape", nil, s.op("Sin", nil, x), dims)), Settings{}))(t)
	y := expect.OK(net.Predict(tensorOf(make([]float64, 48), 2, 4, 6)))(t)
	if got := y.Shape().Dimensions; !slices.Equal(got, []int{2, 24}) {
		t.Errorf("shape %v, want [2 24]", got)
	}
}

// zeros are of float64, in a shape.
func (s *sketch) zeros(shape string) string {
	y := s.op("ConstantOfShape", nil, shape)
	nodes := s.graph.Children("node")
	a := nodes[len(nodes)-1].AddAttribute("value", message.TensorAttribute)
	value := a.Open("t")
	messagetest.Set(value, "data_type", int32(message.Float64Type))
	messagetest.Set(value, "dims", int64(1))
	messagetest.Set(value, "raw_data", make([]byte, 8))
	return y
}

func tensorOf(values []float64, dims ...int) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(values, dims...)
}
