package sweep

import (
	"fmt"
	"slices"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

// task is something to learn, with the symmetry of its data.
type task interface {
	// sizes returns the sizes of the network.
	sizes() sizes
	// most is the largest number of training samples, and fresh the largest
	// number of samples on which symmetries can be measured.
	most() int
	fresh() int
	// loss is the loss that training minimises.
	loss() training.Loss
	// allows returns an error if a regime is impossible for this task.
	allows(r Regime) error

	// action says how the candidates move an input, and head what is required
	// of outputs.
	action() action.Action
	head() network.Head
	// dim is the number of generators to be found, and shown the algebra to
	// which angles are measured.
	dim() int
	shown() lie.Algebra
	// angles returns the principal angles, in radians, between shown and the
	// generators of smallest singular value.
	angles(s *liegg.Spectrum) []float64

	// lesson draws training data.
	lesson(d draw) (lesson, error)
}

// sizes are the numbers of inputs and outputs of a network.
type sizes struct{ inputs, outputs int }

// draw says which training data to draw.
type draw struct {
	seed, stream   uint64 // of the samples
	samples, batch int
	augment, noise float64
}

// lesson is what one network learns from and is tested on.
type lesson interface {
	// source returns the batches.
	source() training.Source
	// test measures a network that was trained on source, on fresh samples:
	// mean loss, and R² or accuracy.
	test(n *network.Network, seed uint64) (loss, fit float64, err error)
	// measured returns the network in the units in which symmetries are
	// measured, and n fresh inputs for it.
	measured(net *network.Network, seed uint64, n int) (*network.Network, network.Inputs, error)
}

// Streams of random numbers of one seed.
const (
	streamTraining = iota + 1
	streamNoise
	streamTest
	streamJudge
	streamPretraining
	streamAugment
)

// Tasks returns the names of the tasks. "o5" is the paper's regression,
// "digits" are MNIST digits, each rotated once by a random angle, and
// "upright" the same digits unrotated, the control for "digits". The others
// are the cases of package groundtruth, except those whose outputs move with
// the inputs.
func Tasks() []string {
	names := []string{"o5", "digits", "upright"}
	for _, c := range groundtruth.All() {
		if c.Outputs == nil {
			names = append(names, c.Name)
		}
	}
	return names
}

func taskNamed(name string) (task, error) {
	switch name {
	case "o5":
		return o5Task(), nil
	case "digits":
		return digits{turned: true}, nil
	case "upright":
		return digits{}, nil
	}
	c, err := groundtruth.ByName(name)
	if err != nil || c.Outputs != nil {
		return nil, fmt.Errorf("sweep: no task %q; there are %q", name, Tasks())
	}
	return caseTask(c), nil
}

// degrees returns angles in degrees, ascending.
func degrees(radians []float64) []float64 {
	angles := make([]float64, len(radians))
	for i, a := range radians {
		angles[i] = a * degree
	}
	slices.Sort(angles)
	return angles
}
