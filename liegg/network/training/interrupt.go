package training

import (
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// InterruptedError says that a signal ended a training of Cached, as ■ does in a notebook and
// Ctrl-C on a terminal. The same call continues after Step.
type InterruptedError struct {
	Step, Steps int
	// Err says why the training could not be stored. It is nil if it was stored.
	Err error
}

func (e *InterruptedError) Error() string {
	where := fmt.Sprintf("training: training was interrupted at step %d of %d", e.Step, e.Steps)
	if e.Err != nil {
		return fmt.Sprintf("%s and could not be stored: %v", where, e.Err)
	}
	return where + "; it goes on from there when Cached is called with the same arguments"
}

func (e *InterruptedError) Unwrap() error { return e.Err }

// patience is how long a signal waits for trainings to store themselves. After that the
// process ends, and trainings continue from what they stored last.
const patience = 300 * time.Millisecond

// interruption delays a signal that would end the process until all running trainings have
// stored themselves.
type interruption struct {
	mu        sync.Mutex
	trainings int            // number of running trainings
	signals   chan os.Signal // nil if there are none
	asked     chan struct{}  // closed when a signal asks trainings to store themselves
	came      os.Signal
	raised    bool
}

var interrupts interruption

// begin must be called before a training. The channel is closed when the training should
// store itself and end.
func (i *interruption) begin() (asked <-chan struct{}) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.trainings++
	if i.trainings == 1 {
		i.signals, i.asked, i.came, i.raised = make(chan os.Signal, 1), make(chan struct{}), nil, false
		for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
			if !signal.Ignored(s) { // a program started in the background ignores some signals
				signal.Notify(i.signals, s)
			}
		}
		go i.wait(i.signals)
	}
	return i.asked
}

func (i *interruption) wait(signals chan os.Signal) {
	s, ok := <-signals
	if !ok {
		return
	}
	i.mu.Lock()
	i.came = s
	close(i.asked)
	i.mu.Unlock()
	time.Sleep(patience)
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.signals == signals {
		i.raise()
	}
}

// end must be called after a training, which is stored by then. The last call lets a signal
// take effect, if one came.
func (i *interruption) end() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.trainings--
	if i.trainings > 0 {
		return
	}
	if i.came != nil {
		i.raise()
	}
	signal.Stop(i.signals)
	close(i.signals)
	i.signals = nil
}

// raise sends the signal again, for other handlers in this program. If there are none, it
// ends the process.
func (i *interruption) raise() {
	if i.raised {
		return
	}
	i.raised = true
	signal.Stop(i.signals)
	if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(i.came) == nil {
		time.Sleep(patience) // it may take a moment
	}
}
