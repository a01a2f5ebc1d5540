package network

import (
	"fmt"
	"iter"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Inputs is a stream of inputs: tensors of shape [n, input…] in float32 or float64, each with
// any n ≥ 0. The tensors belong to the code that ranges over it, which must free them.
type Inputs = iter.Seq2[*tensors.Tensor, error]

// chunk is a batch of fixed size that was cut from Inputs.
type chunk = stream.Chunk

// Tensor streams the samples of one tensor of shape [N, input…], which remains unchanged. It
// panics if x is nil.
//
// On a GPU with room for it, the stream is one copy of x in the memory of the GPU. If x lies there
// already, its samples do not pass through the host. The copy is made when the stream is read, and
// lives as long as that takes.
func Tensor(x *tensors.Tensor) Inputs {
	if x == nil {
		panic("network: Tensor: x is nil")
	}
	return func(yield func(*tensors.Tensor, error) bool) {
		if !x.Ok() || x.Rank() == 0 || x.Size() == 0 { // the range loop gets the error
			yield(x.LocalClone())
			return
		}
		if backend, err := Backend(); err == nil {
			if there := onDevice(x, backend); there != nil {
				yield(there, nil)
				return
			}
		}
		samples := x.Shape().Dim(0)
		some := piece(samples, x.Size()/samples)
		for from := 0; from < samples; from += some {
			if !yield(dataset.Rows(x, from, min(from+some, samples)), nil) {
				return
			}
		}
	}
}

// onDevice returns a copy of x in memory of the backend's own, as a GPU has it; nil if there is none,
// or if it has no room.
func onDevice(x *tensors.Tensor, backend compute.Backend) *tensors.Tensor {
	if backend.HasSharedBuffers() || tensor.CheckInputs(x) != nil || !device.HasRoom(backend, int(x.ByteSize())) {
		return nil
	}
	there, err := stream.OnDevice(x, backend)
	if err != nil {
		return nil // pieces may fit
	}
	return there
}

// piece returns the number of samples in the parts that Tensor streams: few enough to be
// still in cache when they are cut into batches or, on a GPU, the size of a batch.
func piece(samples, numbers int) int {
	if backend, err := Backend(); err == nil && OnGPU(backend) {
		return device.EvenBatch(samples, device.LimitsOf(backend).ForInputs(numbers))
	}
	return max(1, 1<<19/numbers)
}

// Dataset streams the first inputs of a GoMLX data set, for one epoch.
func Dataset(ds train.Dataset) Inputs {
	return func(yield func(*tensors.Tensor, error) bool) {
		for batch, err := range ds.Iter() {
			if err != nil {
				yield(nil, fmt.Errorf("network: data set %q: %w", ds.Name(), err))
				return
			}
			if len(batch.Inputs) == 0 {
				yield(nil, fmt.Errorf("network: data set %q gave a batch without inputs", ds.Name()))
				return
			}
			finalize(batch.Labels...)
			finalize(batch.Inputs[1:]...)
			if !yield(batch.Inputs[0], nil) {
				return
			}
		}
	}
}
