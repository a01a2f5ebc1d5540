package ask

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network"
)

// About opens a question about values of the program. q says the rest; its Model and Data are
// ignored. function is
//
//   - a *network.Network,
//   - a GoMLX function of a batch, func(x *graph.Node) *graph.Node, as of network.Exact,
//   - or the path of an .onnx file, of a .jaxnet file or of a folder of network.Save.
//
// inputs are
//
//   - a tensor [N, input…],
//   - dataset.Samples, whose targets say how well the network fits,
//   - a matrix of gonum, or a [][]float64, with a sample in each row,
//   - or the path of an .npz, .npy or .csv file.
//
// Gradients that another framework has computed replace the function: give the path of their .npz
// file, and nil for the inputs.
//
// About returns the errors of Open. It panics if function or inputs have another type or are nil.
func About(function, inputs any, q Question) (*Subject, error) {
	q.Model, q.Data = "", ""
	if path, ok := function.(string); ok && inputs == nil {
		q.Data = path
		return Open(q)
	}
	s := &Subject{}
	switch f := function.(type) {
	case string:
		q.Model = f
	case *network.Network:
		if f == nil {
			panic("ask: the network is nil")
		}
		s.network = f
	case func(x *graph.Node) *graph.Node:
		s.network = network.Exact(f)
	default:
		panic(fmt.Sprintf("ask: the function is a %T; give a *network.Network, a func(x *graph.Node) *graph.Node, or the path of a model", function))
	}
	if path, ok := inputs.(string); ok {
		q.Data = path
		if s.network == nil {
			return Open(q)
		}
	}
	s.question = q
	if err := q.check(); err != nil {
		return nil, err
	}
	var err error
	if q.Data != "" {
		s.arrays, err = openArrays(q.Data)
	} else {
		s.arrays, s.targets, err = held(inputs)
	}
	if err == nil {
		err = s.complete()
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// held returns inputs of the program, and their targets if they have any.
func held(inputs any) (a arrays, targets *tensors.Tensor, err error) {
	a.path = "the program"
	switch x := inputs.(type) {
	case *tensors.Tensor:
		a.held = x
	case dataset.Samples:
		a.held, targets, a.path = x.X, x.Y, x.Name
	case *dataset.Samples:
		if x != nil {
			a.held, targets, a.path = x.X, x.Y, x.Name
		}
	case mat.Matrix:
		n, m := x.Dims()
		values := make([]float64, 0, n*m)
		for i := range n {
			values = append(values, mat.Row(nil, i, x)...)
		}
		a.held = tensors.FromFlatDataAndDimensions(values, n, m)
	case [][]float64:
		a.held, err = rowsOf(x)
	default:
		panic(fmt.Sprintf("ask: the inputs are a %T; give a *tensors.Tensor, dataset.Samples, a matrix, a [][]float64, or the path of a file", inputs))
	}
	switch {
	case err != nil:
		return a, nil, err
	case a.held == nil:
		panic("ask: the inputs are nil")
	case a.held.Rank() == 0:
		return a, nil, fmt.Errorf("the inputs are a single number, without a sample axis")
	case !a.held.DType().IsFloat():
		return a, nil, fmt.Errorf("the inputs are of type %s, which no action can move: convert them to float32 or float64", a.held.DType())
	}
	return a, targets, nil
}

// rowsOf returns a tensor [N, n] of N samples of n numbers.
func rowsOf(samples [][]float64) (*tensors.Tensor, error) {
	var values []float64
	for i, x := range samples {
		if len(x) != len(samples[0]) {
			return nil, fmt.Errorf("input %d has %d numbers, but the first has %d", i, len(x), len(samples[0]))
		}
		values = append(values, x...)
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("the inputs are empty")
	}
	return tensors.FromFlatDataAndDimensions(values, len(samples), len(samples[0])), nil
}

// openHeld takes the inputs of a network of the program.
func (s *Subject) openHeld() error {
	if s.question.Output != "" {
		return fmt.Errorf("Question.Output is for .onnx and .jaxnet files: Question.Layer names a layer of a network, such as \"hidden 1\"")
	}
	x, err := s.input("")
	if err != nil {
		return err
	}
	dtype, weights := typeOf(s.network)
	if !weights && x.t.DType() == dtypes.Float32 {
		dtype = dtypes.Float32
	}
	if s.question.Layer != "" {
		s.network = s.network.UpTo(s.question.Layer)
	}
	return s.take(x, dtype)
}
