package bench

import (
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
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
	net, err := s.network()
	if err != nil {
		return nil, err
	}
	x := normal(1, append([]int{s.samples}, s.input...)...)
	return timed(func() error {
		_, err := network.Analyze(net, s.action, network.Tensor(x), network.Settings{})
		return err
	}), nil
}

// passes is one forward pass and one derivative pass for each output, of which no
// more is kept than that nothing can be left out: the squared norm of J.
func (s subject) passes() (work, error) {
	net, err := s.network()
	if err != nil {
		return nil, err
	}
	held, err := network.Hold(network.Tensor(normal(1, append([]int{s.samples}, s.input...)...)), 0)
	if err != nil {
		return nil, err
	}
	program, err := net.NewProgram(nil, held, func(f func(x *Node) *Node, x *Node, _ []*Node) []*Node {
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

// network has its initial weights, but for one step.
func (s subject) network() (*network.Network, error) {
	x, y := normal(2, append([]int{8}, s.input...)...), normal(3, 8, s.model.Outputs)
	samples := dataset.Samples{Name: "normal", X: x, Y: y}
	return network.Train(s.model, network.Training{Steps: 1, Quiet: true}, samples.Batches(8, 1), nil)
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
