package motion

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/action/orbits"
	"github.com/liegg/lab/liegg/network"
)

// bothWays holds the same inputs on the orbits of a field, forwards and backwards.
type bothWays struct{ forth, back *orbits.Orbits }

// orbits starts the orbits of a generator at inputs.
func (m *Mover) orbits(h *mat.Dense, inputs []float64) bothWays {
	c, _ := Coefficients(m.Action, h)
	size := 1
	for _, d := range m.Held.Input() {
		size *= d
	}
	o := action.NewOrbits(m.Field, c, inputs, m.Sample, size)
	return bothWays{o, o.Clone()}
}

func (b bothWays) advance(t float64) {
	b.forth.Advance(t)
	b.back.Advance(-t)
}

func (b bothWays) clone() bothWays { return bothWays{b.forth.Clone(), b.back.Clone()} }

// stopped returns the share of the orbits that have reached the edge of the data, the larger
// of the two.
func (b bothWays) stopped() float64 { return max(b.forth.Stopped(), b.back.Stopped()) }

// limitOfOrbits returns the first t up to reach at which more than Settings.Outside of the
// orbits have reached the edge of the data, or +Inf if there is none.
func (m *Mover) limitOfOrbits(h *mat.Dense, reach float64) float64 {
	step, at := reach/looks, m.orbits(h, m.Sample)
	for i := range looks {
		next := at.clone()
		if next.advance(step); next.stopped() > m.most {
			return step*float64(i) + m.bisectOrbits(at, step)
		}
		at = next
	}
	return math.Inf(1)
}

// bisectOrbits narrows down where too many orbits stop, within a step from the present place.
func (m *Mover) bisectOrbits(at bothWays, step float64) float64 {
	low, high := 0.0, step
	for range 12 {
		middle := at.clone()
		t := (low + high) / 2
		if middle.advance(t); middle.stopped() > m.most {
			high = t
		} else {
			low = t
		}
	}
	return high
}

// journey remembers how far the held inputs have moved along a generator, so that questions
// at ascending t integrate each orbit once.
type journey struct {
	h *mat.Dense // nil before the first question
	t float64
	bothWays
}

// onOrbits asks about the inputs at t and at −t along the orbits of a generator.
func (m *Mover) onOrbits(h *mat.Dense, t float64, ask func(held *network.Buffered) error) error {
	j := &m.journey
	if j.h != h || t < j.t {
		start, err := m.Held.Values()
		if err != nil {
			return err
		}
		*j = journey{h, 0, m.orbits(h, start)}
	}
	j.advance(t - j.t)
	j.t = t
	for _, o := range []*orbits.Orbits{j.forth, j.back} {
		held, err := m.Held.With(o.Inputs())
		if err != nil {
			return err
		}
		err = ask(held)
		held.Finalize()
		if err != nil {
			return err
		}
	}
	return nil
}
