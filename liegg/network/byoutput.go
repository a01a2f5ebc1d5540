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

// JudgeByOutput asks which output of a network breaks the symmetries that all have
// together: it judges all outputs, as Judge does, and each by itself, in one pass over the
// inputs. Each batch is differentiated twice, once of them for all gradients; memory is
// O(m·liegg.Blocks·K²) for m outputs.
//
// Outputs are what Settings.Head makes of them. An output that does not change is a part with a
// Reason. It returns the errors of Judge, and an action.Equivariance, which moves outputs
// together.
func JudgeByOutput(n *Network, a action.Action, inputs Inputs, s Settings) (*liegg.Breakdown, error) {
	mustBeUsable(n, a, inputs, s)
	if _, together := a.(action.Equivariance); together {
		return nil, fmt.Errorf("network: an action that moves the outputs together cannot be judged output by output: give the action on the inputs alone, or use Judge")
	}
	n, s.activity = n.Through(a), new(activity)
	framed := a
	p, a, err := begun(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	o, err := newOutputs(n, a, p, &s)
	if err != nil {
		return nil, err
	}
	defer o.finalize()
	all, err := o.gather(p, s)
	if err != nil {
		return nil, err
	}
	v, err := all.Judge(a, s.Rule)
	if err != nil {
		return nil, s.activity.explain(err)
	}
	s.activity.doubtSteps(v)
	tellFrame(v, framed)
	b := liegg.BreakDown("output", v, a, s.Rule, o.names(), o.parts)
	first, every := opening{p.First, p.Of}, func(int) bool { return true }
	if err := n.tellChanges(v, a, first, v.Scales.Factors(len(o.parts)), every, s); err != nil {
		return nil, err
	}
	for i, part := range b.Parts {
		alone := make([]float64, len(o.parts))
		alone[i] = 1
		if err := n.tellChanges(part.Verdict, a, first, alone, every, s); err != nil {
			return nil, err
		}
	}
	b.Accuse()
	return b, n.weigh(v, s)
}

// outputs takes evidence of each output by itself.
type outputs struct {
	one    *extraction // of the gradient of one output
	each   []extraction
	parts  []*liegg.Evidence
	blocks int // that evidence of a part may have; 0 where they may follow each other
	taken  int // chunks

	gradients *model.Exec
}

// evidenceMemory is what the sums of all parts may take, in bytes.
const evidenceMemory = 4 << 30

// partBlocks is the number of blocks for each of so many parts and k candidates.
func partBlocks(parts, k int) int {
	return max(2, min(liegg.BlockLimit(k), evidenceMemory/(16*k*k*(parts+1))))
}

func newOutputs(n *Network, a action.Action, p *stream.Peeked, s *Settings) (o *outputs, err error) {
	defer caught(&err)
	one, backend, err := prepared(n, a, chunk{X: p.First}, *s)
	if err != nil {
		return nil, err
	}
	m := one.outputs
	blocks := partBlocks(m, a.Dim())
	if err := allot(s, p, blocks); err != nil {
		return nil, err
	}
	if s.Batch == 0 {
		s.Batch = p.Block()
	}
	o = &outputs{one: one, parts: make([]*liegg.Evidence, m), each: make([]extraction, m)}
	if blocks < liegg.BlockLimit(a.Dim()) {
		o.blocks = blocks
	}
	one.mode = ReverseMode
	if p.First.Size()/p.First.Shape().Dim(0) < m {
		one.mode = CoordinateMode
	}
	if o.gradients, err = model.NewExec(backend, n.Store, o.gradientGraph); err != nil {
		return nil, err
	}
	one.outputs, one.verdict, one.grouped = 1, true, s.grouped()
	one.rows = p.First.DType().Size() == 8 && !s.Gram && a.Dim() <= rowsUpTo
	one.limits = unlimited(a.Dim(), 1)
	if one.exec, err = model.NewExec(backend, n.Store, o.graph); err != nil {
		return nil, err
	}
	return o, o.measure(backend, p.First, s.Batch)
}

func (o *outputs) names() []string {
	names := make([]string, len(o.parts))
	for i := range names {
		names[i] = fmt.Sprint(i + 1)
	}
	return names
}

// gradientGraph takes a batch x to the gradients of all outputs, [m, batch, input…], and
// the outputs, [m, batch].
func (o *outputs) gradientGraph(scope *model.Scope, x *Node) []*Node {
	y := o.one.y(scope, x)
	return []*Node{Stack(jacobianRows(o.one.mode, o.one.action, x, y, nil).gradients, 0), Transpose(y, 0, 1)}
}

// graph is verdictGraph for one output: which tells the output.
func (o *outputs) graph(_ *model.Scope, inputs []*Node) []*Node {
	x, count, gradients, y, which, limits := inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], inputs[5]
	batch := x.Shape().Dim(0)
	at := func(all *Node) *Node { return Gather(all, Reshape(which, 1)) }
	g := Reshape(at(gradients), x.Shape().Dimensions...)
	rows := ExpandAxes(action.Contract(o.one.action, x, g), 1)
	j := newJacobian(o.one.action, rows, []*Node{g}, false)
	return o.one.verdictSums(j, x, Reshape(at(y), batch, 1), count, nil, limits)
}

// measure sets the bounds of each output.
func (o *outputs) measure(backend compute.Backend, beginning *tensors.Tensor, batch int) error {
	samples := min(pilotSamples, beginning.Shape().Dim(0))
	o.one.activity.start(1, rounding(beginning.DType()), math.Inf(1), false)
	if err := o.one.typical(backend, beginning, samples); err != nil {
		return err
	}
	pilots := make([]pilot, len(o.each))
	for i := range o.each {
		o.each[i] = *o.one
		o.each[i].limits = append(limits(nil), o.one.limits...)
	}
	err := o.pass(spread(beginning, samples, backend, batch), func(which int, c chunk, values [][]float64) {
		pilots[which].add(values, c.Count, []float64{1})
	})
	if err != nil {
		return err
	}
	for which := range o.each {
		o.each[which].limit(pilots[which])
	}
	if !o.one.grouped {
		return nil
	}
	return o.pass(dealt(beginning, samples, backend, batch), func(which int, _ chunk, values [][]float64) {
		o.each[which].apart.add(values, samples)
	})
}

// pass gives take what the programs tell of each output in every chunk, and frees the chunks.
func (o *outputs) pass(chunks iter.Seq2[chunk, error], take func(which int, c chunk, values [][]float64)) error {
	for c, err := range chunks {
		if err != nil {
			return err
		}
		all, err := o.values(c)
		finalize(c.X)
		if err != nil {
			return err
		}
		for which, values := range all {
			take(which, c, values)
		}
	}
	return nil
}

// values runs both programs on a chunk, the second one for each output.
func (o *outputs) values(c chunk) (all [][][]float64, err error) {
	defer caught(&err)
	results, err := o.gradients.Call(c.X)
	if err != nil {
		return nil, fmt.Errorf("network: differentiating the model failed: %w", err)
	}
	defer finalize(results...)
	all = make([][][]float64, len(o.each))
	for which := range o.each {
		limits := o.each[which].limits.tensor()
		all[which], err = called(o.one.exec, c.X, int32(c.Count), results[0], results[1], int32(which), limits)
		finalize(limits)
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// gather passes over the inputs. What comes back is the evidence of all outputs together.
func (o *outputs) gather(p *stream.Peeked, s Settings) (*liegg.Evidence, error) {
	n, a := o.one.network, o.one.action
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
	for c, err := range n.cut(inputs, s, a.Dim()) {
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
		part.Away(away(a, p))
		if err := s.tellDependence(part, &w); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// take adds a chunk to the evidence of all outputs, and of each.
func (o *outputs) take(e *extraction, all *liegg.Evidence, c chunk) error {
	values, err := o.values(c)
	if err != nil {
		finalize(c.X)
		return err
	}
	shape := c // keeps its numbers when x is freed
	chunks := make([]liegg.Chunk, len(values))
	for which := range values {
		chunks[which] = o.each[which].chunk(shape, values[which])
	}
	out, err := e.run(c)
	if err != nil || e.census.Found() {
		return err
	}
	out.Block = c.Block
	if err := all.Add(out); err != nil {
		return err
	}
	for which, part := range chunks {
		if part.Block, part.Repeats = c.Block, out.Repeats; part.Block == 0 && o.blocks > 0 {
			part.Block = o.taken%o.blocks + 1
		}
		if err := o.parts[which].Add(part); err != nil {
			return err
		}
	}
	o.taken++
	return nil
}

func (o *outputs) finalize() {
	o.one.finalize()
	o.gradients.Finalize()
}
