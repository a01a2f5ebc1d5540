package bench

import (
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// subject is a network of random weights with random inputs.
type subject struct {
	model   network.MLP
	action  action.Action
	input   []int
	samples int
}

func extracting(name, about string, s subject) Job {
	return Job{Name: name, About: about, ours: s.spectrum, passes: s.passes}
}

// spectrum is what the lab does: all there is between a network and its spectrum.
func (s subject) spectrum() (work, error) {
	net, x := s.network(), s.inputs()
	return timed(func() error {
		_, err := network.Analyze(net, s.action, network.Tensor(x), network.Settings{})
		return err
	}), nil
}

// passes is one forward pass and one derivative pass for each output, of which no
// more is kept than that nothing can be left out: the squared norm of J.
func (s subject) passes() (work, error) {
	held, err := network.Hold(network.Tensor(s.inputs()), 0)
	if err != nil {
		return nil, err
	}
	program, err := s.network().NewProgram(nil, held, func(f func(x *Node) *Node, x *Node, _ []*Node) []*Node {
		y := f(x)
		energy := ReduceSum(Square(y), -1)
		for k := range y.Shape().Dim(1) {
			j := Gradient(ReduceAllSum(Slice(y, AxisRange(), AxisElem(k))), x)[0]
			energy = Add(energy, ReduceSum(Reshape(Square(j), x.Shape().Dim(0), -1), -1))
		}
		return []*Node{energy}
	})
	if err != nil {
		return nil, err
	}
	return timed(func() error {
		_, err := program.Run(held)
		return err
	}), nil
}

// network is one of random weights, drawn when it runs first.
func (s subject) network() *network.Network {
	return &network.Network{Forward: s.model.Forward, Store: model.NewStore()}
}

func (s subject) inputs() *tensors.Tensor {
	return normal(1, append([]int{s.samples}, s.input...)...)
}

// normal is a tensor of standard normal numbers.
func normal(seed uint64, dimensions ...int) *tensors.Tensor {
	size := 1
	for _, d := range dimensions {
		size *= d
	}
	random := rand.New(rand.NewPCG(seed, 0))
	values := make([]float32, size)
	for i := range values {
		values[i] = float32(random.NormFloat64())
	}
	return tensors.FromFlatDataAndDimensions(values, dimensions...)
}
