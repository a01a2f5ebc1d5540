package network

import (
	"fmt"
	"iter"
	"math"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// JudgeByOutput finds the outputs of a network that break the symmetries that all outputs have
// together. In one pass over the inputs, it judges all outputs, as Judge does, and each output by
// itself. It differentiates each batch twice: once for the verdict on all outputs, once for the
// gradients of single outputs. Memory is O(m·liegg.Blocks·K²) for m outputs.
//
// Settings.Head is applied to the outputs first. An output that does not vary becomes a part with
// a Reason. JudgeByOutput returns the errors of Judge, and an error for an action.Equivariance,
// output moves outputs together.
func JudgeByOutput(n *Network, a action.Action, inputs Inputs, s Settings) (*liegg.Breakdown, error) {
	mustBeUsable(n, a, inputs, s)
	if _, together := a.(action.Equivariance); together {
		return nil, fmt.Errorf("network: an action that moves the outputs together cannot be judged output by output: give the action on the inputs alone, or use Judge")
	}
	n, s.activity = n.Through(a), new(activity)
	framed := a
	p, a, err := openStream(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	o, err := newByOutput(n, a, p, &s)
	if err != nil {
		return nil, err
	}
	defer o.finalize()
	all, err := o.gather(p, s)
	if err != nil {
		return nil, err
	}
	left, err := n.misfit(s)
	if err != nil {
		return nil, err
	}
	all.Misses(left.variance())
	v, err := all.Judge(a, s.Rule)
	if err != nil {
		return nil, s.activity.explainVanishing(err)
	}
	s.activity.doubtSteps(v)
	s.activity.doubtLate(v)
	s.activity.doubtRounded(v)
	setFrame(v, framed)
	b := liegg.BreakDown("output", v, a, s.Rule, o.names(), o.parts)
	some, err := spreadOver(p)
	if err != nil {
		return nil, err
	}
	defer finalize(some.x)
	if err := n.setPart(v, a, some.everywhere(), v.Scales.Factors(len(o.parts)), s); err != nil {
		return nil, err
	}
	for i, part := range b.Parts {
		factors := make([]float64, len(o.parts))
		factors[i] = 1
		if err := n.setPart(part.Verdict, a, some.everywhere(), factors, s); err != nil {
			return nil, err
		}
	}
	b.Accuse()
	left.tell(v)
	return b, nil
}

// byOutput collects evidence for each output by itself.
type byOutput struct {
	single *extraction       // runs on the gradient of one output
	each   []extraction      // single, with the bounds of each output
	parts  []*liegg.Evidence // of each output
	blocks int               // number of blocks among output chunks are dealt; 0 if the evidence chooses
	chunks int               // number of chunks so far

	gradients *model.Exec
}

// evidenceMemory is the largest number of bytes for the sums of all parts.
const evidenceMemory = 4 << 30

// partBlocks returns the number of blocks for each of a number of parts, with k candidates.
func partBlocks(parts, k int) int {
	return max(2, min(liegg.BlockLimit(k), evidenceMemory/(16*k*k*(parts+1))))
}

func newByOutput(n *Network, a action.Action, p *stream.Peeked, s *Settings) (o *byOutput, err error) {
	defer caught(&err)
	single, backend, err := prepared(n, a, chunk{X: p.First}, *s)
	if err != nil {
		return nil, err
	}
	m := single.outputs
	blocks := partBlocks(m, a.Dim())
	if err := allot(s, p, blocks); err != nil {
		return nil, err
	}
	if s.Batch == 0 {
		s.Batch = p.Block()
	}
	o = &byOutput{single: single, parts: make([]*liegg.Evidence, m), each: make([]extraction, m)}
	if blocks < liegg.BlockLimit(a.Dim()) {
		o.blocks = blocks
	}
	single.mode = ReverseMode
	if p.First.Size()/p.First.Shape().Dim(0) < m {
		single.mode = CoordinateMode
	}
	if o.gradients, err = model.NewExec(backend, n.Store, o.gradientGraph); err != nil {
		return nil, err
	}
	single.outputs, single.verdict, single.grouped = 1, true, s.grouped()
	single.rows = p.First.DType().Size() == 8 && !s.Gram && a.Dim() <= rowsUpTo
	single.limits = unlimited(a.Dim(), 1)
	if single.exec, err = model.NewExec(backend, n.Store, o.graph); err != nil {
		return nil, err
	}
	return o, o.measure(backend, p.First, s.Batch)
}

func (o *byOutput) names() []string {
	names := make([]string, len(o.parts))
	for i := range names {
		names[i] = fmt.Sprint(i + 1)
	}
	return names
}

// gradientGraph computes the gradients of all outputs for a batch x, [m, batch, input…], and the
// outputs, [m, batch].
func (o *byOutput) gradientGraph(scope *model.Scope, x *Node) []*Node {
	y := o.single.y(scope, x)
	return []*Node{Stack(jacobianRows(o.single.mode, o.single.action, x, y, nil).gradients, 0), Transpose(y, 0, 1)}
}

// graph is verdictGraph for a single output, the one with the given index.
func (o *byOutput) graph(_ *model.Scope, inputs []*Node) []*Node {
	x, count, gradients, y, index, limits := inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], inputs[5]
	batch := x.Shape().Dim(0)
	pick := func(all *Node) *Node { return Gather(all, Reshape(index, 1)) }
	g := Reshape(pick(gradients), x.Shape().Dimensions...)
	rows := ExpandAxes(action.Contract(o.single.action, x, g), 1)
	j := newJacobian(o.single.action, rows, []*Node{g}, false)
	return o.single.verdictSums(j, x, Reshape(pick(y), batch, 1), count, nil, limits)
}

// measure determines the bounds of each output from the beginning of the stream.
func (o *byOutput) measure(backend compute.Backend, beginning *tensors.Tensor, batch int) error {
	samples := min(pilotSamples, beginning.Shape().Dim(0))
	o.single.activity.reset(1, rounding(beginning.DType()), math.Inf(1), false)
	if err := o.single.typical(backend, beginning, samples); err != nil {
		return err
	}
	pilots := make([]pilot, len(o.each))
	for output := range o.each {
		o.each[output] = *o.single
		o.each[output].limits = append(limits(nil), o.single.limits...)
	}
	err := o.pass(piloted(beginning, evenly(samples, beginning.Shape().Dim(0)), backend, batch), func(output int, c chunk, values [][]float64) {
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
	return o.pass(piloted(beginning, shuffled(samples, beginning.Shape().Dim(0)), backend, batch), func(output int, _ chunk, values [][]float64) {
		o.each[output].unpaired.add(values, samples)
	})
}

// pass calls take with the results of the programs for each output of every chunk, and frees the
// chunks.
func (o *byOutput) pass(chunks iter.Seq2[chunk, error], take func(output int, c chunk, values [][]float64)) error {
	for c, err := range chunks {
		if err != nil {
			return err
		}
		all, err := o.values(c)
		finalize(c.X)
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
func (o *byOutput) values(c chunk) (all [][][]float64, err error) {
	defer caught(&err)
	results, err := o.gradients.Call(c.X)
	if err != nil {
		return nil, fmt.Errorf("network: differentiating the model failed: %w", err)
	}
	defer finalize(results...)
	all = make([][][]float64, len(o.each))
	for output := range o.each {
		limits := o.each[output].limits.tensor()
		all[output], err = calledTogether(o.single.exec, c.X, int32(c.Count), results[0], results[1], int32(output), limits)
		finalize(limits)
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// gather passes over the inputs. It fills o.parts, and returns the evidence of all outputs
// together.
func (o *byOutput) gather(p *stream.Peeked, s Settings) (*liegg.Evidence, error) {
	n, a := o.single.network, o.single.action
	w := stream.Watch{Moves: action.Moves(a)}
	inputs := Inputs(p.Inputs)
	if !s.Groups.given {
		inputs = w.Watched(inputs)
	}
	for i := range o.parts {
		o.parts[i] = liegg.NewEvidence(a.Dim())
	}
	all := liegg.NewEvidence(a.Dim())
	var e *extraction
	defer func() { e.finalize() }()
	for c, err := range n.cut(inputs, s, a.Dim(), p.First) {
		if err == nil && e == nil {
			e, err = n.extraction(a, c, s, p.First)
		}
		if err == nil {
			err = o.take(e, all, c)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := e.notFinite(); err != nil {
		return nil, err
	}
	n.compiled.keep(e)
	e = nil
	for _, part := range append([]*liegg.Evidence{all}, o.parts...) {
		part.Away(distanceFromOrigin(a, p))
		if err := s.setDependence(part, &w); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// take adds a chunk to the evidence of all outputs together, and to the evidence of each.
func (o *byOutput) take(e *extraction, all *liegg.Evidence, c chunk) error {
	values, err := o.values(c)
	if err != nil {
		finalize(c.X)
		return err
	}
	shape := c // keeps its numbers when x is freed
	chunks := make([]liegg.Chunk, len(values))
	for output := range values {
		chunks[output] = o.each[output].chunk(shape, values[output])
	}
	out, err := e.run(c)
	if err != nil || e.census.Found() {
		return err
	}
	whole := out[0] // chunks hold one block
	whole.Block = c.Block
	if err := all.Add(whole); err != nil {
		return err
	}
	for output, part := range chunks {
		if part.Block, part.Repeats = c.Block, whole.Repeats; part.Block == 0 && o.blocks > 0 {
			part.Block = o.chunks%o.blocks + 1
		}
		if err := o.parts[output].Add(part); err != nil {
			return err
		}
	}
	o.chunks++
	return nil
}

func (o *byOutput) finalize() {
	o.single.finalize()
	o.gradients.Finalize()
}
