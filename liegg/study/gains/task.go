package gains

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

// Task is data with a symmetry, and a network that learns from few of them.
type Task struct {
	Name string
	// Samples is the number of samples to train on, and to find the symmetry on.
	Samples int
	// Action moves inputs, and outputs if they move; Restricted only by the generators of Truth.
	Action, Restricted action.Action
	Truth              lie.Algebra
	Controls           []Control
	Model              network.Model
	Training           training.Settings
	Batch              int
	// Weight is the weight of the penalty, and Draws the number of random elements of a mean, for
	// groups without an exact rule.
	Weight float64
	Draws  int

	// draw draws n samples, to train on, or fresh ones to test on.
	draw func(random *rand.Rand, n int, fresh bool) (dataset.Samples, error)
	find func(n *network.Network, s dataset.Samples) (lie.Algebra, float64, error)
}

// Control is a symmetry that the task does not have: exp(tA), |t| ≤ Reach, with A the generator of
// the algebra, of unit Frobenius norm, which moves inputs and outputs as Action says.
type Control struct {
	Name    string
	Action  action.Action
	Algebra lie.Algebra
	Reach   float64
}

// String says what moves and how far.
func (c Control) String() string {
	return fmt.Sprintf("%s, |t| ≤ %.3g, of %v", c.Name, c.Reach, c.Action)
}

// shear is the control that moves x₁ by t·x₂, to about where it leaves the data.
func shear(a action.Action, n int) Control {
	return Control{"shear", a, lie.Span("shear", flow.Shear(n, 0, 1).H), 1}
}

// tested is the number of fresh samples, and asked the number of them for ρ.
const (
	tested = 2000
	asked  = 500
)

// Tasks returns all tasks.
func Tasks() []Task { return []Task{O5(), TwoBodies(), Digits()} }

// ByName returns the task of a name; the error lists the names.
func ByName(name string) (Task, error) {
	var names []string
	for _, t := range Tasks() {
		if t.Name == name {
			return t, nil
		}
		names = append(names, t.Name)
	}
	return Task{}, fmt.Errorf("gains: no task %q; there are %q", name, names)
}

// O5 is the O(5)-invariant regression of the paper, with 500 samples.
func O5() Task {
	a := action.Linear(5, 2)
	return Task{
		Name: "o5", Samples: 500, Batch: 100, Action: a, Restricted: action.Restricted(a, lie.SO(5)), Truth: lie.SO(5),
		Controls: []Control{shear(a, 5)}, Weight: .1, Draws: 32,
		Model:    network.MLP{Hidden: []int{64, 64}, Outputs: 1, Bias: true},
		Training: training.Settings{Steps: 2000, LearningRate: 3e-3, Cosine: true, L2: 1e-4},
		draw: func(random *rand.Rand, n int, _ bool) (dataset.Samples, error) {
			// One scale for all seeds and sets: the vectors are standard normal.
			z, err := dataset.FitStandardisation(dataset.O5(rand.New(rand.NewPCG(2022, 5)), 20_000), 5)
			return z.Apply(dataset.O5(random, n)), err
		},
		find: func(n *network.Network, s dataset.Samples) (lie.Algebra, float64, error) {
			v, err := network.Judge(n, a, network.Tensor(s.X), network.Settings{})
			if err == nil && v.Dim == 0 {
				err = fmt.Errorf("gains: nothing was found to use: %v", v)
			}
			if err != nil {
				return lie.Algebra{}, 0, err
			}
			return v.Algebra, v.AngleError, nil
		},
	}
}

// TwoBodies are states of two bodies and the states a unit of time later, with 500 samples. Free
// motion, which is most of what happens in that time, commutes with every matrix, so that a shear of
// states and outputs is nearly a symmetry. A second control therefore turns states only.
func TwoBodies() Task {
	vectors := rep.Copies(rep.Standard(2), 4)
	a := action.Equivariant(action.Linear(2, 4), vectors)
	staying := Control{"outputs stay", action.Equivariant(action.Linear(2, 4), rep.Invariants(2, 8)), lie.SO(2), math.Pi / math.Sqrt2}
	return Task{
		Name: "two bodies", Samples: 500, Batch: 100, Action: a, Restricted: action.Equivariant(action.Restricted(action.Linear(2, 4), lie.SO(2)), vectors),
		Truth: lie.SO(2), Controls: []Control{shear(a, 2), staying}, Weight: .1,
		Model:    network.MLP{Hidden: []int{64, 64}, Outputs: 8, Bias: true},
		Training: training.Settings{Steps: 2000, LearningRate: 3e-3, Cosine: true, L2: 1e-4},
		draw: func(random *rand.Rand, n int, _ bool) (dataset.Samples, error) {
			return groundtruth.TwoBodySamples(random, n, false), nil
		},
		find: func(n *network.Network, s dataset.Samples) (lie.Algebra, float64, error) {
			return first(n, a, s, network.Settings{BySize: true})
		},
	}
}

// Digits are handwritten digits, each at a random angle that it keeps, with 3000 of them.
func Digits() Task {
	a := action.ImageLinear(28, 28)
	return Task{
		Name: "digits", Samples: 3000, Batch: 250, Action: a, Restricted: action.Restricted(a, lie.SO(2)), Truth: lie.SO(2),
		Controls: []Control{shear(a, 2), {"squeeze", a, lie.Span("squeeze", flow.Boost(2, 0, 1).H), 1}}, Weight: .1,
		Model:    network.MLP{Hidden: []int{128, 128, 128}, Outputs: 10, Bias: true},
		Training: training.Settings{Steps: 800, LearningRate: 2e-3, Cosine: true, Loss: training.CrossEntropy, Decay: .01},
		draw: func(random *rand.Rand, n int, fresh bool) (dataset.Samples, error) {
			train, test, err := dataset.MNIST()
			if err != nil {
				return dataset.Samples{}, err
			}
			if fresh {
				train = test
			}
			some := train.Shuffled(random).Subset(0, n).Blur(1.5).Normalised(dataset.MNISTMean, dataset.MNISTStd)
			return some.Rotated(random).Samples("digits"), nil
		},
		find: func(n *network.Network, s dataset.Samples) (lie.Algebra, float64, error) {
			start, angle, err := first(n, a, s, network.Settings{Head: network.CentredLogits})
			if err != nil {
				return start, angle, err
			}
			refined, err := flow.Refine(n, a, start, network.Tensor(s.X), flow.Settings{Head: network.NormalisedLogits, Random: -1, Quiet: true, Points: 4, Resamples: 100, Fit: flow.Fit{Samples: 600, Steps: 3}})
			if err != nil {
				return start, angle, err
			}
			return refined.After, angle, nil
		},
	}
}

// roughly is the error of a single generator of a network of few samples, in radians.
const roughly = .05

// first is the generator of smallest relative defect.
func first(n *network.Network, a action.Action, s dataset.Samples, settings network.Settings) (lie.Algebra, float64, error) {
	spectrum, err := network.Analyze(n, a, network.Tensor(s.X), settings)
	if err != nil {
		return lie.Algebra{}, 0, err
	}
	return spectrum.DefectAlgebra(1), roughly, nil
}

// misfit is the error of a network: of labels the share that is wrong, and of numbers the root mean
// square in units of their spread.
func (t Task) misfit(n *network.Network, s dataset.Samples) (float64, error) {
	if t.Training.Loss == training.CrossEntropy {
		accuracy, err := n.Accuracy(s)
		return 1 - accuracy, err
	}
	mean, err := n.MeanSquaredError(s)
	if err != nil {
		return 0, err
	}
	y, err := dataset.Values(s.Y)
	if err != nil {
		return 0, err
	}
	width, spread := len(y)/s.Len(), 0.0
	for o := range width {
		sum, squares := 0.0, 0.0
		for i := o; i < len(y); i += width {
			sum, squares = sum+y[i], squares+y[i]*y[i]
		}
		k := float64(s.Len())
		spread += (squares/k - sum/k*sum/k) / float64(width)
	}
	return math.Sqrt(mean / spread), nil
}

// defect is the largest relative defect ρ among the true generators.
func (t Task) defect(n *network.Network, s dataset.Samples) (float64, error) {
	settings := network.Settings{BySize: true}
	if t.Training.Loss == training.CrossEntropy {
		settings.Head = network.CentredLogits
	}
	spectrum, err := network.Analyze(n, t.Restricted, network.Tensor(s.Take(asked).X), settings)
	if err != nil {
		return 0, err
	}
	return slices.Max(spectrum.Defects()), nil
}

// String names the task and its network.
func (t Task) String() string {
	return fmt.Sprintf("%s: %v on %d samples, %v", t.Name, t.Model, t.Samples, t.Training)
}
