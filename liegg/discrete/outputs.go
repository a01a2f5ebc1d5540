package discrete

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/network"
)

// Outputs says how outputs move if inputs do.
type Outputs int

const (
	// Stay asks for invariance, f(g·x) = f(x). It is the default.
	Stay Outputs = iota
	// Same moves outputs as inputs: f(g·x) = g·f(x) for as many outputs as inputs. If candidates are
	// permutations of blocks, there may be another number of outputs for each block.
	Same
	// Free finds a matrix for each candidate, f(g·x) = R·f(x): R is fitted by least squares to half
	// of the samples and tested on the other half. An f that is nearly linear and has an inverse moves
	// so under every g.
	Free
)

var outputsNames = []string{"stay", "same", "free"}

// String is "stay", "same" or "free".
func (o Outputs) String() string { return outputsNames[o] }

// tester returns what tests maps of inputs x on all samples.
func (c *screen) tester(n *network.Network, x network.Inputs, s flow.Settings) func(elements []element, maps []flow.Map) ([]*flow.MapResult, error) {
	linear := action.Linear(c.n, 1)
	if c.outputs == Stay {
		return func(_ []element, maps []flow.Map) ([]*flow.MapResult, error) {
			return flow.TestMaps(n, linear, maps, x, s)
		}
	}
	pair := action.Covariant(linear, action.Unknown(len(c.scale)))
	return func(elements []element, maps []flow.Map) (results []*flow.MapResult, err error) {
		for i, g := range maps {
			if c.outputs == Same {
				g.Out = c.outputMap(elements[i])
			}
			r, err := flow.TestMap(n, pair, g, x, s)
			if err != nil {
				return nil, err
			}
			results = append(results, r)
		}
		return results, nil
	}
}

// setOutputs says how outputs move with candidates. It returns an error if there are not as many
// outputs as that takes.
func (c *screen) setOutputs(o Outputs, among []Candidates) error {
	c.outputs = o
	outputs := len(c.scale)
	if o == Free && len(c.samples) < 8*outputs {
		return fmt.Errorf("discrete: %d samples are too few to fit a matrix of %d outputs for each candidate: give at least %d", len(c.samples), outputs, 8*outputs)
	}
	if o != Same || outputs == c.n {
		return c.inOneUnit()
	}
	c.blocks = among[0].blocks
	for _, k := range among {
		if k.blocks == 0 || k.blocks != c.blocks || outputs%c.blocks != 0 || k.signed {
			return fmt.Errorf("discrete: outputs cannot move as the inputs do: there are %d outputs for %d inputs; permutations of blocks need a number of outputs for each block, other candidates as many outputs as inputs", outputs, c.n)
		}
	}
	return c.inOneUnit()
}

// inOneUnit measures outputs that move in one unit, about 0, so that they can be mixed.
func (c *screen) inOneUnit() error {
	if c.outputs == Stay {
		return nil
	}
	largest := 0.
	for _, v := range c.scale {
		if !math.IsInf(v, 1) {
			largest = math.Max(largest, v)
		}
	}
	for o := range c.scale {
		c.centre[o], c.scale[o] = 0, largest
	}
	y := make([][]float64, len(c.plain))
	for i, row := range c.plain {
		y[i] = append([]float64(nil), row...)
	}
	c.setBefore(c.bounded(y))
	return nil
}

// outputMap is the matrix by which outputs move as inputs do.
func (c *screen) outputMap(g element) *mat.Dense {
	if c.blocks == 0 {
		return g.dense()
	}
	to, size := make([]int, c.blocks), c.n/c.blocks
	for b := range to {
		to[b] = (int(g.to[b*size]) - 1) / size
	}
	return permutation(to, len(c.scale)/c.blocks).dense()
}

// targets returns the bounded outputs that are no change, for samples first … len(y)−1 of those that a
// candidate moved to outputs y. It returns the number of samples that a matrix was fitted to, the
// first ones.
func (c *screen) targets(g element, y [][]float64) (targets [][]float64, fitted int) {
	var r mat.Matrix
	switch c.outputs {
	case Stay:
		return c.before[:len(y)], 0
	case Same:
		r = c.outputMap(g)
	case Free:
		fitted = len(y) / 2
		r = leastSquares(c.plain[:fitted], y[:fitted])
	}
	for _, row := range c.plain[:len(y)] {
		var moved mat.VecDense
		moved.MulVec(r, mat.NewVecDense(len(row), row))
		targets = append(targets, moved.RawVector().Data)
	}
	return c.bounded(targets), fitted
}

// leastSquares returns the matrix R for which R·from is nearest to to.
func leastSquares(from, to [][]float64) mat.Matrix {
	m := len(from[0])
	a, b := mat.NewDense(len(from), m, nil), mat.NewDense(len(from), m, nil)
	for i := range from {
		a.SetRow(i, from[i])
		b.SetRow(i, to[i])
	}
	var svd mat.SVD
	r := mat.NewDense(m, m, nil)
	if !svd.Factorize(a, mat.SVDThin) {
		return r
	}
	rank := 0
	for _, v := range svd.Values(nil) {
		if v > 1e-10*svd.Values(nil)[0] {
			rank++
		}
	}
	if rank > 0 {
		svd.SolveTo(r, b, rank)
	}
	return r.T()
}
