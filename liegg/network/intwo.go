package network

import (
	"hash/maphash"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// The pilot of a verdict runs its program over some of the first samples, and the verdict then
// over all of them. In a short stream these are the same samples. So the program is cut in two
// there: one runs the network, the other forms sums of what it gives. The first results are kept
// for each batch of the pilot, and the network runs over it only once.

// inTwoBytes is the largest memory for the results that are kept.
const inTwoBytes = 512 << 20

// inTwo is a verdict's program in two parts, and the batches that the first has run over.
type inTwo struct {
	network, sums *model.Exec
	piloting      bool // keep results
	seed          maphash.Seed
	kept          map[uint64][]*tensors.Tensor // results of the first part, by the samples of the batch
}

// cutsInTwo reports whether the pilot takes all samples of the beginning of a stream, in batches
// that come again, and whether all their gradients and rows can be kept.
func (e *extraction) cutsInTwo(beginning *tensors.Tensor) bool {
	most := pilotSamples
	if e.sizedByPilot() {
		most = sizeSamples
	}
	samples := beginning.Shape().Dim(0)
	numbers := (beginning.Size() + samples*e.action.Dim()) * e.outputs
	return e.mode == ReverseMode && !e.grouped && samples <= most && numbers*beginning.DType().Size() <= inTwoBytes
}

// newInTwo makes the two parts.
func (e *extraction) newInTwo(backend compute.Backend) (*inTwo, error) {
	t := &inTwo{seed: maphash.MakeSeed()}
	var err error
	if t.network, err = model.NewExec(backend, e.network.Store, e.networkGraph); err != nil {
		return nil, err
	}
	t.sums, err = model.NewExec(backend, e.network.Store, e.sumsGraph)
	return t, err
}

// networkGraph takes a batch x and weights z to its outputs y, the rows, and the gradient of each
// output.
func (e *extraction) networkGraph(scope *model.Scope, x, z *Node) []*Node {
	y := e.y(scope, x)
	j := jacobianRows(e.mode, e.action, x, y, z)
	return append([]*Node{y, j.rows}, j.gradients...)
}

// sumsGraph takes what verdictGraph takes, and then the results of networkGraph, to what
// verdictGraph gives.
func (e *extraction) sumsGraph(_ *model.Scope, inputs []*Node) []*Node {
	x, count, z, limits, y, rows, gradients := inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], inputs[5], inputs[6:]
	return e.verdictSums(newJacobian(e.action, rows, gradients, false), x, y, count, z, limits)
}

// call runs both parts on a batch, or the second one if the results of the first were kept.
func (t *inTwo) call(x *tensors.Tensor, count int, z, limits *tensors.Tensor) ([][]float64, error) {
	var key uint64
	if err := x.ConstBytes(func(data []byte) { key = maphash.Bytes(t.seed, data) }); err != nil {
		return nil, err
	}
	results, found := t.kept[key]
	if !found {
		var err error
		if results, err = t.network.Call(x, z); err != nil {
			return nil, notDifferentiated(err)
		}
	}
	if t.piloting {
		t.kept[key] = results
	} else {
		delete(t.kept, key)
		defer finalize(results...)
	}
	arguments := []any{x, int32(count), z, limits}
	for _, r := range results {
		arguments = append(arguments, r)
	}
	return called(t.sums, arguments...)
}

// pilots says whether the batches that are run from now on are kept.
func (t *inTwo) pilots(now bool) {
	if t == nil {
		return
	}
	if t.piloting = now; now {
		t.forget()
		t.kept = map[uint64][]*tensors.Tensor{}
	}
}

// forget frees the results that are kept.
func (t *inTwo) forget() {
	if t == nil {
		return
	}
	for _, results := range t.kept {
		finalize(results...)
	}
	t.kept = nil
}

func (t *inTwo) finalize() {
	if t == nil {
		return
	}
	t.forget()
	t.network.Finalize()
	t.sums.Finalize()
}
