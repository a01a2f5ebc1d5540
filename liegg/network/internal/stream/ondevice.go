package stream

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// A GPU does not share its memory with the program. Samples that lie in it stay there: compiled
// programs cut chunks from them, and the host reads only the few samples that it looks at.

// OnDevice returns a copy of x in the memory of a backend. A copy of a tensor that lies there does
// not pass through the host. The memory may be too small, which is an error.
func OnDevice(x *tensors.Tensor, backend compute.Backend) (copied *tensors.Tensor, err error) {
	if liesOn(x, backend) {
		n := x.Shape().Dim(0)
		return rowsOf(x, backend, 0, n, 0, n)
	}
	if err := x.ConstBytes(func(data []byte) {
		copied, err = tensors.FromRaw(backend, 0, x.Shape(), data)
	}); err != nil {
		return nil, err
	}
	return copied, err
}

// liesOn reports whether x is in the memory of a backend that does not share it with the program.
func liesOn(x *tensors.Tensor, backend compute.Backend) bool {
	if backend == nil || backend.HasSharedBuffers() || x.Rank() == 0 || x.Size() == 0 || x.Shape().Dim(0) > math.MaxInt32 {
		return false
	}
	own, err := x.Backend()
	return err == nil && own == backend && x.IsOnDevice(0)
}

// away returns the backend in whose memory alone x is; nil if the host can read x.
func away(x *tensors.Tensor) compute.Backend {
	if x.IsLocal() {
		return nil
	}
	if backend, err := x.Backend(); err == nil && liesOn(x, backend) {
		return backend
	}
	return nil
}

// rowsOf copies samples of x, which lies on the backend: a batch of the given size that holds count
// samples from first on, and then copies of sample pad.
func rowsOf(x *tensors.Tensor, backend compute.Backend, first, count, pad, size int) (*tensors.Tensor, error) {
	return cuts.run(cutKind{backend: backend, size: size}, x, []int32{int32(first), int32(count), int32(pad)})
}

// pickedFrom copies the samples of x with the given indices to the host.
func pickedFrom(x *tensors.Tensor, backend compute.Backend, at []int) (*tensors.Tensor, error) {
	indices := make([]int32, len(at))
	for i, index := range at {
		indices[i] = int32(index)
	}
	picked, err := cuts.run(cutKind{backend: backend}, x, indices)
	if err != nil {
		return nil, err
	}
	return picked, picked.ToLocal()
}

// cuts are the programs that cut samples.
var cuts cutters

// mostCutters is the number of programs that are kept.
const mostCutters = 16

type cutters struct {
	mu    sync.Mutex
	execs []cutter // the most recently used last
}

// cutter is a program for tensors of one shape.
type cutter struct {
	kind  cutKind
	shape string
	exec  *graph.Exec
}

// cutKind says what a program does. It hashes samples, or with a size, it cuts a batch of that size,
// as rowsOf does. Otherwise, it takes the samples with given indices.
type cutKind struct {
	backend compute.Backend
	size    int
	hashed  bool
}

// build builds the program for x [N, input…].
func (k cutKind) build(x, which *graph.Node) *graph.Node {
	if k.hashed {
		return hashesOf(x)
	}
	if k.size > 0 {
		number := func(at int) *graph.Node {
			return graph.BroadcastToDims(graph.Slice(which, graph.AxisElem(at)), k.size)
		}
		i := graph.Iota(x.Graph(), shapes.Make(dtypes.Int32, k.size), 0)
		which = graph.Where(graph.LessThan(i, number(1)), graph.Add(number(0), i), number(2))
	}
	return graph.Gather(x, graph.ExpandAxes(which, -1))
}

// run runs a program on x. Programs that are not in use for long are dropped.
func (c *cutters) run(k cutKind, x *tensors.Tensor, which []int32) (_ *tensors.Tensor, err error) {
	defer graphpanic.Catch(&err)
	c.mu.Lock()
	defer c.mu.Unlock()
	exec, err := c.exec(k, fmt.Sprint(x.Shape(), len(which)))
	if err != nil {
		return nil, err
	}
	at := tensors.FromFlatDataAndDimensions(which, len(which))
	defer tensor.Finalize(at)
	cut, err := exec.Call(x, at)
	if err != nil {
		return nil, fmt.Errorf("network: samples cannot be cut on the device: %w", err)
	}
	return cut[0], nil
}

// exec returns a program of a kind for tensors of a shape.
func (c *cutters) exec(k cutKind, shape string) (*graph.Exec, error) {
	i := slices.IndexFunc(c.execs, func(o cutter) bool { return o.kind == k && o.shape == shape })
	if i >= 0 {
		found := c.execs[i]
		c.execs = append(slices.Delete(c.execs, i, i+1), found)
		return found.exec, nil
	}
	exec, err := graph.NewExec(k.backend, k.build)
	if err != nil {
		return nil, err
	}
	c.execs = append(c.execs, cutter{k, shape, exec})
	if len(c.execs) > mostCutters {
		c.execs[0].exec.Finalize()
		c.execs = slices.Delete(c.execs, 0, 1)
	}
	return exec, nil
}
