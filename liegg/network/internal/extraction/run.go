package extraction

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Run runs the program on a chunk, frees it, and returns the result for liegg, a chunk for each
// block. After a sample that is not finite, it only counts such samples. If sums stay on the device,
// it returns no chunk; see Total.
func (e *Program) Run(c stream.Chunk) (out []liegg.Chunk, err error) {
	defer graphpanic.Catch(&err)
	defer tensor.Finalize(c.X)
	return e.run(c)
}

// run is Run without freeing the chunk.
func (e *Program) run(c stream.Chunk) (out []liegg.Chunk, err error) {
	z := e.Probes(c.X)
	defer tensor.Finalize(z)
	if e.there != nil {
		return nil, e.runThere(c, z)
	}
	values, err := e.results(c, z)
	if err != nil {
		return out, err
	}
	if err := e.Census.Add(c, values[3], values[2]); err != nil || e.Census.Found() {
		return out, err
	}
	if err := e.checkIndependence(c, z, values[2], values[len(values)-1]); err != nil {
		return out, err
	}
	repeats, err := e.distinct.Repeats(c)
	if err != nil {
		return out, err
	}
	if e.verdict {
		e.watch(c, values)
	}
	blocks := e.blocksIn(c.X.Shape().Dim(0))
	for b := range blocks {
		if one := c.Part(b, blocks); one.Count > 0 {
			sums := e.chunk(one, ofBlock(values, b, blocks))
			sums.Repeats = min(repeats, sums.Samples) // only their number counts
			repeats -= sums.Repeats
			out = append(out, sums)
		}
	}
	return out, nil
}

// results returns the results of the program for a chunk, computed now or by another process.
func (e *Program) results(c stream.Chunk, z *tensors.Tensor) ([][]float64, error) {
	if e.replay == nil {
		return e.Call(c.X, c.Count, z)
	}
	return e.replay(e.Fingerprint, c)
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

// NotFinite returns an error if any sample was not finite.
func (e *Program) NotFinite() error {
	return e.Census.Err(e.Network.Batched, func(scope *model.Scope, inputs []*Node) []*Node {
		y := e.Y(scope, inputs[0])
		return []*Node{y, Gradient(ReduceAllSum(y), inputs[0])[0]}
	})
}
