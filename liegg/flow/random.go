package flow

import (
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// randomFlows draws generators that move the data at the given speed.
func (e *experiment) randomFlows(d *mat.SymDense, at float64) []*mat.Dense {
	random := rand.New(rand.NewPCG(e.s.Seed, 0x72616e64)) // a stream of its own
	flows := make([]*mat.Dense, max(0, e.s.Random))
	for i := range flows {
		h := make([]float64, e.mover.Dim())
		for k := range h {
			h[k] = random.NormFloat64()
		}
		floats.Scale(at/speed(d, h), h)
		flows[i] = e.mover.Generator(h)
	}
	return flows
}

// besides draws the curves of random generators beside c.
func (e *experiment) besides(c *Curve, flows []*mat.Dense) error {
	if len(flows) == 0 {
		return nil
	}
	bar := e.progress("following random flows", len(flows))
	defer bar.Done()
	curves := make([][]float64, len(flows))
	for i, h := range flows {
		var err error
		if curves[i], err = e.deltas(h, c.T); err != nil {
			return err
		}
		bar.At(i+1, "")
	}
	for i := range c.T {
		at := make([]float64, len(curves))
		for j, curve := range curves {
			at[j] = curve[i]
		}
		c.Random = append(c.Random, floats.Sum(at)/float64(len(at)))
		c.RandomLow = append(c.RandomLow, slices.Min(at))
		c.RandomHigh = append(c.RandomHigh, slices.Max(at))
	}
	return nil
}

// deltas is Δ along a generator for the given parameters; from where it leaves the
// range of the data on, what it was there.
func (e *experiment) deltas(h *mat.Dense, ts []float64) ([]float64, error) {
	limit := e.limit(h, e.s.Reach)
	deltas := make([]float64, len(ts))
	for i, t := range ts {
		if i > 0 && ts[i-1] >= limit {
			deltas[i] = deltas[i-1]
			continue
		}
		change, err := e.changeBothWays(h, min(t, limit))
		if err != nil {
			return nil, err
		}
		deltas[i] = floats.Sum(change) / floats.Sum(e.variance)
	}
	return deltas, nil
}
