package flow

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/flow/internal/moved"
	"github.com/liegg/lab/liegg/progress"
)

// pace says how fast a generator moves inputs, and how fast it moves outputs by free factors,
// with the metrics of both speeds.
type pace struct {
	inputs, outputs     *mat.SymDense
	ofInputs, ofFactors float64
}

// paceOf measures the generator of the given coefficients.
func (e *experiment) paceOf(h []float64) (p pace, err error) {
	if p.inputs, err = e.Speeds(); err != nil {
		return p, err
	}
	p.outputs = e.OutputSpeeds()
	p.ofInputs, p.ofFactors = moved.Speed(p.inputs, h), moved.Speed(p.outputs, h)
	return p, nil
}

// randomFlows draws generators at the given pace, uniformly in the metrics of speeds.
func (e *experiment) randomFlows(p pace) ([]*mat.Dense, error) {
	whiten, _, err := moved.Whitened(p.inputs)
	if err != nil {
		return nil, err
	}
	var whitenOutputs *mat.Dense
	if p.ofFactors > 0 {
		if whitenOutputs, _, err = moved.Whitened(p.outputs); err != nil {
			return nil, err
		}
	}
	random := rand.New(rand.NewPCG(e.s.Seed, 0x72616e64)) // its own stream of random numbers
	flows := make([]*mat.Dense, max(0, e.s.Random))
	for i := range flows {
		h := direction(random, whiten, p.ofInputs)
		if whitenOutputs != nil {
			h.AddVec(h, direction(random, whitenOutputs, p.ofFactors))
		}
		flows[i] = e.Action.Generator(h.RawVector().Data)
	}
	return flows, nil
}

// direction draws coefficients of the given speed.
func direction(random *rand.Rand, whiten *mat.Dense, speed float64) *mat.VecDense {
	k, r := whiten.Dims()
	u := mat.NewVecDense(r, nil)
	for j := range r {
		u.SetVec(j, random.NormFloat64())
	}
	h := mat.NewVecDense(k, nil)
	h.MulVec(whiten, u)
	h.ScaleVec(speed/mat.Norm(u, 2), h)
	return h
}

// besides adds the curves of random generators at the given pace to c.
func (e *experiment) besides(c *Curve, p pace) error {
	flows, err := e.randomFlows(p)
	if len(flows) == 0 || err != nil {
		return err
	}
	bar := progress.Unless(e.s.Quiet, "following random flows", len(flows))
	defer bar.Done()
	curves := make([][]float64, len(flows))
	for i, h := range flows {
		if curves[i], err = e.deltas(h, c.T); err != nil {
			return err
		}
		bar.At(i+1, "")
	}
	c.drawn = len(flows)
	for i := range c.T {
		c.addRandom(curves, i)
	}
	return nil
}

// addRandom adds the i-th point of random curves, for the curves that are still within the
// data.
func (c *Curve) addRandom(curves [][]float64, i int) {
	var at []float64
	for _, curve := range curves {
		if !math.IsNaN(curve[i]) {
			at = append(at, curve[i])
		}
	}
	c.Inside = append(c.Inside, len(at))
	mean, low, high := math.NaN(), math.NaN(), math.NaN()
	if len(at) > 0 {
		mean, low, high = floats.Sum(at)/float64(len(at)), slices.Min(at), slices.Max(at)
	}
	c.Random, c.RandomLow, c.RandomHigh = append(c.Random, mean), append(c.RandomLow, low), append(c.RandomHigh, high)
}

// deltas returns Δ along a generator for the given parameters, NaN from where it leaves the
// range of the data or the domain of f.
func (e *experiment) deltas(h *mat.Dense, ts []float64) ([]float64, error) {
	limit := e.Limit(h, ts[len(ts)-1])
	deltas := make([]float64, len(ts))
	for i, t := range ts {
		if t > limit {
			deltas[i] = math.NaN()
			continue
		}
		change, err := e.ChangeBothWays(h, t)
		if moved.LeftDomain(err) {
			deltas[i], limit = math.NaN(), 0
			continue
		}
		if err != nil {
			return nil, err
		}
		deltas[i] = floats.Sum(change) / floats.Sum(e.Variance)
	}
	return deltas, nil
}
