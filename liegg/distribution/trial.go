package distribution

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

// trial compares samples with moved samples.
type trial struct {
	a      action.Action
	s      Settings
	random *rand.Rand
	input  []int // shape
	x      []float64
	count  int // of samples
	width  int // numbers of a sample

	seen        int       // numbers of a sample that classifiers see: see coarse
	mean, scale []float64 // of each of them
}

// read takes the samples, in random order.
func (t *trial) read(x *tensors.Tensor) error {
	t.input = x.Shape().Dimensions[1:]
	if err := t.a.Check(t.input); err != nil {
		return err
	}
	t.count = min(t.s.Samples, x.Shape().Dim(0)) / 4 * 4
	if t.count < leastSamples {
		return fmt.Errorf("distribution: %d samples are too few to train a classifier: give at least %d", x.Shape().Dim(0), leastSamples)
	}
	values, err := dataset.Values(x)
	if err != nil {
		return err
	}
	t.width = len(values) / x.Shape().Dim(0)
	if i := slices.IndexFunc(values, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }); i >= 0 {
		return &liegg.NotFiniteError{Sample: i / t.width, What: "input"}
	}
	for _, i := range t.random.Perm(t.count) {
		t.x = append(t.x, values[i*t.width:(i+1)*t.width]...)
	}
	t.measure()
	return nil
}

// slightly is how far samples are moved that count as not moved, where movements interpolate.
const slightly = .3

// still draws what moves the samples that count as not moved: nil for nothing.
func (t *trial) still(unit *mat.Dense) func() *mat.Dense {
	if !action.Resamples(t.a) {
		return nil
	}
	return func() *mat.Dense { return lie.Exp(unit, slightly*(2*t.random.Float64()-1)) }
}

// randomMap draws maps exp(tA) with ½ ≤ t ≤ 1, or less if Reach is, and A in a random direction of
// the candidates, of a given size, which is one for all.
func (t *trial) randomMap(size float64) func() *mat.Dense {
	h := make([]float64, t.a.Dim())
	for i := range h {
		h[i] = t.random.NormFloat64()
	}
	direction := t.a.Generator(h)
	direction.Scale(size/mat.Norm(direction, 2), direction)
	return func() *mat.Dense { return lie.Exp(direction, math.Min(1, t.s.Reach)*(1+t.random.Float64())/2) }
}

// accuracy trains two classifiers, each judged by the samples that the other was trained on. They
// tell the second half of the samples, moved by maps that are drawn, from the first half, moved by
// others.
func (t *trial) accuracy(one, other func() *mat.Dense) (Accuracy, error) {
	half := t.count / 2 * t.width
	still, err := t.moved(t.x[:half], one)
	if err != nil {
		return Accuracy{}, err
	}
	moved, err := t.moved(t.x[half:], other)
	if err != nil {
		return Accuracy{}, err
	}
	quarter := half / 2
	folds := [2]dataset.Samples{t.samples(still[:quarter], moved[:quarter]), t.samples(still[quarter:], moved[quarter:])}
	right := 0.
	for k, fold := range folds {
		model := network.MLP{Hidden: t.s.Hidden, Outputs: 2, Bias: true}
		settings := training.Settings{Steps: t.s.Steps, LearningRate: 2e-3, Cosine: true, Decay: .1, Loss: training.CrossEntropy, Seed: t.s.Seed, Quiet: t.s.Quiet}
		fitted, err := training.Train(model, settings, fold.Batches(min(256, fold.Len()), t.s.Seed+1), nil)
		if err != nil {
			return Accuracy{}, err
		}
		share, err := fitted.Accuracy(folds[1-k])
		if err != nil {
			return Accuracy{}, err
		}
		right += share / 2
	}
	error := 1.96 * math.Sqrt(math.Max(right*(1-right), 1/float64(t.count))/float64(t.count))
	return Accuracy{right, math.Max(0, right-error), math.Min(1, right+error)}, nil
}

// samples joins samples that were not moved, label 0, and moved ones, label 1, all standardised.
func (t *trial) samples(still, moved []float64) dataset.Samples {
	var x []float32
	for i, v := range t.coarse(slices.Concat(still, moved)) {
		x = append(x, float32((v-t.mean[i%t.seen])/t.scale[i%t.seen]))
	}
	labels := make([]int32, len(x)/t.seen)
	for i := len(still) / t.width; i < len(labels); i++ {
		labels[i] = 1
	}
	return dataset.Samples{Name: "still and moved", X: tensors.FromFlatDataAndDimensions(x, len(labels), t.seen), Y: tensors.FromFlatDataAndDimensions(labels, len(labels), 1)}
}

// movedAtOnce is the number of samples that are moved in one call.
const movedAtOnce = 500

// moved moves each sample by a map of its own. draw may be nil, for no movement.
func (t *trial) moved(x []float64, draw func() *mat.Dense) (moved []float64, err error) {
	defer graphpanic.Catch(&err)
	if draw == nil {
		return x, nil
	}
	backend, err := network.Backend()
	if err != nil {
		return nil, err
	}
	exec, err := NewExec(backend, func(x, g *Node) *Node { return action.MovedEach(t.a, x, g) })
	if err != nil {
		return nil, err
	}
	defer exec.Finalize()
	n := action.GeneratorSize(t.a)
	for part := range slices.Chunk(x, movedAtOnce*t.width) {
		count := len(part) / t.width
		matrices := make([]float64, 0, count*n*n)
		for range count {
			matrices = append(matrices, draw().RawMatrix().Data...)
		}
		input := tensors.FromFlatDataAndDimensions(part, append([]int{count}, t.input...)...)
		results, err := exec.Call(input, tensors.FromFlatDataAndDimensions(matrices, count, n, n))
		if err != nil {
			return nil, fmt.Errorf("distribution: moving samples: %w", graphpanic.Cause(err))
		}
		values, err := dataset.Values(results[0])
		if err != nil {
			return nil, err
		}
		results[0].FinalizeAll()
		moved = append(moved, values...)
	}
	return moved, nil
}

// measure measures the mean and the spread of each number. If movements interpolate, as for images,
// all have the largest spread: pixels at the border hardly vary.
func (t *trial) measure() {
	x := t.coarse(t.x)
	t.seen = len(x) / t.count
	t.mean, t.scale = make([]float64, t.seen), make([]float64, t.seen)
	column := make([]float64, t.count)
	for j := range t.scale {
		for i := range column {
			column[i] = x[i*t.seen+j]
		}
		if t.mean[j], t.scale[j] = stat.MeanStdDev(column, nil); t.scale[j] == 0 {
			t.scale[j] = 1
		}
	}
	if action.Resamples(t.a) {
		largest := slices.Max(t.scale)
		for j := range t.scale {
			t.scale[j] = largest
		}
	}
}

// coarseSide is the largest side of images that classifiers see.
const coarseSide = 8

// coarse returns images [height, width] as means over squares of pixels, at most 8 a side, so that
// classifiers see less of what interpolation does to single pixels. Others stay as they are.
func (t *trial) coarse(x []float64) []float64 {
	if !action.Resamples(t.a) || len(t.input) != 2 {
		return x
	}
	height, width := t.input[0], t.input[1]
	k := (max(height, width) + coarseSide - 1) / coarseSide
	rows, columns := (height+k-1)/k, (width+k-1)/k
	means := make([]float64, len(x)/t.width*rows*columns)
	for i, v := range x {
		image, row, column := i/t.width, i%t.width/width, i%width
		means[(image*rows+row/k)*columns+column/k] += v / float64(k*k)
	}
	return means
}

// symmetrised returns the trial with samples that were all turned by a random part of whole turns.
func (t *trial) symmetrised(turn *mat.Dense) (*trial, error) {
	s := *t
	var err error
	s.x, err = t.moved(t.x, func() *mat.Dense { return lie.Exp(turn, 2*math.Pi*t.random.Float64()) })
	return &s, err
}
