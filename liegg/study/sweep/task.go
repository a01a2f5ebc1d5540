package sweep

import (
	"fmt"
	"slices"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

// task is something to learn, with the symmetry that its data have.
type task interface {
	// sizes are those of the network.
	sizes() sizes
	// most is the largest number of training samples, fresh that of samples on
	// which symmetries can be measured.
	most() int
	fresh() int
	// loss is what its training makes small.
	loss() network.Loss
	// allows says what is impossible about a regime for this task.
	allows(r Regime) error

	// action is how the candidates move an input, head what is asked of outputs.
	action() action.Action
	head() network.Head
	// dim is the number of generators that there are to be found, and shown the
	// algebra that angles are measured to.
	dim() int
	shown() lie.Algebra
	// angles are the principal angles, in radians, between shown and the
	// generators of smallest singular value.
	angles(s *liegg.Spectrum) []float64

	// lesson draws training data.
	lesson(d draw) (lesson, error)
}

// sizes are the numbers of inputs and outputs of a network.
type sizes struct{ inputs, outputs int }

// draw says which training data.
type draw struct {
	seed, stream   uint64 // of the samples
	samples, batch int
	augment, noise float64
}

// lesson is what one network learns from and is tested on.
type lesson interface {
	// source gives the batches.
	source() network.Source
	// test measures a network that has learned from source on fresh samples: mean
	// loss, and R² or accuracy.
	test(n *network.Network, seed uint64) (loss, fit float64, err error)
	// measured is the network in the units in which symmetries are measured, and n
	// fresh inputs for it.
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

// Tasks are the names of the tasks: "o5" is the paper's regression, "digits" are
// MNIST digits, each turned once by a random angle, "upright" the same unturned, the
// control for "digits"; the others are the cases of package groundtruth, but for
// those whose outputs move with the inputs.
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

// degrees are angles in degrees, ascending.
func degrees(radians []float64) []float64 {
	angles := make([]float64, len(radians))
	for i, a := range radians {
		angles[i] = a * degree
	}
	slices.Sort(angles)
	return angles
}
