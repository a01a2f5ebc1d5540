package training

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/gomlx/gomlx/core/tensors"
)

// keeper stores a training at intervals, so that an interrupted one can continue.
type keeper struct {
	path   string
	asked  <-chan struct{} // closed when a signal asks to store; nil until there is something to store
	at     int             // step at which it was last stored
	stored time.Time       // time at which it was last stored
	took   time.Duration   // how long that took
	failed bool
}

// A training is stored at these intervals in case its process is killed, but for at most a
// fiftieth of the time.
const (
	keepEvery = 10 * time.Second
	keepShare = 50
)

// resume continues a stored training, if there is one.
func (k *keeper) resume(f *fit) {
	if k == nil {
		return
	}
	k.stored = time.Now()
	u, err := readUnfinished(k.path)
	if err == nil {
		err = f.resume(u)
	}
	k.at = f.taken
	switch {
	case err == nil && !f.Quiet:
		warn("training: training goes on from step %d of %d, where it was stored", f.taken, f.Steps)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		warn("the stored training in %s cannot be used (%v): it begins anew", k.path, err)
	}
}

// keep stores a training if it is time, or if why or a signal ends it. The error is why, or
// an *InterruptedError.
func (k *keeper) keep(f *fit, why error) error {
	if f.taken == f.Steps {
		return why
	}
	if k.asked == nil {
		k.asked = interrupts.begin()
	}
	interrupted := isClosed(k.asked)
	if why == nil && !interrupted && time.Since(k.stored) < max(keepEvery, keepShare*k.took) {
		return nil
	}
	var err error
	if f.taken > k.at {
		err = k.store(f)
	}
	if !interrupted {
		return why
	}
	f.progress.Done()
	stopped := &InterruptedError{Step: f.taken, Steps: f.Steps, Err: err}
	warn("%v", stopped)
	return stopped
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// store writes the training, and warns once if that fails.
func (k *keeper) store(f *fit) error {
	begun := time.Now()
	u, err := f.unfinished()
	if err == nil {
		err = u.write(k.path)
	}
	k.stored = time.Now()
	k.took = k.stored.Sub(begun)
	if err == nil {
		k.at = f.taken
	} else if !k.failed {
		k.failed = true
		warn("the training cannot be stored on its way, and would be lost if it were interrupted: %v", err)
	}
	return err
}

// end lets signals take effect again.
func (k *keeper) end() {
	if k.asked != nil {
		interrupts.end()
	}
}

// remove deletes the stored training once it has ended.
func (k *keeper) remove() { os.Remove(k.path) }

// unfinished returns the present state of the training.
func (f *fit) unfinished() (u *unfinished, err error) {
	u = &unfinished{Step: f.taken, Next: f.next, Sum: f.sum, Summed: f.summed, Best: f.best, History: f.network.History}
	if u.Variables, err = stateOf(f.network.Store); err != nil {
		return nil, err
	}
	for _, path := range slices.Sorted(maps.Keys(f.kept)) {
		u.Kept = append(u.Kept, variable{Path: path, value: f.kept[path]})
	}
	return u, nil
}

// resume continues from a stored state. It returns an error if the state belongs to another
// training, and leaves f unchanged.
func (f *fit) resume(u *unfinished) error {
	if u.Step < 1 || u.Step >= f.Steps {
		return fmt.Errorf("it is at step %d of %d", u.Step, f.Steps)
	}
	store, err := restored(u.Variables, f.network.Store)
	if err != nil {
		return err
	}
	f.network.Store, f.network.History = store, u.History
	f.taken, f.next, f.sum, f.summed, f.best = u.Step, u.Next, u.Sum, u.Summed, u.Best
	if len(u.Kept) > 0 {
		f.kept = map[string]*tensors.Tensor{}
	}
	for _, v := range u.Kept {
		f.kept[v.Path] = v.value
	}
	return nil
}

// warn reports a problem that is not an error of the call.
func warn(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
}
