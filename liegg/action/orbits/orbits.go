// Package orbits follows points along the flow of a vector field until they leave the range of the data.
package orbits

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/internal/spelling"
)

// Orbits moves inputs along the flow of a field. An orbit stops at the edge
// of the range of the data. It also stops if it would reach infinity in a
// finite time, or needs thousands of steps in a single Advance because its
// field is too fast for the time. Orbits are integrated by the method of
// Dormand and Prince of orders 5 and 4, with an individual step for each
// orbit (Hairer, Nørsett, Wanner, "Solving Ordinary Differential Equations
// I", 1993, §II.5). Orbits are not safe for concurrent use.
type Orbits struct {
	velocity func(v, x []float64)
	radius   func(x []float64) float64 // 1 at the edge of the range
	orbits   []orbit
	middle   []float64 // mean of the inputs
	unit     float64   // root mean square distance of the inputs from it
	stages   [7][]float64
	point    []float64
}

// orbit is the state of one input.
type orbit struct {
	x       []float64
	bound   float64 // largest radius
	step    float64 // suggested by the last error; 0 at the start
	stopped bool
}

// New starts at inputs of size numbers each, one after the other. velocity writes the velocity at x
// to v. radius says how far out x lies, 1 at the edge of the range; inputs that start outside may go
// as far out as they are.
func New(velocity func(v, x []float64), inputs []float64, size int, radius func(x []float64) float64) *Orbits {
	o := &Orbits{velocity: velocity, radius: radius}
	o.middle, o.unit = meanAndSpread(inputs, size)
	for x := range slices.Chunk(inputs, size) {
		o.orbits = append(o.orbits, orbit{x: slices.Clone(x), bound: max(1, o.radius(x))})
	}
	for i := range o.stages {
		o.stages[i] = make([]float64, size)
	}
	o.point = make([]float64, size)
	return o
}

// meanAndSpread returns the mean of inputs, and the root mean square distance
// from it.
func meanAndSpread(inputs []float64, size int) (mean []float64, spread float64) {
	mean, count := make([]float64, size), float64(len(inputs)/size)
	for x := range slices.Chunk(inputs, size) {
		floats.AddScaled(mean, 1/count, x)
	}
	for x := range slices.Chunk(inputs, size) {
		spread += math.Pow(floats.Distance(x, mean, 2), 2) / count
	}
	return mean, math.Sqrt(spread)
}

// Clone returns orbits that continue from the current state.
func (o *Orbits) Clone() *Orbits {
	c := *o
	c.orbits = slices.Clone(o.orbits)
	for i := range c.orbits {
		c.orbits[i].x = slices.Clone(c.orbits[i].x)
	}
	for i := range c.stages {
		c.stages[i] = slices.Clone(c.stages[i])
	}
	c.point = slices.Clone(o.point)
	return &c
}

// Advance follows the orbits for a further time t, backwards if it is
// negative.
func (o *Orbits) Advance(t float64) {
	for i := range o.orbits {
		o.advance(&o.orbits[i], t)
	}
}

// Inputs returns the current inputs, one after the other.
func (o *Orbits) Inputs() []float64 {
	var all []float64
	for _, orbit := range o.orbits {
		all = append(all, orbit.x...)
	}
	return all
}

// Stopped returns the share in [0, 1] of the orbits that have stopped.
func (o *Orbits) Stopped() float64 {
	count := 0
	for _, orbit := range o.orbits {
		if orbit.stopped {
			count++
		}
	}
	return float64(count) / float64(len(o.orbits))
}

// precision is the largest error of a step, relative to the distance from the
// middle of the inputs. rounding is the rounding error of a point, relative
// to its distance from the origin.
const (
	precision = 1e-11
	rounding  = 0x1p-50
)

// mostSteps is the largest number of steps of an orbit in one call of
// Advance: about a hundred turns of a rotation. Without a limit, fast fields
// would be followed for hours.
const mostSteps = 10_000

// advance follows one orbit. It stops after mostSteps, and if a step falls
// below 1e-9 of the way, because steps shrink without end near a pole.
func (o *Orbits) advance(c *orbit, t float64) {
	direction := math.Copysign(1, t)
	for left, tried := math.Abs(t), 0; left > 0 && !c.stopped; tried++ {
		if c.step == 0 {
			c.step = left / 16
		}
		step := min(c.step, left)
		if step < 1e-9*math.Abs(t) && step < left || tried == mostSteps {
			c.stopped = true
			return
		}
		allowed := precision*(o.unit+floats.Distance(c.x, o.middle, 2)) + rounding*floats.Norm(c.x, 2)
		wrong := o.try(c.x, direction*step) / allowed
		if wrong <= 1 {
			if !(o.radius(o.point) <= c.bound) {
				c.stopped = true
				return
			}
			copy(c.x, o.point)
			left -= step
		}
		if !(wrong <= 1) || step == c.step { // a step cut short at the end says nothing
			c.step = step * resized(wrong)
		}
	}
}

// resized returns the factor by which the step should change for an error of
// the fifth order, with a safety factor of .9.
func resized(wrong float64) float64 {
	if math.IsNaN(wrong) || math.IsInf(wrong, 0) {
		return .2
	}
	return min(5, max(.2, .9*math.Pow(max(wrong, 1e-10), -.2)))
}

// dormandPrince holds the coefficients a_ij of the stages; the last row holds
// the weights of order 5. embedded is these minus the weights of order 4.
var (
	dormandPrince = [7][]float64{
		{},
		{1. / 5},
		{3. / 40, 9. / 40},
		{44. / 45, -56. / 15, 32. / 9},
		{19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
		{9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
		{35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84},
	}
	embedded = [7]float64{71. / 57600, 0, -71. / 16695, 71. / 1920, -17253. / 339200, 22. / 525, -1. / 40}
)

// try takes a step from x to o.point and returns an estimate of its error.
func (o *Orbits) try(x []float64, step float64) float64 {
	for i, row := range dormandPrince {
		copy(o.point, x)
		for j, a := range row {
			floats.AddScaled(o.point, step*a, o.stages[j])
		}
		o.velocity(o.stages[i], o.point)
	}
	sum := 0.0
	for k := range x {
		e := 0.0
		for i, weight := range embedded {
			e += weight * o.stages[i][k]
		}
		sum += e * e
	}
	return math.Abs(step) * math.Sqrt(sum)
}

// String returns the number of orbits, and how many of them have stopped.
func (o *Orbits) String() string {
	return fmt.Sprintf("%s along a field, %.0f %% of them stopped at the edge of the data's range", spelling.Count(len(o.orbits), "orbit"), 100*o.Stopped())
}
