// Package laws measures which conservation laws networks have learned from velocities, and how well
// the quantities that are found stay along the trajectories of the learned Hamiltonian.
package laws

import (
	"slices"

	"github.com/liegg/lab/liegg/dynamics"
	"github.com/liegg/lab/liegg/network"
)

// Streams of random numbers of a seed.
const (
	streamTrain = iota + 1
	streamJudge
	streamFollow
)

const (
	judged   = 8000 // states
	followed = 1000 // states that trajectories start from and are compared with
)

// Run trains a network and measures its laws.
func (t Task) Run(seed uint64) (r Row, err error) {
	r = Row{Task: t.Name, Seed: seed, Samples: t.Samples, Steps: t.Steps}
	n, err := t.Learn(seed)
	if err != nil {
		return r, err
	}
	defer n.Store.Finalize()
	states := t.states(seed, streamJudge, judged)
	if r.Misfit, err = t.misfit(n, states); err != nil {
		return r, err
	}
	laws, err := dynamics.Conserved(n, dynamics.Monomials(t.Degree, t.Names...), states, network.Settings{})
	if err != nil {
		return r, err
	}
	r.take(laws)
	if len(laws.Quantities) == 0 {
		return r, nil
	}
	d, err := dynamics.Follow(n, laws.Quantities, t.states(seed, streamFollow, followed), dynamics.DriftSettings{Seed: seed})
	if err != nil {
		return r, err
	}
	r.Drift, r.Random, r.Time = slices.Max(d.Of), d.Random, d.Time
	return r, nil
}
