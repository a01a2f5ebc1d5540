package training

import (
	"context"
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"golang.org/x/sync/errgroup"

	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/network"
)

// Member is one of several networks of one shape that are trained together.
type Member struct {
	// Seed draws the initial weights, as Settings.Seed does for Train.
	Seed uint64
	// Source gives its own batches, alike in shape and type to those of the others.
	Source Source
	// Start is an network.MLP, trained before, from which it goes on: hidden layers begin as
	// those of Start, as far as there are any, and so does the output where Start has
	// as many. Layers that Start lacks are drawn from the seed. nil begins afresh.
	Start *network.Network
}

// Trained is what became of a member: a network, or the *DivergedError that stands
// for it.
type Trained struct {
	*network.Network
	Err error
}

// Together trains MLPs of one shape in one compiled program: many seeds for the
// price of few. Each member sees its own batches, and none sees another: its weights
// are those of Train with the same seed and source, up to rounding, and a member that
// diverges leaves the rest alone.
//
// On a GPU all members take each step at once, their weights stacked along a leading
// axis. On CPUs, whose caches hold one network and not many, the program takes member
// after member, and small ones run side by side, as many as there are cores: Sources
// are then ranged over at the same time.
//
// Layers are the numbers of those that are trained, hidden ones from 0 and the
// output last; the rest keep the weights they begin with. Without any, all are
// trained.
//
// Settings.Seed has no say, and no progress is shown. It panics without members, for
// layers that there are not, and for Settings.Best, as there are no validation
// samples. The error is one that concerns all: those that Train has for a source, sources
// that differ in shape, a Start that does not fit.
func Together(m network.MLP, t Settings, members []Member, layers ...int) ([]Trained, error) {
	t = t.withDefaults(false)
	m.Check()
	checkMembers(m, members, layers)
	backend, err := network.Backend()
	if err != nil {
		return nil, err
	}
	size := 1
	if network.OnGPU(backend) {
		size = len(members)
	}
	return trainInGroups(m, backend, t, members, layers, size)
}

// trainInGroups trains groups of so many members, each group in one call of a program.
func trainInGroups(m network.MLP, backend compute.Backend, t Settings, members []Member, layers []int, size int) ([]Trained, error) {
	batches, err := newFeed(backend, sources(members), true, t.wanted(m.Outputs))
	if err != nil {
		return nil, err
	}
	trained := make([]Trained, len(members))
	groups := make(chan int, len(members))
	for from := 0; from < len(members); from += size {
		groups <- from
	}
	close(groups)
	sideBySide := 1
	if batches.stepsInCall(backend, size, t.Steps) > 1 { // a loop runs on one core
		sideBySide = min(t.Cores, len(groups))
	}
	workers, ctx := errgroup.WithContext(context.Background())
	for i := range sideBySide {
		workers.Go(func() (err error) {
			defer graphpanic.Catch(&err)
			own := backend
			if i > 0 { // XLA takes no two loops of a client at once
				if own, err = network.NewBackend(); err != nil {
					return err
				}
				defer own.Finalize()
			}
			f := &jointFit{Settings: t, mlp: m, layers: layers, backend: own}
			defer f.finalize()
			for from := range groups {
				if ctx.Err() != nil {
					return nil // another one says why
				}
				to := min(from+size, len(members))
				if err := f.train(members[from:to], batches.part(own, from, to), trained[from:to]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := workers.Wait(); err != nil {
		return nil, err
	}
	for i := range trained {
		if trained[i].Network != nil {
			trained[i].Backend = backend
		}
	}
	return trained, nil
}

// checkMembers panics where the arguments of Together name nothing.
func checkMembers(m network.MLP, members []Member, layers []int) {
	if len(members) == 0 {
		panic("training: Together: members is empty")
	}
	for i, member := range members {
		if member.Source == nil {
			panic(fmt.Sprintf("training: Together: members[%d].Source is nil", i))
		}
	}
	for _, l := range layers {
		if l < 0 || l > len(m.Hidden) {
			panic(fmt.Sprintf("training: Together: layers must lie in 0…%d, got %v", len(m.Hidden), layers))
		}
	}
}

// sources are those of the members.
func sources(members []Member) []Source {
	s := make([]Source, len(members))
	for i, m := range members {
		s[i] = m.Source
	}
	return s
}

// trains says whether a layer is among those that are trained.
func trains(layers []int, layer int) bool { return len(layers) == 0 || slices.Contains(layers, layer) }
