package gains

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
	"github.com/liegg/lab/liegg/symmetrise"
)

// Ways to use a symmetry.
const (
	Plain     = "plain"     // not at all
	Mean      = "mean"      // symmetrise.Network of the plain network
	Canonical = "canonical" // symmetrise.Canonical, trained on samples in canonical pose
	Augmented = "augmented" // trained on symmetrise.Augment
	Penalised = "penalty"   // trained with training.Penalty
)

// Symmetries that are used.
const (
	None  = "none"
	Found = "found"
)

// elements is the number of elements of a control that make a mean.
const elements = 16

// trial is one seed of a task.
type trial struct {
	Task
	seed        uint64
	train, test dataset.Samples
	angle       float64 // of the found algebra from the truth, in degrees
	report      func(Row) error
}

// Run measures the plain network and all uses of what was found and of the controls, from one seed,
// and reports each as soon as it is measured. It returns the errors of training, of what finds the
// symmetry, and of report.
func (t Task) Run(seed uint64, report func(Row) error) error {
	r := &trial{Task: t, seed: seed, report: report}
	var err error
	if r.train, err = t.draw(rand.New(rand.NewPCG(seed, 1)), t.Samples, false); err != nil {
		return err
	}
	if r.test, err = t.draw(rand.New(rand.NewPCG(seed, 2)), tested, true); err != nil {
		return err
	}
	plain, err := r.trained(r.train.Batches(t.Batch, seed), training.Penalty{})
	if err != nil {
		return err
	}
	found, angle, err := t.find(plain, r.train)
	if err != nil {
		return err
	}
	r.angle = lie.LargestAngle(found, t.Truth) * 180 / math.Pi
	if err := r.measured(plain, Plain, None); err != nil {
		return err
	}
	if err := r.useFound(plain, found, angle); err != nil {
		return err
	}
	for _, c := range t.Controls {
		if err := r.useControl(plain, c); err != nil {
			return err
		}
	}
	return nil
}

// useFound uses what was found in all four ways.
func (r *trial) useFound(plain *network.Network, found lie.Algebra, angle float64) error {
	group, err := symmetrise.Over(r.Action, found, angle, group.HaarSettings{Samples: r.Draws})
	if err != nil {
		return err
	}
	mean, err := symmetrise.Network(plain, group, network.Tensor(r.train.X))
	if err != nil {
		return err
	}
	if err := r.measured(mean, Mean, Found); err != nil {
		return err
	}
	frame, err := symmetrise.FrameOf(r.Action, found, angle)
	if err != nil {
		return err
	}
	canonical, err := frame.Samples(r.train)
	if err != nil {
		return err
	}
	posed, err := r.trained(canonical.Batches(r.Batch, r.seed), training.Penalty{})
	if err != nil {
		return err
	}
	if posed, err = symmetrise.Canonical(posed, frame, nil); err != nil {
		return err
	}
	if err := r.measured(posed, Canonical, Found); err != nil {
		return err
	}
	moved, err := symmetrise.Augment(r.train, group, r.Batch, r.seed)
	if err != nil {
		return err
	}
	return r.trainedWays(moved, r.Action, found, Found)
}

// useControl uses a control in the ways that there are for it: a range of a flow has no frame.
func (r *trial) useControl(plain *network.Network, c Control) error {
	group := symmetrise.OverRange(c.Action, c.Algebra.Basis()[0], c.Reach, elements)
	mean, err := symmetrise.Network(plain, group, network.Tensor(r.train.X))
	if err != nil {
		return err
	}
	if err := r.measured(mean, Mean, c.Name); err != nil {
		return err
	}
	moved, err := symmetrise.AugmentWithin(r.train, c.Action, c.Algebra, c.Reach, r.Batch, r.seed)
	if err != nil {
		return err
	}
	return r.trainedWays(moved, c.Action, c.Algebra, c.Name)
}

// trainedWays are the two that change the training.
func (r *trial) trainedWays(moved training.Source, a action.Action, algebra lie.Algebra, symmetry string) error {
	n, err := r.trained(moved, training.Penalty{})
	if err != nil {
		return err
	}
	if err := r.measured(n, Augmented, symmetry); err != nil {
		return err
	}
	penalty := training.Penalty{Weight: r.Weight, Action: a, Algebra: algebra}
	if n, err = r.trained(r.train.Batches(r.Batch, r.seed), penalty); err != nil {
		return err
	}
	return r.measured(n, Penalised, symmetry)
}

// trained trains a network; all of a seed begin with the same weights.
func (r *trial) trained(source training.Source, p training.Penalty) (*network.Network, error) {
	s := r.Training
	s.Seed, s.Penalty, s.Quiet = r.seed, p, true
	return training.Cached(r.Model, s, source, nil)
}

// measured reports a network.
func (r *trial) measured(n *network.Network, method, symmetry string) error {
	row := Row{Task: r.Name, Samples: r.Samples, Seed: r.seed, Method: method, Symmetry: symmetry, Angle: r.angle}
	var err error
	if row.Error, err = r.misfit(n, r.test); err != nil {
		return fmt.Errorf("gains: %v: %w", row, err)
	}
	if row.Defect, err = r.defect(n, r.test); err != nil {
		return fmt.Errorf("gains: %v: %w", row, err)
	}
	return r.report(row)
}
