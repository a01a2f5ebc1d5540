// Package setup prepares what notebooks need, in steps, in one private folder: JupyterLab, GoNB, the XLA
// plugin, MNIST, warm packages, and the kernel's entry in Jupyter. It knows that folder and the backends.
package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/liegg/lab/kernel/internal/system"
)

// A step prepares one thing. It runs again only if its key has changed or its
// result is gone.
type step struct {
	Name  string
	about string   // shown while it runs, with the download size
	needs []string // steps that come before
	// shared says that all checkouts use one result.
	shared bool
	// edition, if set, distinguishes a shared result from those that other
	// checkouts have made of the same step. Each has a folder of its own.
	edition string
	// optional says that lab and run continue without it, with a note.
	optional bool
	// made returns the path whose existence shows that the step was done.
	Made func(p Paths) string
	// folder, if set, returns the folder of all that the step lays, of which
	// Made is a part.
	folder func(p Paths) string
	// sound returns an error that says which part of the result is damaged or
	// missing. Unless all is set, it must be fast enough for every start. nil
	// means that the existence of made is enough.
	sound func(p Paths, all bool) error
	// key returns a digest of everything that the result depends on.
	key func(p Paths) (string, error)
	do  func(ctx context.Context, p Paths, say *Progress) error
}

// Steps returns all steps, each after those that it needs.
func Steps() []step {
	return []step{pythonStep(), toolsStep(), xlaStep(), mnistStep(), cudaStep(), patchStep(), warmStep(), jupyterStep(), GoplsStep()}
}

// UsualSteps are what lab and run need.
var UsualSteps = []string{"python", "tools", "xla", "mnist", "warm", "jupyter"}

// StepNames returns the names of all steps, in order.
func StepNames() (names []string) {
	for _, s := range Steps() {
		names = append(names, s.Name)
	}
	return names
}

// Prepare does the named steps and those that they need, unless they are
// already done. With insist, optional steps must succeed, and one that has
// failed before is tried again.
func Prepare(ctx context.Context, p Paths, say *Progress, names []string, insist bool) error {
	if err := p.claim(); err != nil {
		return err
	}
	wanted := withNeeds(names)
	todo, err := pending(p, wanted, insist, names)
	if err != nil || len(todo) == 0 {
		return err
	}
	if err := p.mayPrepare(todo); err != nil {
		return err
	}
	if err := needGo(); err != nil {
		return err
	}
	unlock, err := system.LockFile(ctx, p.Lock(), func() { say.Line("waiting for another preparation to finish") })
	if err != nil {
		return err
	}
	defer unlock()
	sweepUnfinished(p)
	todo, err = pending(p, wanted, insist, names) // the other preparation may have done it
	if err != nil {
		return err
	}
	for i, s := range todo {
		if err := s.run(ctx, p, say, i, len(todo), insist && slices.Contains(names, s.Name)); err != nil {
			return err
		}
	}
	return nil
}

func (s step) run(ctx context.Context, p Paths, say *Progress, i, n int, insist bool) error {
	key, err := s.key(p)
	if err != nil {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	if state, err := s.State(p); err == nil && state == StateDamaged {
		os.Remove(s.Made(p)) // nobody may use it, even if it cannot be made again
	}
	os.Remove(s.stamp(p))
	done := say.step(i+1, n, s.Name, s.about)
	if err = s.do(ctx, p, say); err == nil {
		err = s.Damage(p, false)
	}
	done(err, s.laid(p))
	switch {
	case err == nil:
		return system.WriteAtomically(s.stamp(p), []byte(key), 0o600)
	case ctx.Err() != nil:
		return ctx.Err()
	case s.optional && !insist:
		say.Line("%s: %v\n  continuing without it; go run ./kernel prepare %s tries again", s.Name, err, s.Name)
		return system.WriteAtomically(s.stamp(p), []byte(failed+key), 0o600)
	}
	return fmt.Errorf("preparing %s: %w", s.Name, err)
}

// laid returns the path of all that the step lays.
func (s step) laid(p Paths) string {
	if s.folder != nil {
		return s.folder(p)
	}
	return s.Made(p)
}

// failed precedes the key in the stamp of an optional step that failed, so
// that it costs no time and no network at every start.
const failed = "failed "

// pending returns the steps among wanted that are not done.
func pending(p Paths, wanted []step, insist bool, insisted []string) (todo []step, err error) {
	for _, s := range wanted {
		state, err := s.State(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Name, err)
		}
		retry := state == StateFailed && insist && slices.Contains(insisted, s.Name)
		if state == StateMissing || state == StateDamaged || retry {
			todo = append(todo, s)
		}
	}
	return todo, nil
}

type stepState int

const (
	StateMissing stepState = iota
	StateFailed            // optional, tried and failed
	StateDamaged           // was done, but the result has changed since
	StateDone
)

// State returns how far the step has come, without a look at large files.
func (s step) State(p Paths) (stepState, error) {
	key, err := s.key(p)
	if err != nil {
		return StateMissing, err
	}
	stamp, err := os.ReadFile(s.stamp(p))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return StateMissing, nil
	case err != nil:
		return StateMissing, err
	case string(stamp) == failed+key:
		return StateFailed, nil
	case string(stamp) != key:
		return StateMissing, nil
	}
	if s.Damage(p, false) != nil {
		return StateDamaged, nil
	}
	if _, err := os.Stat(s.Made(p)); err != nil {
		return StateMissing, nil
	}
	return StateDone, nil
}

// Damage returns what is damaged of the step's result, nil if nothing is.
func (s step) Damage(p Paths, all bool) error {
	if s.sound == nil {
		return nil
	}
	return s.sound(p, all)
}

func (s step) stamp(p Paths) string {
	if s.shared && s.edition != "" {
		return filepath.Join(p.Cache, "stamp", s.Name+"-"+s.edition)
	}
	if s.shared {
		return filepath.Join(p.Cache, "stamp", s.Name)
	}
	return filepath.Join(p.checkoutFolder(), "stamp", s.Name)
}

// withNeeds returns the named steps and all that they need, in order.
func withNeeds(names []string) (chosen []step) {
	all := Steps()
	want := map[string]bool{}
	for _, name := range names {
		want[name] = true
	}
	for i := len(all) - 1; i >= 0; i-- {
		if want[all[i].Name] {
			for _, need := range all[i].needs {
				want[need] = true
			}
		}
	}
	for _, s := range all {
		if want[s.Name] {
			chosen = append(chosen, s)
		}
	}
	return chosen
}
