package extraction

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/cores"
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
	return e.take(e.compute(c, e.Probes(c.X), 0))
}

// ran holds what the program gave for a chunk.
type ran struct {
	c      stream.Chunk
	z      *tensors.Tensor
	values [][]float64       // its results
	there  []*tensors.Tensor // its results, if sums stay on the device
	err    error
}

// compute runs the program on a chunk with probes z, on one of the devices. It changes nothing in e
// unless results are replayed or kept.
func (e *Program) compute(c stream.Chunk, z *tensors.Tensor, device int) (r ran) {
	r = ran{c: c, z: z}
	defer graphpanic.Catch(&r.err)
	switch {
	case e.replay != nil:
		r.values, r.err = e.replay(e.Fingerprint, c)
	case e.there == nil:
		r.values, r.err = e.callOn(device, c.X, c.Count, z)
	default:
		before := e.there.before()
		if r.there, r.err = call.On(e.exec, device).Call(c.X, int32(c.Count), z, before); r.err != nil {
			r.err = call.Failed(r.err)
		}
	}
	return r
}

// take takes what the program gave for a chunk, in the order of the stream, as Run does.
func (e *Program) take(r ran) (out []liegg.Chunk, err error) {
	defer tensor.Finalize(r.z)
	if r.err != nil {
		return nil, r.err
	}
	if e.there != nil {
		return nil, e.takeThere(r)
	}
	c, values := r.c, r.values
	if err := e.Census.Add(c, values[3], values[2]); err != nil || e.Census.Found() {
		return out, err
	}
	if err := e.checkIndependence(c, r.z, values[2], values[len(values)-1]); err != nil {
		return out, err
	}
	repeats, err := e.distinct.Repeats(c)
	if err != nil {
		return out, err
	}
	out = e.eachBlock(c, values)
	for b := range out {
		out[b].Repeats = min(repeats, out[b].Samples) // only their number counts
		repeats -= out[b].Repeats
	}
	return out, nil
}

// eachBlock returns the results of the program for each block of a chunk that holds samples, and passes
// them to activity. Beside a device with its own memory, the host's cores are free, so they share this
// work.
func (e *Program) eachBlock(c stream.Chunk, values [][]float64) []liegg.Chunk {
	blocks := e.blocksIn(c.X.Shape().Dim(0))
	size := c.X.Shape().Dim(0) / blocks
	out := make([]liegg.Chunk, (c.Count+size-1)/size)
	work := func(i int) {
		if i == 0 && e.verdict {
			e.watch(c, values)
		}
		if b := i - 1; b >= 0 {
			out[b] = e.chunk(c.Part(b, blocks), ofBlock(values, b, blocks))
		}
	}
	if e.apart {
		cores.Do(len(out)+1, work)
		return out
	}
	for i := range len(out) + 1 {
		work(i)
	}
	return out
}

// takeThere adds the sums of a chunk to the others, on the device or, if there are several, on the
// host.
func (e *Program) takeThere(r ran) error {
	total, of := r.there[0], r.there[2:]
	defer func() { tensor.Finalize(r.there...) }()
	status, err := tensors.CopyFlatData[float64](r.there[1])
	if err != nil {
		return err
	}
	if status[0] > 0 || e.Census.Found() { // the sums are not used
		return e.takeCensus(r.c, of)
	}
	idle, err := e.idleIn(r.c, status, of, r.z)
	if err != nil {
		return err
	}
	if e.devices == 1 {
		e.there.set(total, r.c.Count, idle)
		r.there = r.there[1:]
		return nil
	}
	read, err := call.Read(r.there[:1])
	if err != nil {
		return err
	}
	e.there.add(read[0], r.c.Count, idle)
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
	read, err := e.there.read()
	if read == nil || err != nil {
		return sum, false, err
	}
	sum = e.matrices(read[:e.there.gram], read[e.there.gram:])
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
