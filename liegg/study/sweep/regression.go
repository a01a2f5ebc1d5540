package sweep

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

const (
	degree = 180 / math.Pi
	// tested is the number of fresh samples that measure the quality of a
	// fit.
	tested = 5000
)

// regression is a scalar function of vectors that are moved by one matrix, or
// affine map.
type regression struct {
	name    string
	inputs  int
	size    int // of a vector
	moves   action.Vectors
	algebra lie.Algebra
	samples func(rng *rand.Rand, n int) dataset.Samples
}

func o5Task() regression {
	return regression{name: "o5", inputs: 10, size: 5, moves: action.Linear(5, 2), algebra: lie.SO(5), samples: dataset.O5}
}

func caseTask(c groundtruth.Case) regression {
	r := regression{name: c.Name, inputs: c.Vectors * c.Size, size: c.Size, moves: c.Action().(action.Vectors), samples: c.Samples}
	n := action.GeneratorSize(r.moves)
	switch {
	case c.Dim == 0:
		r.algebra = lie.Trivial(n)
	case c.Affine:
		r.algebra = lie.SpanAffine(c.Lie, c.Algebra...)
	default:
		r.algebra = lie.Span(c.Lie, c.Algebra...)
	}
	return r
}

func (r regression) sizes() sizes          { return sizes{r.inputs, 1} }
func (r regression) most() int             { return 10_000_000 }
func (r regression) fresh() int            { return 10_000_000 }
func (r regression) loss() training.Loss   { return training.MeanSquared }
func (r regression) allows(Regime) error   { return nil }
func (r regression) action() action.Action { return r.moves }
func (r regression) head() network.Head    { return network.Outputs }
func (r regression) dim() int              { return r.algebra.Dim() }
func (r regression) shown() lie.Algebra    { return r.algebra }

func (r regression) angles(s *liegg.Spectrum) []float64 {
	if r.dim() == 0 {
		return nil
	}
	return lie.Angles(s.Algebra(r.dim()), r.algebra)
}

// lesson draws the seed's own samples and standardises them by themselves.
func (r regression) lesson(d draw) (lesson, error) {
	raw := r.samples(rand.New(rand.NewPCG(d.seed, d.stream)), d.samples)
	z, err := dataset.FitStandardisation(raw, r.size)
	if err != nil {
		return nil, err
	}
	if d.noise > 0 {
		raw = noisy(raw, d.noise*z.OutputStd[0], rand.New(rand.NewPCG(d.seed, streamNoise)))
	}
	l := regressionLesson{task: r, z: z}
	batch := min(d.batch, d.samples)
	if d.augment == 0 {
		l.batches = z.Apply(raw).Batches(batch, d.seed)
	} else {
		l.batches = movedBatches{raw.Batches(batch, d.seed), r, z, d.augment, d.seed}
	}
	return l, nil
}

// noisy adds Gaussian noise of a standard deviation to the targets.
func noisy(s dataset.Samples, std float64, rng *rand.Rand) dataset.Samples {
	y := tensors.MustCopyFlatData[float32](s.Y)
	for i := range y {
		y[i] += float32(std * rng.NormFloat64())
	}
	return dataset.Samples{Name: s.Name + ", noisy", X: s.X, Y: tensors.FromFlatDataAndDimensions(y, s.Y.Shape().Dimensions...)}
}

type regressionLesson struct {
	task    regression
	z       dataset.Standardisation
	batches training.Source
}

func (l regressionLesson) source() training.Source { return l.batches }

// test returns the mean squared error in standard deviations of the training
// targets, and R² = 1 − error/variance, both on fresh samples without noise.
func (l regressionLesson) test(n *network.Network, seed uint64) (loss, fit float64, err error) {
	fresh := l.z.Apply(l.task.samples(rand.New(rand.NewPCG(seed, streamTest)), tested))
	if loss, err = n.MeanSquaredError(fresh); err != nil {
		return 0, 0, err
	}
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return 0, 0, fmt.Errorf("the outputs on fresh samples are not finite")
	}
	unit, err := dataset.FitStandardisation(fresh, l.task.size)
	if err != nil {
		return 0, 0, err
	}
	return loss, 1 - loss/(unit.OutputStd[0]*unit.OutputStd[0]), nil
}

func (l regressionLesson) measured(net *network.Network, seed uint64, n int) (*network.Network, network.Inputs, error) {
	x := l.task.samples(rand.New(rand.NewPCG(seed, streamJudge)), n).X
	return net.Raw(l.z), network.Tensor(x), nil
}

// movedBatches are samples of which each batch is moved by a new random
// element of the task's group, and then standardised.
type movedBatches struct {
	*dataset.Batches
	task     regression
	z        dataset.Standardisation
	strength float64
	seed     uint64
}

func (m movedBatches) Fingerprint() string {
	return fmt.Sprintf("%s moved by %g·%s", m.Batches.Fingerprint(), m.strength, m.task.name)
}

func (m movedBatches) Epoch(n uint64) iter.Seq2[train.Batch, error] {
	return func(yield func(train.Batch, error) bool) {
		rng := rand.New(rand.NewPCG(m.seed+n<<32, streamAugment))
		for batch, err := range m.Batches.Epoch(n) {
			if err == nil {
				batch, err = m.moved(rng, batch)
			}
			if !yield(batch, err) || err != nil {
				return
			}
		}
	}
}

func (m movedBatches) moved(rng *rand.Rand, batch train.Batch) (train.Batch, error) {
	a := m.task.algebra
	coefficients := make([]float64, a.Dim())
	for i := range coefficients {
		coefficients[i] = rng.NormFloat64()
	}
	x, err := m.task.moves.Move(lie.Exp(a.Generator(coefficients), m.strength), batch.Inputs[0])
	if err != nil {
		return train.Batch{}, err
	}
	s := m.z.Apply(dataset.Samples{X: x, Y: batch.Labels[0]})
	return train.Batch{Inputs: []*tensors.Tensor{s.X}, Labels: []*tensors.Tensor{s.Y}}, nil
}
