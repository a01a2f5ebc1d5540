package training

import (
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/ml/train"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// stopping is a Watch that ends the training at a step, with its own error.
func stopping(at int) (watch func(step int) error, stop error) {
	stop = errors.New("enough for today")
	return func(step int) error {
		if step >= at {
			return stop
		}
		return nil
	}, stop
}

// plain is a source of which Train knows nothing but the interface.
type plain struct{ Source }

// sameNetworks fails unless two trainings came to the same bits, by the same way.
func sameNetworks(t *testing.T, got, want *network.Network) {
	t.Helper()
	for v := range want.Store.IterVariables() {
		own := got.Store.GetVariable(v.Path())
		if own == nil || !ok(own.Value())(t).Equal(ok(v.Value())(t)) {
			t.Errorf("%s differs from the training that was not interrupted", v.Path())
		}
	}
	if !slices.EqualFunc(got.History, want.History, samePoint) {
		t.Errorf("the history is %v, want %v", got.History, want.History)
	}
}

// An interrupted training continues to exactly the same network as without the interruption: with an
// optimiser that has a memory, a schedule, an order of the data, and a best look before the
// interruption.
func TestInterruptedTrainingGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	parts, _ := o5(t, 11, 230, 200)
	schedule := Settings{Steps: 150, LearningRate: 3e-3, Cosine: true, L2: 1e-3, Decay: 1e-2, Validate: 30, Quiet: true}
	overfits := Settings{Steps: 150, LearningRate: 3e-2, Best: true, Validate: 30, Quiet: true}
	digits := dataset.Digits{Height: 4, Width: 4, Pixels: make([]float32, 40*16), Labels: make([]uint8, 40)}
	for i := range digits.Pixels {
		digits.Pixels[i], digits.Labels[i/16] = rand.New(rand.NewPCG(3, uint64(i))).Float32(), uint8(i/16%3)
	}
	classes := schedule
	classes.Loss = CrossEntropy
	for name, c := range map[string]struct {
		m          network.Model
		t          Settings
		source     Source
		validation *dataset.Samples
		resident   bool // samples lie beside the network, as on a GPU
	}{
		"batches":       {small, schedule, parts[0].Batches(50, 1), nil, false},
		"best look":     {small, overfits, parts[0].Batches(50, 1), &parts[1], false},
		"other sources": {small, schedule, plain{parts[0].Batches(50, 1)}, &parts[1], false},
		"digits":        {network.MLP{Hidden: []int{8}, Outputs: 3}, classes, dataset.NewFreshRotations(digits, 8, 1), nil, false},
		"resident":      {small, schedule, parts[0].Batches(50, 1), &parts[1], true},
	} {
		t.Run(name, func(t *testing.T) {
			defer func(before func(compute.Backend) bool) { keepsSamples = before }(keepsSamples)
			keepsSamples = func(compute.Backend) bool { return c.resident }
			cache := t.TempDir()
			t.Setenv("LIEGG_CACHE", cache)
			c.t.Watch = func(int) error { return nil } // so that both runs take as many steps in a call
			want := ok(Train(c.m, c.t, c.source, c.validation))(t)
			interrupted := c.t
			var stop error
			for _, at := range []int{60, 90} { // an epoch has 4 or 5 batches: these are in the midst of one
				interrupted.Watch, stop = stopping(at)
				if _, err := Cached(c.m, interrupted, c.source, c.validation); !errors.Is(err, stop) {
					t.Fatalf("interrupted by Watch: %v", err)
				}
				u := ok(readUnfinished(ok(filepath.Glob(filepath.Join(cache, "trainings", "*"+unfinishedSuffix)))(t)[0]))(t)
				for _, v := range u.Variables {
					if strings.Contains(v.Path, scopeSamples) {
						t.Errorf("%s is stored, too", v.Path)
					}
				}
			}
			first := 0
			c.t.Watch = func(step int) error {
				if first == 0 {
					first = step
				}
				return nil
			}
			sameNetworks(t, ok(Cached(c.m, c.t, c.source, c.validation))(t), want)
			if first != 120 {
				t.Errorf("the training went on to step %d at first, want 120", first)
			}
			if left := ok(filepath.Glob(filepath.Join(cache, "trainings", "*"+unfinishedSuffix)))(t); len(left) > 0 {
				t.Errorf("%q is left", left)
			}
		})
	}
}

// What is stored now and then is enough to go on, as after SIGKILL.
func TestTrainingIsStoredOnItsWay(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	parts, _ := o5(t, 12, 200)
	source := parts[0].Batches(50, 1)
	recipe := Settings{Steps: 200, LearningRate: 3e-3, Validate: 10, Quiet: true}
	want := ok(Train(small, recipe, source, nil))(t)
	k := &keeper{path: filepath.Join(t.TempDir(), "some"+unfinishedSuffix)}
	killed := recipe
	killed.Steps = 120
	killed.Watch = func(step int) error {
		k.stored = time.Time{} // long ago
		return nil
	}
	ok(trained(small, killed, source, nil, k))(t)
	k.end()
	if u := ok(readUnfinished(k.path))(t); u.Step != 110 {
		t.Errorf("stored at step %d last, want 110, the look before the end", u.Step)
	}
	next := &keeper{path: k.path}
	sameNetworks(t, ok(trained(small, recipe, source, nil, next))(t), want)
	next.end()
}

// A damaged file is no way to go on: the training begins anew and says so.
func TestDamagedUnfinishedTrainingBeginsAnew(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	cache := t.TempDir()
	t.Setenv("LIEGG_CACHE", cache)
	parts, _ := o5(t, 13, 200)
	source := parts[0].Batches(50, 1)
	want := ok(Train(small, smallSteps, source, nil))(t)
	interrupted := smallSteps
	interrupted.Watch, _ = stopping(100)
	Cached(small, interrupted, source, nil)
	path := ok(filepath.Glob(filepath.Join(cache, "trainings", "*"+unfinishedSuffix)))(t)[0]
	whole := ok(os.ReadFile(path))(t)
	for _, at := range []int{3, len(unfinishedFile) + 5, len(whole) / 2, len(whole) - 1} {
		damaged := slices.Clone(whole)
		damaged[at] ^= 1
		done(t, os.WriteFile(path, damaged, 0o600))
		_, err := readUnfinished(path)
		expect.Error(t, err, "damaged")
	}
	done(t, os.WriteFile(path, whole[:len(whole)-7], 0o600))
	said := expect.Stderr(t, func() { sameNetworks(t, ok(Cached(small, smallSteps, source, nil))(t), want) })
	if !strings.Contains(said, "begins anew") {
		t.Errorf("nothing is said of the damage: %q", said)
	}
}

// halting is a source that says on standard output when it comes to an epoch, and gives
// no more batches then: as if training took very long.
type halting struct {
	*dataset.Batches
	at uint64
}

func (h halting) Epoch(n uint64) iter.Seq2[train.Batch, error] {
	if n >= h.at {
		fmt.Println("in the midst of it")
		select {}
	}
	return h.Batches.Epoch(n)
}

// interruptedVariable holds the task of a child process of TestSignals.
const interruptedVariable = "LIEGG_TEST_INTERRUPTED"

func interruptedRecipe(t *testing.T) (Settings, *dataset.Batches) {
	parts, _ := o5(t, 14, 200)
	recipe := smallSteps
	recipe.Validate = 10
	return recipe, parts[0].Batches(50, 1)
}

// A signal ends the process, as it does without us, but the training is stored before.
func TestSignals(t *testing.T) {
	recipe, source := interruptedRecipe(t)
	if os.Getenv(interruptedVariable) != "" {
		n, err := Cached(small, recipe, halting{source, 20}, nil)
		t.Fatalf("the process goes on after the signal: %v, %v", n, err)
	}
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(s.String(), func(t *testing.T) {
			if signal.Ignored(s) {
				t.Skipf("%v is ignored here, as for programs in the background", s)
			}
			cache := t.TempDir()
			child := exec.Command(os.Args[0], "-test.run=^TestSignals$")
			child.Env = append(os.Environ(), interruptedVariable+"=1", "LIEGG_CACHE="+cache, network.BackendVariable+"=go")
			var said strings.Builder
			child.Stderr = &said
			out := ok(child.StdoutPipe())(t)
			done(t, child.Start())
			defer child.Process.Kill()
			buffer := make([]byte, 100)
			ok(out.Read(buffer))(t)
			done(t, child.Process.Signal(s))
			err := child.Wait()
			exit, isExit := err.(*exec.ExitError)
			if !isExit || exit.Sys().(syscall.WaitStatus).Signal() != s {
				t.Fatalf("the child ended with %v, want %v; it said %q", err, s, &said)
			}
			if !strings.Contains(said.String(), "of 200; it goes on from there") {
				t.Errorf("the child said %q", &said)
			}
			u := ok(readUnfinished(ok(filepath.Glob(filepath.Join(cache, "trainings", "*"+unfinishedSuffix)))(t)[0]))(t)
			if u.Step < 70 || u.Step > 80 || u.Next != (position{uint64(u.Step-1) / 4, (u.Step-1)%4 + 1}) {
				t.Errorf("stored at step %d, %+v", u.Step, u.Next)
			}
		})
	}
}

// A program that handles signals itself gets the error, and lives on.
func TestSignalsThatAreHandled(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Setenv("LIEGG_CACHE", t.TempDir())
	recipe, source := interruptedRecipe(t)
	own := make(chan os.Signal, 4)
	signal.Notify(own, syscall.SIGTERM)
	defer signal.Stop(own)
	want := ok(Train(small, recipe, source, nil))(t)
	asking := interrupts.begin()
	asked := recipe
	asked.Watch = func(step int) error {
		if step == 100 {
			done(t, syscall.Kill(os.Getpid(), syscall.SIGTERM))
			<-own
			<-asking // the training may get it later
		}
		return nil
	}
	_, err := Cached(small, asked, source, nil)
	interrupts.end()
	var interrupted *InterruptedError
	if !errors.As(err, &interrupted) || interrupted.Step != 100 || interrupted.Steps != 200 {
		t.Fatalf("the training ended with %v", err)
	}
	sameNetworks(t, ok(Cached(small, recipe, source, nil))(t), want)
}

// Progress is shown only when a signal would store what it shows: a step that was taken
// is not shown before.
func TestProgressIsShownOnceSignalsStore(t *testing.T) {
	k := &keeper{path: filepath.Join(t.TempDir(), "some"+unfinishedSuffix), stored: time.Now()}
	defer k.end()
	var shown []string
	p := shownBy(func(line string) {
		if k.asked == nil {
			t.Errorf("%q is shown, and a signal would lose it", line)
		}
		shown = append(shown, line)
	})
	f := &fit{Settings: Settings{Steps: 10, Validate: 5}, progress: p, keeper: k}
	ok(f.look(1, []float64{.25}))(t)
	ok(f.paused(1, position{0, 1}))(t)
	if len(shown) != 1 || shown[0] != "step 1, loss 0.25" {
		t.Errorf("%q is shown", shown)
	}
}

// shownBy is progress that is passed to a function.
type shownBy func(line string)

func (s shownBy) At(step int, note string) { s(fmt.Sprintf("step %d, %s", step, note)) }
func (s shownBy) Done()                    {}

// fickle is a source that gives other batches each time.
type fickle struct {
	*dataset.Batches
	asked uint64
}

func (f *fickle) Epoch(uint64) iter.Seq2[train.Batch, error] {
	f.asked++
	return f.Batches.Epoch(f.asked)
}
