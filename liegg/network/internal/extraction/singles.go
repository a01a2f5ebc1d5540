package extraction

import (
	"iter"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Singles are the programs that run on the gradient of one output at a time.
type Singles struct {
	single    *Program    // runs on the gradient of one output
	each      []Program   // single, with the bounds of each output
	gradients *model.Exec // of all outputs
}

// NewSingles makes the programs for samples of the shape and type of the beginning of a stream.
func NewSingles(n Network, a action.Action, beginning *tensors.Tensor, s Settings) (o *Singles, err error) {
	defer graphpanic.Catch(&err)
	single, backend, err := prepared(n, a, stream.Chunk{X: beginning}, s)
	if err != nil {
		return nil, err
	}
	m := single.outputs
	o = &Singles{single: single, each: make([]Program, m)}
	single.mode = jacobian.ReverseMode
	if beginning.Size()/beginning.Shape().Dim(0) < m {
		single.mode = jacobian.CoordinateMode
	}
	if o.gradients, err = model.NewExec(backend, n.Store, o.gradientGraph); err != nil {
		return nil, err
	}
	single.outputs, single.verdict = 1, true
	single.rows = beginning.DType().Size() == 8 && !s.Gram && a.Dim() <= rowsUpTo
	single.limits = unlimited(a.Dim(), 1)
	single.exec, err = model.NewExec(backend, n.Store, o.graph)
	return o, err
}

// Outputs returns the number of outputs.
func (o *Singles) Outputs() int { return len(o.each) }

// gradientGraph computes the gradients of all outputs for a batch x, [m, batch, input…], and the
// outputs, [m, batch].
func (o *Singles) gradientGraph(scope *model.Scope, x *Node) []*Node {
	y := o.single.Y(scope, x)
	return []*Node{Stack(jacobian.Of(o.single.mode, o.single.Action, x, y, nil).Gradients, 0), Transpose(y, 0, 1)}
}

// graph is verdictGraph for a single output, the one with the given index.
func (o *Singles) graph(_ *model.Scope, inputs []*Node) []*Node {
	x, count, gradients, y, index, limits := inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], inputs[5]
	batch := x.Shape().Dim(0)
	pick := func(all *Node) *Node { return Gather(all, Reshape(index, 1)) }
	g := Reshape(pick(gradients), x.Shape().Dimensions...)
	rows := ExpandAxes(action.Contract(o.single.Action, x, g), 1)
	j := jacobian.New(o.single.Action, rows, []*Node{g}, false)
	return o.single.verdictSums(j, x, Reshape(pick(y), batch, 1), count, nil, limits)
}

// Measure determines the bounds of each output from the beginning of the stream.
func (o *Singles) Measure(beginning *tensors.Tensor, s Settings) (err error) {
	defer graphpanic.Catch(&err)
	backend, err := o.single.Network.On()
	if err != nil {
		return err
	}
	o.single.grouped = s.Grouped
	batch := s.Batch
	samples := min(pilotSamples, beginning.Shape().Dim(0))
	o.single.activity.Reset(1, rounding(beginning.DType()), math.Inf(1), false)
	if err := o.single.typical(backend, beginning, samples); err != nil {
		return err
	}
	pilots := make([]pilot, len(o.each))
	for output := range o.each {
		o.each[output] = *o.single
		o.each[output].limits = append(limits(nil), o.single.limits...)
	}
	err = o.pass(stream.Piloted(beginning, stream.Evenly(samples, beginning.Shape().Dim(0)), backend, batch), func(output int, c stream.Chunk, values [][]float64) {
		pilots[output].add(values, c.Count, []float64{1})
	})
	if err != nil {
		return err
	}
	for output := range o.each {
		o.each[output].limit(pilots[output])
	}
	if !o.single.grouped {
		return nil
	}
	return o.pass(stream.Piloted(beginning, shuffled(samples, beginning.Shape().Dim(0)), backend, batch), func(output int, _ stream.Chunk, values [][]float64) {
		o.each[output].unpaired.add(values, samples)
	})
}

// pass calls take with the results of the programs for each output of every chunk, and frees the
// chunks.
func (o *Singles) pass(chunks iter.Seq2[stream.Chunk, error], take func(output int, c stream.Chunk, values [][]float64)) error {
	for c, err := range chunks {
		if err != nil {
			return err
		}
		all, err := o.values(c)
		tensor.Finalize(c.X)
		if err != nil {
			return err
		}
		for output, values := range all {
			take(output, c, values)
		}
	}
	return nil
}

// values runs both programs on a chunk: the first once, the second for each output.
func (o *Singles) values(c stream.Chunk) (all [][][]float64, err error) {
	defer graphpanic.Catch(&err)
	results, err := o.gradients.Call(c.X)
	if err != nil {
		return nil, call.Failed(err)
	}
	defer tensor.Finalize(results...)
	all = make([][][]float64, len(o.each))
	for output := range o.each {
		limits := o.each[output].limits.tensor()
		all[output], err = call.Unpacked(o.single.exec, c.X, int32(c.Count), results[0], results[1], int32(output), limits)
		tensor.Finalize(limits)
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Run runs the programs on a chunk and returns the result for each output. It does not free the chunk.
func (o *Singles) Run(c stream.Chunk) ([]liegg.Chunk, error) {
	values, err := o.values(c)
	if err != nil {
		return nil, err
	}
	chunks := make([]liegg.Chunk, len(values))
	for output := range values {
		chunks[output] = o.each[output].chunk(c, values[output])
	}
	return chunks, nil
}

// Finalize frees the programs.
func (o *Singles) Finalize() {
	o.single.Finalize()
	o.gradients.Finalize()
}
