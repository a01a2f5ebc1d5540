package onnx

import (
	"path/filepath"
	"sync"
	"time"

	"github.com/liegg/lab/liegg/progress"
)

// patience is how long loading takes before it shows what it is at, and often
// is the time between two looks.
const (
	patience = 2 * time.Second
	often    = 500 * time.Millisecond
)

// watched is what loading is at. It is shown if loading takes long.
type watched struct {
	lock     sync.Mutex
	step     int
	note     string
	end, out chan struct{}
}

// watch begins to watch the loading of a file.
func watch(path string) *watched {
	w := &watched{end: make(chan struct{}), out: make(chan struct{})}
	line := progress.New("loading "+filepath.Base(path), 0)
	line.At(0, "") // the time is counted from here
	go w.show(patience, often, line.At, line.Done)
	return w
}

// at says what comes next. w may be nil.
func (w *watched) at(note string) {
	if w == nil {
		return
	}
	w.lock.Lock()
	defer w.lock.Unlock()
	w.step, w.note = w.step+1, note
}

// done wipes what is shown.
func (w *watched) done() {
	close(w.end)
	<-w.out
}

// show shows again and again what loading is at, first after some patience.
func (w *watched) show(patience, often time.Duration, at func(step int, note string), done func()) {
	defer close(w.out)
	defer done()
	for wait := patience; ; wait = often {
		select {
		case <-w.end:
			return
		case <-time.After(wait):
		}
		w.lock.Lock()
		step, note := w.step, w.note
		w.lock.Unlock()
		at(step, note)
	}
}
