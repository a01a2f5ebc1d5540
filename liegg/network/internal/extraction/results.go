package extraction

import (
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// chunk converts the results of the program for liegg.
func (e *Program) chunk(c stream.Chunk, values [][]float64) liegg.Chunk {
	out := e.summed(c, values)
	if !e.verdict {
		return out
	}
	unscaled := out
	out = e.withoutConstants(e.summed(c, values[4:]))
	out.Scales, out.Plain = e.sizes, &unscaled
	out.Moments = e.momentsOf(c, values[7:len(values)-weighted])
	if e.grouped {
		out.Moments.Unpaired, out.Moments.UnpairedMetric = e.unpaired.sum*float64(c.Count), e.unpaired.bound*float64(c.Count)
	}
	e.addInfluence(&out, c, values[len(values)-weighted:])
	return out
}

// summed reads the results of sums.
func (e *Program) summed(c stream.Chunk, values [][]float64) liegg.Chunk {
	var out liegg.Chunk
	if e.rows {
		k := e.Action.Dim()
		out = e.matrices(nil, values[1])
		out.Rows = mat.NewDense(c.Count*e.outputs, k, values[0][:c.Count*e.outputs*k])
	} else {
		out = e.matrices(values[0], values[1])
	}
	out.Samples, out.Idle = c.Count, participation.Idle(values[2][:c.Count])
	return out
}

// matrices reads a Gram matrix, nil if there is none, and a metric.
func (e *Program) matrices(gram, metric []float64) liegg.Chunk {
	out := liegg.Chunk{Outputs: e.outputs, Metric: e.metricOf(metric), Estimated: e.mode == jacobian.TangentMode}
	if gram != nil {
		out.Gram = e.gramOf(gram)
	}
	return out
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

// withoutConstants leaves the rows of constant outputs out of a chunk.
func (e *Program) withoutConstants(c liegg.Chunk) liegg.Chunk {
	if e.sizes == nil || len(e.sizes.Constant) == 0 {
		return c
	}
	c.Outputs -= len(e.sizes.Constant)
	if c.Rows == nil {
		return c
	}
	rows, k := c.Rows.Dims()
	kept := make([]float64, 0, c.Samples*c.Outputs*k)
	for i := range rows {
		if !slices.Contains(e.sizes.Constant, i%e.outputs) {
			kept = append(kept, c.Rows.RawRowView(i)...)
		}
	}
	c.Rows = mat.NewDense(c.Samples*c.Outputs, k, kept)
	return c
}

// weighted is the number of results at the end of a verdict's program: the four quantities
// and the weights of samples, the metric of motion, squared norms of inputs, and what activity
// watches: energies and values of outputs.
const weighted = 6

// weigh adds the information in these results to a chunk.
func (e *Program) addInfluence(out *liegg.Chunk, c stream.Chunk, values [][]float64) {
	quantities, weights := values[0], values[1]
	out.Influence = new(liegg.Influence)
	for i := range c.Count {
		out.Influence.Count(c.First+i, quantities[i*bounds+1]+quantities[i*bounds+2], weights[i])
	}
	if hasExtents(e.Action) {
		out.Variation = &liegg.Variation{Motion: e.metricOf(values[2]), Outputs: e.spread, Typical: e.typicals}
	}
}

// hasExtents reports whether velocities of inputs are measured in extents of the data.
// Otherwise it is unknown how far a candidate moves an input.
func hasExtents(a action.Action) bool {
	m, ok := a.(action.Measured)
	return ok && m.Inner() != nil
}

// InExtents reports whether that holds, and outputs do not move.
func InExtents(a action.Action) bool {
	_, together := a.(action.Equivariance)
	return !together && hasExtents(a)
}

// ofBlock returns the results of the program for one of the blocks of a batch.
func ofBlock(values [][]float64, block, blocks int) [][]float64 {
	if blocks == 1 {
		return values
	}
	one := make([][]float64, len(values))
	for i, v := range values {
		size := len(v) / blocks
		one[i] = v[block*size : (block+1)*size : (block+1)*size]
	}
	return one
}

// watch passes the results of a verdict's program for a chunk to activity.
func (e *Program) watch(c stream.Chunk, values [][]float64) {
	last := values[len(values)-2:]
	e.activity.Watch(c, last[0], last[1])
}
