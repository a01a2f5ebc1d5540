package discrete

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/network"
)

// screen measures changes of f by many transformations on few samples. Outputs y are in robust
// units and bounded, z/√(1+z²) with z = (y − median)/spread, so that no sample rules.
type screen struct {
	program *network.Program
	input   []int // shape
	dtype   dtypes.DType
	n       int         // numbers of an input
	samples [][]float64 // in random order
	extent  float64     // of these: see extentOf
	centre  []float64   // median of each output
	scale   []float64
	before  [][]float64 // bounded f(x)
	spread  float64     // Var of these
	plain   [][]float64 // f(x)
	outputs Outputs
	blocks  int // whose outputs move if the outputs are of another number than the inputs; 0 for none
}

// mostScreened is the largest number of samples of a screen, and passRows the number of inputs of one
// pass of the network.
const (
	mostScreened = 512
	passRows     = 8192
)

// newScreen prepares f at some of the samples.
func newScreen(n *network.Network, held *network.Buffered, s flow.Settings) (*screen, error) {
	first, err := held.First(1)
	if err != nil {
		return nil, err
	}
	defer first.FinalizeAll()
	values, err := held.Values()
	if err != nil {
		return nil, err
	}
	c := &screen{input: held.Input(), dtype: first.DType(), n: len(values) / held.Len()}
	order := rand.New(rand.NewPCG(s.Seed, 0xd15c)).Perm(held.Len())
	for _, i := range order[:min(len(order), mostScreened)] {
		c.samples = append(c.samples, values[i*c.n:(i+1)*c.n])
	}
	c.extent = extentOf(c.samples)
	c.program, err = n.NewProgram(s.Head, held, func(f func(*Node) *Node, x *Node, _ []*Node) []*Node { return []*Node{f(x)} })
	if err != nil {
		return nil, err
	}
	y, err := c.run(slices.Concat(c.samples...))
	if err == nil {
		err = c.measure(y)
	}
	if err != nil {
		c.program.Finalize()
		return nil, err
	}
	return c, nil
}

// run returns the outputs at inputs, one after the other.
func (c *screen) run(x []float64) (y [][]float64, err error) {
	count := len(x) / c.n
	rows := min(passRows, (count+255)/256*256)
	padded := (count + rows - 1) / rows * rows
	for i := count; i < padded; i++ {
		x = append(x, x[:c.n]...)
	}
	shape := append([]int{padded}, c.input...)
	var t *tensors.Tensor
	if c.dtype == dtypes.Float64 {
		t = tensors.FromFlatDataAndDimensions(x, shape...)
	} else {
		single := make([]float32, len(x))
		for i, v := range x {
			single[i] = float32(v)
		}
		t = tensors.FromFlatDataAndDimensions(single, shape...)
	}
	defer t.FinalizeAll()
	held, err := network.Buffer(network.Tensor(t), rows)
	if err != nil {
		return nil, err
	}
	defer held.Finalize()
	outputs, err := c.program.Run(held)
	var spoilt *liegg.NotFiniteError
	if errors.As(err, &spoilt) {
		return nil, fmt.Errorf("discrete: f is not finite at some inputs or where a candidate moves them: choose candidates that stay in its domain: %w", err)
	}
	if err != nil {
		return nil, err
	}
	width := len(outputs[0]) / padded
	return slices.Collect(slices.Chunk(outputs[0][:count*width], width)), nil
}

// measure determines the units of outputs.
func (c *screen) measure(y [][]float64) error {
	outputs := len(y[0])
	c.centre, c.scale = make([]float64, outputs), make([]float64, outputs)
	varied := false
	for o := range outputs {
		column := make([]float64, len(y))
		for i := range y {
			column[i] = y[i][o]
		}
		slices.Sort(column)
		at := func(p float64) float64 { return stat.Quantile(p, stat.Empirical, column, nil) }
		c.centre[o] = at(.5)
		c.scale[o] = (at(.84) - at(.16)) / 2
		if c.scale[o] == 0 {
			c.scale[o] = stat.StdDev(column, nil)
		}
		if !(c.scale[o] > 1e-6*math.Abs(c.centre[o])) {
			c.scale[o] = math.Inf(1) // a constant
		}
		varied = varied || !math.IsInf(c.scale[o], 1)
	}
	if !varied {
		return flow.ErrConstant
	}
	for _, row := range y {
		c.plain = append(c.plain, slices.Clone(row))
	}
	c.setBefore(c.bounded(y))
	return nil
}

// setBefore takes the bounded outputs.
func (c *screen) setBefore(y [][]float64) {
	c.before, c.spread = y, 0
	for o := range y[0] {
		column := make([]float64, len(y))
		for i := range y {
			column[i] = y[i][o]
		}
		c.spread += stat.Variance(column, nil)
	}
}

// bounded transforms outputs.
func (c *screen) bounded(y [][]float64) [][]float64 {
	for _, row := range y {
		for o, v := range row {
			z := (v - c.centre[o]) / c.scale[o]
			row[o] = z / math.Sqrt(1+z*z)
		}
	}
	return y
}

// deltas returns Δ of transformations on the first samples, and its standard error.
func (c *screen) deltas(elements []element, samples int) (deltas, errors []float64, err error) {
	if c.outputs == Free {
		samples = max(samples, 8*len(c.scale))
	}
	samples = min(samples, len(c.samples))
	each := max(1, 16*passRows/samples) // in one call
	for some := range slices.Chunk(elements, each) {
		x := make([]float64, 0, (len(some)*samples+passRows)*c.n)
		for _, g := range some {
			for _, sample := range c.samples[:samples] {
				x = x[:len(x)+c.n]
				g.apply(sample, x[len(x)-c.n:])
			}
		}
		y, err := c.run(x)
		if err != nil {
			return nil, nil, err
		}
		for k, g := range some {
			own := y[k*samples : (k+1)*samples]
			targets, fitted := c.targets(g, own)
			changes := make([]float64, samples-fitted)
			for i, row := range c.bounded(own)[fitted:] {
				for o, v := range row {
					d := v - targets[fitted+i][o]
					changes[i] += d * d / 2 / c.spread
				}
			}
			mean, deviation := stat.MeanStdDev(changes, nil)
			deltas = append(deltas, mean)
			errors = append(errors, deviation/math.Sqrt(float64(len(changes))))
		}
	}
	return deltas, errors, nil
}

// moved reports whether an element moves some of the samples, by more than rounding of their spread.
func (c *screen) moved(g element) bool {
	to := make([]float64, c.n)
	for _, sample := range c.samples {
		g.apply(sample, to)
		if floats.Distance(sample, to, math.Inf(1)) > 1e-6*c.extent {
			return true
		}
	}
	return false
}

// extentOf returns the largest range of a coordinate.
func extentOf(samples [][]float64) (extent float64) {
	for j := range samples[0] {
		least, most := math.Inf(1), math.Inf(-1)
		for _, sample := range samples {
			least, most = math.Min(least, sample[j]), math.Max(most, sample[j])
		}
		extent = math.Max(extent, most-least)
	}
	return extent
}

// exchanged returns Δ if the inputs that an element moves are taken from another sample.
func (c *screen) exchanged(g element) (float64, error) {
	moved := g.moves()
	var x []float64
	for i, sample := range c.samples {
		other := c.samples[(i+1)%len(c.samples)]
		for j, v := range sample {
			if moved[j] {
				v = other[j]
			}
			x = append(x, v)
		}
	}
	y, err := c.run(x)
	if err != nil {
		return 0, err
	}
	δ := 0.
	for i, row := range c.bounded(y) {
		for o, v := range row {
			d := v - c.before[i][o]
			δ += d * d / 2 / c.spread / float64(len(y))
		}
	}
	return δ, nil
}
