package sweep

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

// digits is the classification of MNIST, blurred and normalised as in the
// paper, under affine maps of the plane. Turned digits have a random angle
// each, the same in every epoch.
type digits struct{ turned bool }

const (
	side    = 28
	classes = 10
)

func (d digits) sizes() sizes          { return sizes{side * side, classes} }
func (d digits) most() int             { return 60_000 }
func (d digits) fresh() int            { return 10_000 }
func (d digits) loss() training.Loss   { return training.CrossEntropy }
func (d digits) action() action.Action { return action.ImageAffine(side, side) }
func (d digits) head() network.Head    { return network.CentredLogits }

func (d digits) allows(r Regime) error {
	if r.Augment > 1 || r.Noise > 1 {
		return fmt.Errorf("augment and noise must lie in [0, 1] for digits, got %g and %g", r.Augment, r.Noise)
	}
	return nil
}

// dim returns 0 for upright digits, which need no rotational symmetry.
func (d digits) dim() int {
	if d.turned {
		return 1
	}
	return 0
}

func (d digits) shown() lie.Algebra { return lie.SO(2) }

// angles returns the angle between a rotation and the linear part of the
// generator of smallest singular value. The fixed point does not matter.
func (d digits) angles(s *liegg.Spectrum) []float64 {
	return []float64{lie.AngleTo(lie.LinearPart(s.BySingular[0].H), d.shown())}
}

// mnist is read once.
var mnist = sync.OnceValues(func() (sets [2]dataset.Digits, err error) {
	sets[0], sets[1], err = dataset.MNIST()
	return sets, err
})

// prepared rotates digits if the task does, and blurs and normalises them.
func (d digits) prepared(raw dataset.Digits, rng *rand.Rand) dataset.Digits {
	if d.turned {
		raw = raw.Rotated(rng)
	}
	return raw.Blur(1.5).Normalised(dataset.MNISTMean, dataset.MNISTStd)
}

func (d digits) lesson(w draw) (lesson, error) {
	sets, err := mnist()
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(w.seed, w.stream))
	chosen := d.prepared(sets[0].Shuffled(rng).Subset(0, w.samples), rng)
	if w.noise > 0 {
		chosen.Labels = mislabelled(chosen.Labels, w.noise, rand.New(rand.NewPCG(w.seed, streamNoise)))
	}
	batch := min(w.batch, w.samples)
	if w.augment > 0 {
		return digitsLesson{d, dataset.NewFreshRotationsWithin(chosen, math.Pi*w.augment, batch, w.seed)}, nil
	}
	return digitsLesson{d, chosen.Samples("digits").Batches(batch, w.seed)}, nil
}

// mislabelled draws a share of the labels anew, uniformly from all classes.
func mislabelled(labels []uint8, share float64, rng *rand.Rand) []uint8 {
	spoilt := make([]uint8, len(labels))
	for i, label := range labels {
		spoilt[i] = label
		if rng.Float64() < share {
			spoilt[i] = uint8(rng.IntN(classes))
		}
	}
	return spoilt
}

type digitsLesson struct {
	task    digits
	batches training.Source
}

func (l digitsLesson) source() training.Source { return l.batches }

// testSets are the test digits of either task, the same for all seeds.
var testSets = map[bool]func() (dataset.Samples, error){true: digits{true}.testSet(), false: digits{false}.testSet()}

func (d digits) testSet() func() (dataset.Samples, error) {
	return sync.OnceValues(func() (dataset.Samples, error) {
		sets, err := mnist()
		if err != nil {
			return dataset.Samples{}, err
		}
		return d.prepared(sets[1], rand.New(rand.NewPCG(0, streamTest))).Samples("test"), nil
	})
}

// test returns the mean cross-entropy and the accuracy on the 10 000 test
// digits.
func (l digitsLesson) test(n *network.Network, _ uint64) (loss, fit float64, err error) {
	set, err := testSets[l.task.turned]()
	if err != nil {
		return 0, 0, err
	}
	y, err := n.Predict(set.X)
	if err != nil {
		return 0, 0, err
	}
	logits, err := dataset.Values(y)
	if err != nil {
		return 0, 0, err
	}
	return crossEntropy(logits, tensors.MustCopyFlatData[int32](set.Y))
}

// crossEntropy returns the mean of −log softmax at the labels, and the share
// of labels that have the largest logit.
func crossEntropy(logits []float64, labels []int32) (loss, accuracy float64, err error) {
	m := len(logits) / len(labels)
	for i, label := range labels {
		row := logits[i*m : (i+1)*m]
		most, sum := math.Inf(-1), 0.
		for _, v := range row {
			most = math.Max(most, v)
		}
		for _, v := range row {
			sum += math.Exp(v - most)
		}
		loss += (most + math.Log(sum) - row[label]) / float64(len(labels))
		if row[label] == most {
			accuracy += 1 / float64(len(labels))
		}
	}
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return 0, 0, fmt.Errorf("the outputs on test digits are not finite")
	}
	return loss, accuracy, nil
}

// measured returns the first n test digits.
func (l digitsLesson) measured(net *network.Network, _ uint64, n int) (*network.Network, network.Inputs, error) {
	set, err := testSets[l.task.turned]()
	if err != nil {
		return nil, nil, err
	}
	return net, network.Tensor(set.Take(n).X), nil
}
