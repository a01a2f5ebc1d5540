package trials

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network"
)

// How networks are trained and judged: small ones, for some seconds.
const (
	trainSamples    = 10_000
	validateSamples = 2000
	trainedSamples  = 20_000
	trainSteps      = 3000
	trainBatch      = 256
)

// learn trains a network on samples of the problem, and draws others to validate it by. Both
// are in the units of the problem.
func (p Problem) learn(seed uint64) (n *network.Network, validation dataset.Samples, err error) {
	fail := func(err error) (*network.Network, dataset.Samples, error) {
		return nil, validation, fmt.Errorf("trials: %s, network of seed %d: %w", p.Name, seed, err)
	}
	samples, err := p.samples(seed, streamTrain, trainSamples)
	if err != nil {
		return fail(err)
	}
	z, err := dataset.FitStandardisation(samples, p.Size)
	if err != nil {
		return fail(err)
	}
	if validation, err = p.samples(seed, streamValidate, validateSamples); err != nil {
		return fail(err)
	}
	standard := z.Apply(samples)
	model := network.MLP{Hidden: []int{64, 64, 64}, Outputs: standard.Y.Shape().Dim(-1), Bias: true}
	training := network.Training{Steps: cmp.Or(p.Steps, trainSteps), LearningRate: 3e-3, Cosine: true, Seed: seed, Quiet: true}
	if n, err = network.Cached(model, training, standard.Batches(trainBatch, seed), nil); err != nil {
		return fail(err)
	}
	return n.Raw(z), validation, nil
}

// samples are inputs with their values, computed in float64 from the float32 that is
// stored.
func (p Problem) samples(seed, stream uint64, n int) (s dataset.Samples, err error) {
	x := narrow(p.inputs(seed, stream, n))
	y, err := network.Exact(p.F).Predict(wide(x))
	if err != nil {
		return s, err
	}
	if p.Clip > 0 {
		y = clipped(y, p.Clip)
	}
	return dataset.Samples{Name: p.Name, X: x, Y: narrow(y)}, nil
}

func wide(x *tensors.Tensor) *tensors.Tensor {
	values := make([]float64, x.Size())
	for i, v := range tensors.MustCopyFlatData[float32](x) {
		values[i] = float64(v)
	}
	return tensors.FromFlatDataAndDimensions(values, x.Shape().Dimensions...)
}

// clipped has the given share of the values of one output at either end moved to the
// quantile there.
func clipped(y *tensors.Tensor, share float64) *tensors.Tensor {
	values := tensors.MustCopyFlatData[float64](y)
	sorted := slices.Sorted(slices.Values(values))
	cut := int(share * float64(len(sorted)))
	least, most := sorted[cut], sorted[len(sorted)-1-cut]
	for i, v := range values {
		values[i] = min(max(v, least), most)
	}
	return tensors.FromFlatDataAndDimensions(values, y.Shape().Dimensions...)
}

// shuffled is a network trained on the values of the problem in random order: few samples,
// so that there is something to fit.
func (p Problem) shuffled(seed uint64) (*network.Network, *dataset.Samples, error) {
	const few = 1000
	samples, err := p.samples(seed, streamTrain, few)
	if err != nil {
		return nil, nil, err
	}
	z, err := dataset.FitStandardisation(samples, p.Size)
	if err != nil {
		return nil, nil, err
	}
	standard := z.Apply(samples).Shuffled(rand.New(rand.NewPCG(seed, streamShuffle)))
	model := network.MLP{Hidden: []int{64, 64, 64}, Outputs: standard.Y.Shape().Dim(-1), Bias: true}
	training := network.Training{Steps: cmp.Or(p.Steps, trainSteps), LearningRate: 3e-3, Cosine: true, Seed: seed, Quiet: true}
	n, err := network.Cached(model, training, standard.Batches(trainBatch, seed), nil)
	if err != nil {
		return nil, nil, err
	}
	return n.Raw(z), nil, nil
}
