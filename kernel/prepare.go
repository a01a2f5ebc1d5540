package main

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
	name  string
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
	made func(p paths) string
	// sound returns an error that says which part of the result is damaged or
	// missing. Unless all is set, it must be fast enough for every start. nil
	// means that the existence of made is enough.
	sound func(p paths, all bool) error
	// key returns a digest of everything that the result depends on.
	key func(p paths) (string, error)
	do  func(ctx context.Context, p paths, say *progress) error
}

// steps returns all steps, each after those that it needs.
func steps() []step {
	return []step{pythonStep(), toolsStep(), xlaStep(), mnistStep(), cudaStep(), patchStep(), warmStep(), jupyterStep(), goplsStep()}
}

// usualSteps are what lab and run need.
var usualSteps = []string{"python", "tools", "xla", "mnist", "warm", "jupyter"}

func stepNames() (names []string) {
	for _, s := range steps() {
		names = append(names, s.name)
	}
	return names
}

// prepare does the named steps and those that they need, unless they are
// already done. With insist, optional steps must succeed, and one that has
// failed before is tried again.
func prepare(ctx context.Context, p paths, say *progress, names []string, insist bool) error {
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
	unlock, err := system.LockFile(ctx, p.lock(), func() { say.line("waiting for another preparation to finish") })
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
		if err := s.run(ctx, p, say, i, len(todo), insist && slices.Contains(names, s.name)); err != nil {
			return err
		}
	}
	return nil
}

func (s step) run(ctx context.Context, p paths, say *progress, i, n int, insist bool) error {
	key, err := s.key(p)
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	if state, err := s.state(p); err == nil && state == stateDamaged {
		os.Remove(s.made(p)) // nobody may use it, even if it cannot be made again
	}
	os.Remove(s.stamp(p))
	done := say.step(i+1, n, s.name, s.about)
	if err = s.do(ctx, p, say); err == nil {
		err = s.damage(p, false)
	}
	done(err, s.made(p))
	switch {
	case err == nil:
		return system.WriteAtomically(s.stamp(p), []byte(key), 0o600)
	case ctx.Err() != nil:
		return ctx.Err()
	case s.optional && !insist:
		say.line("%s: %v\n  continuing without it; go run ./kernel prepare %s tries again", s.name, err, s.name)
		return system.WriteAtomically(s.stamp(p), []byte(failed+key), 0o600)
	}
	return fmt.Errorf("preparing %s: %w", s.name, err)
}

// failed precedes the key in the stamp of an optional step that failed, so
// that it costs no time and no network at every start.
const failed = "failed "

// pending returns the steps among wanted that are not done.
func pending(p paths, wanted []step, insist bool, insisted []string) (todo []step, err error) {
	for _, s := range wanted {
		state, err := s.state(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		retry := state == stateFailed && insist && slices.Contains(insisted, s.name)
		if state == stateMissing || state == stateDamaged || retry {
			todo = append(todo, s)
		}
	}
	return todo, nil
}

type stepState int

const (
	stateMissing stepState = iota
	stateFailed            // optional, tried and failed
	stateDamaged           // was done, but the result has changed since
	stateDone
)

func (s step) state(p paths) (stepState, error) {
	key, err := s.key(p)
	if err != nil {
		return stateMissing, err
	}
	stamp, err := os.ReadFile(s.stamp(p))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return stateMissing, nil
	case err != nil:
		return stateMissing, err
	case string(stamp) == failed+key:
		return stateFailed, nil
	case string(stamp) != key:
		return stateMissing, nil
	}
	if s.damage(p, false) != nil {
		return stateDamaged, nil
	}
	if _, err := os.Stat(s.made(p)); err != nil {
		return stateMissing, nil
	}
	return stateDone, nil
}

// damage returns what is damaged of the step's result, nil if nothing is.
func (s step) damage(p paths, all bool) error {
	if s.sound == nil {
		return nil
	}
	return s.sound(p, all)
}

func (s step) stamp(p paths) string {
	if s.shared && s.edition != "" {
		return filepath.Join(p.Cache, "stamp", s.name+"-"+s.edition)
	}
	if s.shared {
		return filepath.Join(p.Cache, "stamp", s.name)
	}
	return filepath.Join(p.checkoutFolder(), "stamp", s.name)
}

// withNeeds returns the named steps and all that they need, in order.
func withNeeds(names []string) (chosen []step) {
	all := steps()
	want := map[string]bool{}
	for _, name := range names {
		want[name] = true
	}
	for i := len(all) - 1; i >= 0; i-- {
		if want[all[i].name] {
			for _, need := range all[i].needs {
				want[need] = true
			}
		}
	}
	for _, s := range all {
		if want[s.name] {
			chosen = append(chosen, s)
		}
	}
	return chosen
}
