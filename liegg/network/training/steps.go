package training

import (
	"fmt"
	"iter"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/devicefault"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network"
)

// stepper is the graph code of one optimiser step on a batch. It updates the variables of the
// store and returns the loss, one number for each network.
type stepper func(scope *model.Scope, x, y *Node) (loss *Node)

// steps is a program that takes optimiser steps, several in one call: a step of a small
// network takes less time than a call.
type steps struct {
	exec *model.Exec
	feed *feed
	// looks is the number of steps between looks at the variables.
	looks int
	// taken is the number of steps that were already taken.
	taken int
	// paused, if not nil, is called after each call of the program, once all of its losses
	// were looked at. The variables are then in the state after step steps, and the source is
	// at position next. An error ends the run. When the channel is closed, paused is called
	// again soon, even if no batch comes.
	paused func(step int, next position) (asked <-chan struct{}, err error)
}

// loopLimits limits the steps that a device takes in a loop.
type loopLimits struct {
	step  int // largest size of a batch, in bytes
	steps int // largest size of all batches in a loop, in bytes
}

// A loop of steps runs on one core, so it is only faster for steps too small to share. On a
// GPU, starting a program costs as much as a million numbers.
var (
	coreLoops = loopLimits{step: 1 << 19, steps: 1 << 22}
	gpuLoops  = loopLimits{step: 1 << 25, steps: 1 << 26}
)

// mostSteps is the largest number of steps in a call.
const mostSteps = 256

// newSteps makes the program of a step. It finds the variables that the step needs in the
// store, or creates them there.
func newSteps(backend compute.Backend, store *model.Store, f *feed, step stepper, looks int) (*steps, error) {
	if keepsSamples(backend) {
		var err error
		if f, step, err = resident(store, f, step); err != nil {
			return nil, err
		}
	}
	f.most = f.stepsInCall(backend, len(f.sources), looks)
	loop, err := step.loop(backend, store, f)
	if err != nil {
		return nil, err
	}
	program := loop.graph
	if f.most == 1 {
		program = func(scope *model.Scope, x, y, _ *Node) *Node { return ExpandAxes(step(scope, x, y), 0) }
	}
	exec, err := model.NewExec(backend, store, func(scope *model.Scope, x, y, count *Node) *Node {
		defer graphpanic.WithError()
		return program(scope, x, y, count)
	})
	return &steps{exec: exec, feed: f, looks: looks}, err
}

// stepsInCall returns the number of steps in a call for so many networks: one for large
// batches, otherwise a number such that looks fall between calls.
func (f *feed) stepsInCall(backend compute.Backend, networks, looks int) int {
	can := backend.Capabilities()
	if !can.Functions || !can.Operations[compute.OpTypeDynamicSlice] {
		return 1
	}
	limits, bytes := coreLoops, networks*int(f.x.ByteSize())
	if network.OnGPU(backend) {
		limits = gpuLoops
	}
	if bytes > limits.step {
		return 1
	}
	most := min(limits.steps/bytes, mostSteps)
	calls := (looks + most - 1) / most
	return (looks + calls - 1) / calls
}

// takeFrom switches to the batches of another feed of the same shapes.
func (s *steps) takeFrom(f *feed) {
	f.most = s.feed.most
	s.feed = f
}

// counts yields the numbers of steps of the calls. No call continues beyond a look.
func (s *steps) counts(all int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for done := s.taken; done < all; {
			count := min(s.feed.most, all-done, s.looks-done%s.looks)
			if !yield(count) {
				return
			}
			done += count
		}
	}
}

// run takes all steps, and calls look with the losses of each step, one for each network,
// until a look returns false or fails.
func (s *steps) run(all int, look func(step int, losses []float64) (goOn bool, err error)) error {
	blocks, stop := s.feed.blocks(s.counts(all))
	defer stop()
	step, next := s.taken, s.feed.begin
	var asked <-chan struct{}
	for {
		select {
		case <-asked:
			_, err := s.paused(step, next)
			return err
		case b, more := <-blocks:
			if !more {
				return nil
			}
			goOn, err := s.pass(b, step, look)
			if err != nil || !goOn {
				return err
			}
			step, next = step+b.count, b.after
			if s.paused == nil {
				continue
			}
			if asked, err = s.paused(step, next); err != nil {
				return err
			}
		}
	}
}

// pass takes the steps of a block, which follow the given one, and looks at their losses.
func (s *steps) pass(b block, step int, look func(step int, losses []float64) (goOn bool, err error)) (goOn bool, err error) {
	losses, err := s.take(b)
	if err != nil {
		return false, err
	}
	for goOn = true; goOn && len(losses) > 0; losses = losses[len(s.feed.sources):] {
		step++
		if goOn, err = look(step, losses[:len(s.feed.sources)]); err != nil {
			return false, err
		}
	}
	return goOn, nil
}

// take takes the steps of a block and returns their losses.
func (s *steps) take(b block) ([]float64, error) {
	defer s.feed.giveBack(b)
	if b.err != nil {
		return nil, b.err
	}
	result, err := s.exec.Call1(b.x, b.y, int32(b.count))
	if err != nil {
		return nil, devicefault.Explained(fmt.Errorf("training: training on %q failed: %w", s.feed.sources[0].Name(), graphpanic.Cause(err)))
	}
	defer tensor.Finalize(result)
	losses, err := dataset.Values(result)
	if err != nil {
		return nil, err
	}
	return losses[:b.count*len(s.feed.sources)], nil
}

func (s *steps) finalize() {
	if s != nil && s.exec != nil {
		s.exec.Finalize()
	}
}
