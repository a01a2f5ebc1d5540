package extraction

import (
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Call runs the program on a batch whose first count samples are real.
func (e *Program) Call(x *tensors.Tensor, count int, z *tensors.Tensor) ([][]float64, error) {
	if e.there != nil {
		return e.callThere(x, count, z)
	}
	return e.callOn(0, x, count, z)
}

// callOn is Call on one of the devices, for sums that do not stay there.
func (e *Program) callOn(device int, x *tensors.Tensor, count int, z *tensors.Tensor) ([][]float64, error) {
	exec := call.On(e.exec, device)
	if !e.verdict {
		return call.Unpacked(exec, x, int32(count), z)
	}
	limits := e.limits.tensor()
	defer tensor.Finalize(limits)
	if e.cut {
		return e.inTwo.call(x, count, z, limits)
	}
	return call.Unpacked(exec, x, int32(count), z, limits)
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

// values runs the program on a chunk, frees it, and returns the program's results.
func (e *Program) values(c stream.Chunk) ([][]float64, error) {
	defer tensor.Finalize(c.X)
	z := e.Probes(c.X)
	defer tensor.Finalize(z)
	return e.Call(c.X, c.Count, z)
}
