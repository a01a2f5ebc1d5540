package gains

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/lie"
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
	False = "shear" // the control
)

// reach is how far the shear goes, to about where it leaves the data: |t| ≤ reach of exp(tS), of
// which elements make a mean.
const (
	reach    = 1
	elements = 16
)

// trial is one seed of a task.
type trial struct {
	Task
	seed        uint64
	train, test dataset.Samples
	angle       float64 // of the found algebra from the truth, in degrees
	report      func(Row) error
}

// Run measures the plain network and all uses of both symmetries, from one seed, and reports each
// as soon as it is measured. It returns the errors of training, of what finds the symmetry, and of
// report.
func (t Task) Run(seed uint64, report func(Row) error) error {
	r := &trial{Task: t, seed: seed, report: report}
	var err error
	if r.train, err = t.draw(rand.New(rand.NewPCG(seed, 1)), t.Samples); err != nil {
		return err
	}
	if r.test, err = t.draw(rand.New(rand.NewPCG(seed, 2)), tested); err != nil {
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
	return r.useShear(plain)
}

// useFound uses what was found in all four ways.
func (r *trial) useFound(plain *network.Network, found lie.Algebra, angle float64) error {
	group, err := symmetrise.Over(r.Action, found, angle, lie.HaarSettings{Samples: r.Draws})
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
	return r.trainedWays(moved, found, Found)
}

// useShear uses the shear in the ways that there are for it: it has no frame.
func (r *trial) useShear(plain *network.Network) error {
	shear := r.Shear.Basis()[0]
	mean, err := symmetrise.Network(plain, symmetrise.OverRange(r.Action, shear, reach, elements), nil)
	if err != nil {
		return err
	}
	if err := r.measured(mean, Mean, False); err != nil {
		return err
	}
	moved, err := symmetrise.AugmentWithin(r.train, r.Action, r.Shear, reach, r.Batch, r.seed)
	if err != nil {
		return err
	}
	return r.trainedWays(moved, r.Shear, False)
}

// trainedWays are the two that change the training.
func (r *trial) trainedWays(moved training.Source, algebra lie.Algebra, symmetry string) error {
	n, err := r.trained(moved, training.Penalty{})
	if err != nil {
		return err
	}
	if err := r.measured(n, Augmented, symmetry); err != nil {
		return err
	}
	penalty := training.Penalty{Weight: r.Weight, Action: r.Action, Algebra: algebra}
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
