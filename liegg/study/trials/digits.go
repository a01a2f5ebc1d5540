package trials

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

// classifier is a classifier of digits, with the digits on which it is judged.
type classifier struct {
	name     string
	networks int // number of seeds, by default
	turned   bool
	control  bool // has no symmetry to be found
	learn    func(seed uint64) (*network.Network, error)
}

// classifiers are those of notebook 02, those of the sweep of notebook 08 that classify
// rotated digits best, and controls.
func classifiers() []classifier {
	all := []classifier{{name: "notebook", networks: 3, turned: true, learn: notebookClassifier}}
	for _, s := range []struct{ width, depth, networks int }{{256, 4, 3}, {256, 2, 3}, {256, 1, 2}} {
		c := sweptClassifier{width: s.width, depth: s.depth, digits: 60_000, turned: true}
		all = append(all, classifier{name: fmt.Sprintf("sweep-%dx%d", s.width, s.depth), networks: s.networks, turned: true, learn: c.learn})
	}
	upright := sweptClassifier{width: 128, depth: 3, digits: 15_000}
	shuffled := sweptClassifier{width: 128, depth: 3, digits: 3000, turned: true, shuffled: true}
	return append(all,
		classifier{name: "upright", networks: 10, control: true, learn: upright.learn},
		classifier{name: "shuffled-labels", networks: 10, turned: true, control: true, learn: shuffled.learn},
		classifier{name: "random", networks: 10, turned: true, control: true, learn: randomClassifier})
}

// readable is the accuracy from which on a rotation must be found.
const readable = .9

// digitFlows ask flow.Judge about classifiers.
func digitFlows(r *Row) func(p Plan) []Trial {
	return func(p Plan) (trials []Trial) {
		for _, c := range classifiers() {
			for _, n := range cmpSamples(p.Samples, r.Samples) {
				trials = append(trials, r.draws(p, cmp.Or(p.Networks, c.networks), Trial{Case: c.name, Kind: Trained, Samples: n, run: c.judged})...)
			}
		}
		return trials
	}
}

// judged returns the judgement by gradients and finite flows, with affine maps as candidates.
func (c classifier) judged(t Trial) (r Result, err error) {
	n, err := c.learn(t.Seed)
	if err != nil {
		return r, fmt.Errorf("trials: classifier %s of seed %d: %w", c.name, t.Seed, err)
	}
	defer n.Store.Finalize()
	_, test, err := dataset.MNIST()
	if err != nil {
		return r, err
	}
	if c.turned {
		test = test.Rotated(newRandom(2022, 0))
	}
	samples := preparedDigits(test).Samples("test")
	accuracy, err := n.Accuracy(samples)
	if err != nil {
		return r, err
	}
	begun := time.Now()
	j, err := flow.Judge(n, action.ImageAffine(28, 28), network.Tensor(samples.Take(t.Samples).X), flow.Settings{Head: network.CentredLogits, Points: 12, Random: 4, Seed: t.Seed, Quiet: true})
	if err != nil {
		return r, err
	}
	r = Result{Seconds: time.Since(begun).Seconds(), Text: fmt.Sprintf("accuracy %.4f: %v", accuracy, j)}
	r.Outcome, r.Reasons = c.outcome(j, accuracy)
	return r, nil
}

// outcome compares a judgement with the truth: a rotation, or nothing.
func (c classifier) outcome(j *flow.Judgement, accuracy float64) (o Outcome, reasons []string) {
	found := j.Confirmed()
	switch {
	case c.control && found == nil && j.Verdict.Answer == liegg.Approximate:
		return Rung, nil
	case c.control && found == nil && j.Verdict.Answer != liegg.Symmetric:
		return Right, nil
	case c.control || found != nil && !(found.Dim == 1 && strings.HasPrefix(found.Name, "a rotation about the centre")):
		return False, nil
	case found != nil:
		return Right, nil
	}
	if accuracy < readable {
		reasons = append(reasons, fmt.Sprintf("an accuracy of %.2g", accuracy))
	}
	for _, rung := range j.Rungs {
		reasons = append(reasons, rung.Reason)
	}
	return Open, reasons
}

func preparedDigits(d dataset.Digits) dataset.Digits {
	return d.Blur(1.5).Normalised(dataset.MNISTMean, dataset.MNISTStd)
}

// notebookClassifier returns the network of notebook 02, whose training rotates digits anew
// in each epoch.
func notebookClassifier(seed uint64) (*network.Network, error) {
	train, _, err := dataset.MNIST()
	if err != nil {
		return nil, err
	}
	settings := training.Settings{Steps: 3500, LearningRate: 3e-3, Cosine: true, Loss: training.CrossEntropy, Seed: seed, Quiet: true}
	return training.Cached(deepClassifier(128, 5), settings, dataset.NewFreshRotations(preparedDigits(train), 512, seed), nil)
}

// sweptClassifier is trained as in study sweep, on digits that are rotated once or upright.
type sweptClassifier struct {
	width, depth, digits int
	turned, shuffled     bool
}

func (c sweptClassifier) learn(seed uint64) (*network.Network, error) {
	train, _, err := dataset.MNIST()
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(seed, 1)) // as sweep draws its training digits
	train = train.Shuffled(rng).Subset(0, c.digits)
	if c.turned {
		train = train.Rotated(rng)
	}
	chosen := preparedDigits(train)
	if c.shuffled {
		labels := append([]uint8{}, chosen.Labels...)
		shuffle := newRandom(seed, streamShuffle)
		shuffle.Shuffle(len(labels), func(i, j int) { labels[i], labels[j] = labels[j], labels[i] })
		chosen.Labels = labels
	}
	settings := training.Settings{Steps: 2000, LearningRate: 3e-3, Cosine: true, Loss: training.CrossEntropy, Seed: seed, Quiet: true}
	return training.Cached(deepClassifier(c.width, c.depth), settings, chosen.Samples("digits").Batches(512, seed), nil)
}

// randomClassifier returns a classifier with random weights.
func randomClassifier(seed uint64) (*network.Network, error) {
	store := model.NewStore()
	if err := store.SetRNGStateFromSeed(int64(seed)); err != nil {
		return nil, err
	}
	return &network.Network{Forward: deepClassifier(128, 1+int(seed%5)).Forward, Store: store}, nil
}

func deepClassifier(width, depth int) network.MLP {
	mlp := network.MLP{Outputs: 10, Bias: true}
	for range depth {
		mlp.Hidden = append(mlp.Hidden, width)
	}
	return mlp
}
