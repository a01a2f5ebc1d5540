package extraction

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/derivative"
)

// A GPU takes longer to send the energy and the outputs of each sample to the host than to compute
// them. So for a spectrum from Gram matrices the program adds its sums, in float64, to the sums
// over earlier chunks, and they stay on the device until the stream ends. Of each chunk the host reads
// three numbers. It reads the energies and outputs only to look for samples that affect each other,
// for samples that are not finite, and for idle ones if a few samples dominate.

// staying holds sums on a device.
type staying struct {
	gram, metric  int             // their numbers
	zeros         *tensors.Tensor // to begin with
	total         *tensors.Tensor // both matrices, one after the other; nil before the first chunk
	sum           []float64       // the same on the host, if chunks are on several devices
	samples, idle int
}

// before returns the sums so far.
func (s *staying) before() *tensors.Tensor {
	if s.total != nil {
		return s.total
	}
	if s.zeros == nil {
		s.zeros = tensors.FromShape(s.shape())
	}
	return s.zeros
}

func (s *staying) shape() shapes.Shape { return shapes.Make(dtypes.Float64, s.gram+s.metric) }

// set replaces the sums by those that the program has added its own to.
func (s *staying) set(total *tensors.Tensor, samples, idle int) {
	tensor.Finalize(s.total)
	s.total = total
	s.samples += samples
	s.idle += idle
}

// add adds the sums of a chunk that some device gave, on the host.
func (s *staying) add(total []float64, samples, idle int) {
	if s.sum == nil {
		s.sum = make([]float64, len(total))
	}
	floats.Add(s.sum, total)
	s.samples += samples
	s.idle += idle
}

// read returns the sums; nil if there are none.
func (s *staying) read() ([]float64, error) {
	if s == nil || s.total == nil && s.sum == nil {
		return nil, nil
	}
	if s.sum != nil {
		return s.sum, nil
	}
	read, err := call.Read([]*tensors.Tensor{s.total})
	if err != nil {
		return nil, fmt.Errorf("network: the sums cannot be read from the device: %w", err)
	}
	return read[0], nil
}

// forget frees the sums. It does nothing if s is nil.
func (s *staying) forget() {
	if s == nil {
		return
	}
	tensor.Finalize(s.total, s.zeros)
	s.total, s.zeros, s.sum, s.samples, s.idle = nil, nil, nil, 0, 0
}

// statusOf builds three numbers: how many samples are not finite, the participation ratio of the
// energies, and how many of them are at most 1e-12 of their mean.
func statusOf(energy, spoilt, count *Node) *Node {
	real := derivative.RealSamples(count, energy)
	number := func(of *Node) *Node { return ReduceAllSum(Where(of, real, ZerosLike(real))) }
	bad := number(LogicalNot(IsFinite(Add(energy, spoilt))))
	largest := ReduceAllMax(energy) // in these units squares stay in the range of float64
	shares := Div(energy, largest)
	sum := ReduceAllSum(shares)
	ratio := Div(Square(sum), ReduceAllSum(Square(shares)))
	mean := Mul(largest, Div(sum, ConvertDType(count, energy.DType())))
	return Stack([]*Node{bad, ratio, number(LessOrEqual(energy, MulScalar(mean, participation.IdleBelow)))}, 0)
}
