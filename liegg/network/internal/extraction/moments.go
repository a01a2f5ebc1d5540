package extraction

import (
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// moments builds batchMoments, for each block.
func (e *Program) moments(j jacobian.Contribution, x, weights *Node) []*Node {
	if blocks := e.blocksIn(x.Shape().Dim(0)); blocks > 1 {
		return e.momentsInBlocks(j, x, weights, blocks)
	}
	return batchMoments(j, e.Action, x, weights)
}

// batchMoments builds the content of liegg.Moments: the two unpaired sums and, for an action on
// vectors, the moments of gradients, unless outputs move, and of data. Gradients already include the weights of
// samples, [batch].
func batchMoments(j jacobian.Contribution, a action.Action, x, weights *Node) []*Node {
	unpaired, bound := unpairedSums(j, a, x, weights)
	sums := []*Node{unpaired, bound}
	s, ok := action.InputsOf(a).(action.Spanning)
	if !ok {
		return sums
	}
	data := s.DataMoment(x, active(j, weights))
	if j.Outputs != nil {
		return append(sums, data)
	}
	var gradients *Node
	for _, g := range j.Gradients {
		gradients = nodes.Plus(gradients, s.GradientMoment(g))
	}
	return append(sums, MulScalar(gradients, j.Share), data)
}

// active are the weights of samples, 0 for those without a gradient.
func active(j jacobian.Contribution, weights *Node) *Node {
	return Mul(weights, ConvertDType(Sign(j.Energy), dtypes.Float64))
}

// unpairedSums pairs the velocities of every sample with the gradient of another, half a batch away. The
// batches of a short stream have such a sample beside their own; see stream.Partnered. Gradients are moved
// and not samples, so that the program computes velocities once.
func unpairedSums(j jacobian.Contribution, a action.Action, x, weights *Node) (sum, bound *Node) {
	energy := Mul(halfway(ConvertDType(j.Energy, dtypes.Float64)), weights)
	for _, g := range j.Gradients {
		paired := ConvertDType(action.Contract(a, x, halfway(g)), dtypes.Float64)
		sum = nodes.Plus(sum, ReduceAllSum(derivative.BySample(Square(paired), weights)))
	}
	bound = ReduceAllSum(action.MetricDiagonal(a, x, energy))
	if j.Outputs != nil { // as in metric; moved outputs would only raise the reference
		bound = MulScalar(bound, 2)
	}
	return MulScalar(sum, j.Share), bound
}

// unpaired holds the two sums of unpairedSums, per sample.
type unpaired struct{ sum, bound float64 }

// pairShuffled computes the two sums from some samples in random order. In a stream of groups,
// the sample half a batch away may belong to the same group.
func (e *Program) pairShuffled(backend compute.Backend, beginning *tensors.Tensor, samples, batch int) error {
	e.unpaired = unpaired{}
	for c, err := range stream.Piloted(beginning, shuffled(samples, beginning.Shape().Dim(0)), backend, batch) {
		if err != nil {
			return err
		}
		values, err := e.values(c)
		if err != nil {
			return err
		}
		e.unpaired.add(values, samples)
	}
	return nil
}

// add adds the results of a verdict's program for a batch of so many samples.
func (u *unpaired) add(values [][]float64, samples int) {
	u.sum += values[7][0] / float64(samples)
	u.bound += values[8][0] / float64(samples)
}

// shuffled is stream.Evenly in random order.
func shuffled(n, all int) []int {
	order, at := rand.New(rand.NewPCG(1, 0)).Perm(n), stream.Evenly(n, all)
	for i, o := range order {
		order[i] = at[o]
	}
	return order
}

// diagonal returns the identity matrix of m's size.
func diagonal(m *Node) *Node {
	return ConvertDType(Equal(Iota(m.Graph(), m.Shape(), 0), Iota(m.Graph(), m.Shape(), 1)), m.DType())
}

// halfway rotates the batch by half its length, rounded up.
func halfway(x *Node) *Node {
	n := x.Shape().Dim(0)
	half := (n + 1) / 2
	if n == 1 {
		return x
	}
	return Concatenate([]*Node{Slice(x, AxisRange(half)), Slice(x, AxisRange(0, half))}, 0)
}

// momentsOf reads the results of moments. A stream of one sample has no other to pair with.
func (e *Program) momentsOf(c stream.Chunk, values [][]float64) *liegg.Moments {
	a, size := e.Action, c.X.Shape().Size()/c.X.Shape().Dim(0)
	if moves := action.Moves(a); moves != nil {
		size = 0
		for _, moved := range moves {
			if moved {
				size++
			}
		}
	}
	m := &liegg.Moments{Coordinates: size}
	if c.X.Shape().Dim(0) > 1 {
		m.Unpaired, m.UnpairedMetric = values[0][0], values[1][0]
	}
	if len(values) > 2 {
		m.Data = square(values[len(values)-1])
	}
	if len(values) > 3 {
		m.Gradients = square(values[2])
	}
	if i, ok := a.(action.Measured); ok {
		m.Inner = i.Inner()
	}
	return m
}

// square reads a symmetric matrix.
func square(values []float64) *mat.SymDense {
	n := int(math.Sqrt(float64(len(values))))
	return mat.NewSymDense(n, values)
}
