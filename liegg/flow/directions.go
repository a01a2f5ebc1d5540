package flow

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
)

// oneFlow follows the generator Σ_j c_j·(row j of the span) up to t, ‖c‖ = 1.
type oneFlow struct {
	c []float64
	t float64
}

// chooseFlows spreads directions over the sphere, and t evenly over ±reach, or as
// far as the flow begins within the data.
func (f *fit) chooseFlows() []oneFlow {
	d, _ := f.span.Dims()
	s := f.e.s
	count := s.Fit.Flows
	if count == 0 {
		count = 4 + 2*(d-1)
	}
	random := rand.New(rand.NewPCG(s.Seed, 0x666974)) // a stream of its own
	flows := make([]oneFlow, count)
	for q := range flows {
		flows[q].c = onSphere(random, d)
		reach := min(s.Fit.Reach, f.e.limit(f.generator(f.span, flows[q]), s.Fit.Reach))
		flows[q].t = reach * (2*float64(q) + 1 - float64(count)) / float64(count)
	}
	return flows
}

// onSphere draws a unit vector of R^d; of R it is 1.
func onSphere(random *rand.Rand, d int) []float64 {
	if d == 1 {
		return []float64{1}
	}
	c := make([]float64, d)
	for j := range c {
		c[j] = random.NormFloat64()
	}
	floats.Scale(1/floats.Norm(c, 2), c)
	return c
}
