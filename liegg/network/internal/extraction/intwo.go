package extraction

import (
	"hash/maphash"
	"iter"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// The pilot of a verdict runs its program over some of the first samples, and the verdict then
// over all of them. So in a short stream, or for a network that takes long in one that is not much
// longer, the program is cut in two: one part runs the network, the other forms sums of what it gives.
// The results of the first are kept for each batch of the pilot, and the network runs over it only
// once. Then the batches of the pilot are batches of the stream.

// inTwo is a verdict's program in two parts, and the batches that the first has run over.
type inTwo struct {
	network, sums *model.Exec
	together      int  // batches that the network is given at once
	piloting      bool // keep results
	seed          maphash.Seed
	kept          map[uint64][]*tensors.Tensor // results of the first part, by the samples of the batch
}

// aheadSamples is the number of samples that runAhead gives the network at once.
const aheadSamples = 32

// runAhead runs the network over all batches of the pilot before their sums are formed, several
// batches at once if they are small: the blocks of a short stream hold a sample or two, and a
// large network would read its weights anew for each. These are about ahead samples, of which all
// gradients are taken together: several groups of gradients would take longer to compile. It takes
// ownership of the batches, which probes gives weights of 1.
func (t *inTwo) runAhead(batches iter.Seq2[stream.Chunk, error], batch, ahead int, probes func(x *tensors.Tensor) *tensors.Tensor) error {
	together := max(1, min(aheadSamples, ahead)/batch)
	if t.together = together; together == 1 {
		return nil
	}
	var waiting []*tensors.Tensor
	defer func() { tensor.Finalize(waiting...) }()
	for c, err := range batches {
		if err != nil {
			return err
		}
		if waiting = append(waiting, c.X); len(waiting) < together {
			continue
		}
		if err := t.runTogether(waiting, together, probes); err != nil {
			return err
		}
		tensor.Finalize(waiting...)
		waiting = nil
	}
	if len(waiting) == 0 {
		return nil
	}
	return t.runTogether(waiting, together, probes)
}

// runTogether runs the network over some batches, as many as given or fewer, and keeps the results
// of each.
func (t *inTwo) runTogether(batches []*tensors.Tensor, together int, probes func(x *tensors.Tensor) *tensors.Tensor) error {
	x, err := stream.Concatenated(batches, together)
	if err != nil {
		return err
	}
	z := probes(x)
	defer tensor.Finalize(x, z)
	results, err := t.network.Call(x, z)
	if err != nil {
		return call.Failed(err)
	}
	defer tensor.Finalize(results...)
	for i, b := range batches {
		key, err := t.key(b)
		if err != nil {
			return err
		}
		tensor.Finalize(t.kept[key]...) // of an equal batch
		t.kept[key] = nil
		for _, r := range results {
			size := r.Shape().Dim(0) / together
			t.kept[key] = append(t.kept[key], dataset.Rows(r, i*size, (i+1)*size))
		}
	}
	return nil
}

// key identifies a batch by its samples.
func (t *inTwo) key(x *tensors.Tensor) (key uint64, err error) {
	err = x.ConstBytes(func(data []byte) { key = maphash.Bytes(t.seed, data) })
	return key, err
}

// call runs both parts on a batch, or the second one if the results of the first were kept.
func (t *inTwo) call(x *tensors.Tensor, count int, z, limits *tensors.Tensor) ([][]float64, error) {
	key, err := t.key(x)
	if err != nil {
		return nil, err
	}
	results, found := t.kept[key]
	if !found {
		if results, err = t.network.Call(x, z); err != nil {
			return nil, call.Failed(err)
		}
	}
	if t.piloting {
		t.kept[key] = results
	} else {
		delete(t.kept, key)
		defer tensor.Finalize(results...)
	}
	return t.summed(x, count, z, limits, results)
}

// summed runs the second part on a batch and the results of the first.
func (t *inTwo) summed(x *tensors.Tensor, count int, z, limits *tensors.Tensor, results []*tensors.Tensor) ([][]float64, error) {
	arguments := []any{x, int32(count), z, limits}
	for _, r := range results {
		arguments = append(arguments, r)
	}
	return call.Unpacked(t.sums, arguments...)
}

// callLast runs the network on several batches together, and the second part on the last of them.
func (t *inTwo) callLast(x *tensors.Tensor, batch int, z, limits *tensors.Tensor) ([][]float64, error) {
	results, err := t.network.Call(x, z)
	if err != nil {
		return nil, call.Failed(err)
	}
	size := x.Shape().Dim(0)
	last := func(x *tensors.Tensor) *tensors.Tensor { return dataset.Rows(x, size-batch, size) }
	lasts := make([]*tensors.Tensor, len(results))
	for i, r := range results {
		lasts[i] = last(r)
	}
	tensor.Finalize(results...)
	defer tensor.Finalize(lasts...)
	lastX, lastZ := last(x), last(z)
	defer tensor.Finalize(lastX, lastZ)
	return t.summed(lastX, batch, lastZ, limits, lasts)
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
		tensor.Finalize(results...)
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
