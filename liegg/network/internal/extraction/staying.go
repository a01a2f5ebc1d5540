package extraction

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/finite"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
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

// forget frees the sums. It does nothing if s is nil.
func (s *staying) forget() {
	if s == nil {
		return
	}
	tensor.Finalize(s.total, s.zeros)
	s.total, s.zeros, s.samples, s.idle = nil, nil, 0, 0
}

// measureSums finds how many numbers the sums have, by building their graph without compiling it.
func (e *Program) measureSums(backend compute.Backend, batch shapes.Shape) (err error) {
	defer graphpanic.Catch(&err)
	g := NewGraph(backend, "sums")
	defer g.Finalize()
	x := Parameter(g, "x", batch)
	count := Parameter(g, "count", shapes.Make(dtypes.Int32))
	z := Parameter(g, "z", shapes.Make(dtypes.Float32, e.probesShape(batch.Dim(0))...))
	sums := e.bareSums(x, e.Y(e.Network.Store.RootScope(), x), count, z)
	e.there.gram, e.there.metric = sums[0].Shape().Size(), sums[1].Shape().Size()
	return nil
}

// bareSums builds the sums of a batch with outputs y.
func (e *Program) bareSums(x, y, count, z *Node) []*Node {
	return e.sums(jacobian.Of(e.mode, e.Action, x, y, z).Covariant(e.Action, y).Masked(count), x)
}

// stayingGraph is graph for sums that stay on the device. Its last argument are the sums before. Its
// results are the new sums, what statusOf builds, ‖J_i‖²_F, whether outputs are finite, and the
// outputs.
func (e *Program) stayingGraph(scope *model.Scope, x, count, z, before *Node) []*Node {
	y := e.Y(scope, x)
	sums, spoilt := e.bareSums(x, y, count, z), finite.Spoilt(x, y)
	energy := sums[2]
	total := Add(before, Concatenate([]*Node{Reshape(sums[0], -1), Reshape(sums[1], -1)}, 0))
	return []*Node{total, statusOf(energy, spoilt, count), energy, spoilt, ConvertDType(y, dtypes.Float64)}
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

// runThere adds the sums of a chunk to those on the device.
func (e *Program) runThere(c stream.Chunk, z *tensors.Tensor) error {
	results, err := e.exec.Call(c.X, int32(c.Count), z, e.there.before())
	if err != nil {
		return call.Failed(err)
	}
	total, of := results[0], results[2:]
	defer tensor.Finalize(results[1:]...)
	status, err := tensors.CopyFlatData[float64](results[1])
	if err != nil {
		tensor.Finalize(total)
		return err
	}
	if status[0] > 0 || e.Census.Found() {
		tensor.Finalize(total) // the sums are not used
		return e.takeCensus(c, of)
	}
	idle, err := e.idleIn(c, status, of, z)
	if err != nil {
		tensor.Finalize(total)
		return err
	}
	e.there.set(total, c.Count, idle)
	return nil
}

// takeCensus counts the samples of a chunk that are not finite.
func (e *Program) takeCensus(c stream.Chunk, of []*tensors.Tensor) error {
	read, err := call.Read(of[:2])
	if err != nil {
		return err
	}
	return e.Census.Add(c, read[1], read[0])
}

// idleIn returns the number of idle samples in a chunk, after a check that samples do not affect
// each other.
func (e *Program) idleIn(c stream.Chunk, status []float64, of []*tensors.Tensor, z *tensors.Tensor) (idle int, err error) {
	dominated := participation.Dominated(status[1], c.Count)
	if !dominated && e.knownIndependent() {
		return int(status[2]), nil
	}
	read, err := call.Read(of)
	if err != nil {
		return 0, err
	}
	if err := e.checkIndependence(c, z, read[0], read[2]); err != nil {
		return 0, err
	}
	return participation.Idle(read[0][:c.Count]), nil
}

// callThere runs the program on a batch by itself, and returns what the host's program does.
func (e *Program) callThere(x *tensors.Tensor, count int, z *tensors.Tensor) ([][]float64, error) {
	zeros := tensors.FromShape(e.there.shape())
	defer tensor.Finalize(zeros)
	values, err := call.Values(e.exec, x, int32(count), z, zeros)
	if err != nil {
		return nil, err
	}
	gram := e.there.gram
	return append([][]float64{values[0][:gram:gram], values[0][gram:]}, values[2:]...), nil
}

// Total returns the sums that stayed on the device, as a chunk of all samples. ok is false if there
// are none.
func (e *Program) Total() (sum liegg.Chunk, ok bool, err error) {
	if e.there == nil || e.there.total == nil {
		return sum, false, nil
	}
	read, err := call.Read([]*tensors.Tensor{e.there.total})
	if err != nil {
		return sum, false, fmt.Errorf("network: the sums cannot be read from the device: %w", err)
	}
	sum = e.matrices(read[0][:e.there.gram], read[0][e.there.gram:])
	sum.Samples, sum.Idle = e.there.samples, e.there.idle
	return sum, true, nil
}
