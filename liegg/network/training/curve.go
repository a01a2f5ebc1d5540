package training

import (
	"math"
	"slices"
	"time"

	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/progress"
)

// curve shows the losses of a training, by Settings.Show. The zero value shows nothing.
type curve struct {
	show func(history any) error // nil shows nothing
	live bool                    // also while the training runs
	next time.Time               // before it, nothing is shown
	now  func() time.Time
}

// Losses are shown at most this often, and for at most this share of the time.
const (
	curveEvery = time.Second / 10
	curveShare = 10
)

func newCurve(t Settings) curve {
	return curve{show: t.Show, live: t.Show != nil && progress.InNotebook(), now: time.Now}
}

// underway is the history of a training that has not ended.
type underway struct {
	network.History
	steps int
}

// Until returns the number of steps at the end of the training.
func (u underway) Until() int { return u.steps }

// at shows a running training, if it is time.
func (c *curve) at(f *fit) {
	if !c.live || c.now().Before(c.next) {
		return
	}
	begun := c.now()
	history := f.network.History
	if f.summed > 0 { // the steps since the last record
		history = append(slices.Clip(history), network.Point{Step: f.taken, Loss: f.sum / float64(f.summed), Validation: math.NaN(), Accuracy: math.NaN()})
	}
	c.try(underway{history, f.Steps})
	took := c.now().Sub(begun)
	c.next = begun.Add(max(curveEvery, curveShare*took))
}

// end shows a training that has ended.
func (c *curve) end(h network.History) { c.try(h) }

// try shows a history. After an error it shows nothing more.
func (c *curve) try(history any) {
	if c.show == nil {
		return
	}
	if err := c.show(history); err != nil {
		warn("the training is not shown: %v", err)
		c.show, c.live = nil, false
	}
}
