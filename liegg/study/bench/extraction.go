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
	return Job{Name: name, About: about, ours: s.spectrum, passes: s.passes, verdict: s.verdict}
}

// onDevice is extracting from samples that already lie where the lab computes.
func onDevice(name, about string, s subject) Job {
	return Job{Name: name + "-device", About: about + ", samples on the device", ours: s.spectrumOnDevice, verdict: s.verdictOnDevice}
}

// spectrum is the lab's work: everything between a network and its spectrum.
func (s subject) spectrum() (work, error) {
	net, x := s.network(), s.inputs()
	return timed(func() error {
		_, err := network.Analyze(net, s.action, network.Tensor(x), network.Settings{})
		return err
	}), nil
}

// spectrumOnDevice is spectrum for samples on the device.
func (s subject) spectrumOnDevice() (work, error) {
	return s.onDevice(func(net *network.Network, x *tensors.Tensor) error {
		_, err := network.Analyze(net, s.action, network.Tensor(x), network.Settings{})
		return err
	})
}

// verdictOnDevice is verdict for samples on the device.
func (s subject) verdictOnDevice() (work, error) {
	return s.onDevice(func(net *network.Network, x *tensors.Tensor) error {
		_, err := network.Judge(net, s.action, network.Tensor(x), network.Settings{})
		return err
	})
}

// onDevice times a job with samples on the device. A copy that the lab takes into the host's memory is
// freed after each run, so that the next one has none.
func (s subject) onDevice(job func(net *network.Network, x *tensors.Tensor) error) (work, error) {
	backend, err := network.Backend()
	if err != nil {
		return nil, err
	}
	net, x := s.network(), s.inputs()
	if err := x.ToDevice(backend, 0); err != nil {
		return nil, err
	}
	do := timed(func() error { return job(net, x) })
	return func() (float64, error) {
		x.FinalizeLocal()
		return do()
	}, nil
}

// verdict is a whole verdict on the same samples.
func (s subject) verdict() (work, error) {
	net, x := s.network(), s.inputs()
	return timed(func() error {
		_, err := network.Judge(net, s.action, network.Tensor(x), network.Settings{})
		return err
	}), nil
}

// passes is one forward pass and the smallest number of derivative passes,
// min(m, K, n). Only sums of squares are kept, so that the compiler cannot
// drop anything.
func (s subject) passes() (work, error) {
	held, err := network.Buffer(network.Tensor(s.inputs()), 0)
	if err != nil {
		return nil, err
	}
	program, err := s.network().NewProgram(network.Outputs, held, func(f func(x *Node) *Node, x *Node, _ []*Node) []*Node {
		y := f(x)
		energy := ReduceSum(Square(y), -1)
		for _, pass := range s.fewest(x, y) {
			energy = Add(energy, ReduceSum(Reshape(Square(pass), x.Shape().Dim(0), -1), -1))
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

// fewest returns the gradients of the m outputs y or, if they are fewer, the
// derivatives of y along min(K, n) velocities.
func (s subject) fewest(x, y *Node) (passes []*Node) {
	m, n := y.Shape().Dim(1), x.Shape().Size()/x.Shape().Dim(0)
	if few := min(s.action.Dim(), n); few < m {
		return along(x, y, few)
	}
	for k := range m {
		passes = append(passes, Gradient(ReduceAllSum(Slice(y, AxisRange(), AxisElem(k))), x)[0])
	}
	return passes
}

// along returns the derivatives of y along count velocities, made from x.
func along(x, y *Node, count int) (passes []*Node) {
	u := ZerosLike(y)
	pulled := Gradient(ReduceAllSum(Mul(y, u)), x)[0]
	for k := range count {
		one := append([]int{1}, x.Shape().Dimensions[1:]...)
		v := Mul(x, Const(x.Graph(), normal(uint64(k), one...)))
		passes = append(passes, Gradient(ReduceAllSum(Mul(pulled, v)), u)[0])
	}
	return passes
}

// network returns a network of random weights, drawn when it first runs.
func (s subject) network() *network.Network {
	return &network.Network{Forward: s.model.Forward, Store: model.NewStore()}
}

func (s subject) inputs() *tensors.Tensor {
	return normal(1, append([]int{s.samples}, s.input...)...)
}

// normal returns a tensor of standard normal numbers.
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
