package network

import (
	"fmt"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/activity"
	"github.com/liegg/lab/liegg/network/internal/checks"
	"github.com/liegg/lab/liegg/network/internal/extraction"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// JudgeByOutput finds the outputs of a network that break the symmetries that all outputs have
// together. In one pass over the inputs, it judges all outputs, as Judge does, and each output by
// itself. It differentiates each batch twice: once for the verdict on all outputs, once for the
// gradients of single outputs. Memory is O(m·liegg.Blocks·K²) for m outputs.
//
// Settings.Head is applied to the outputs first. An output that does not vary becomes a part with
// a Reason. JudgeByOutput returns the errors of Judge, and an error for an action.Equivariance,
// which moves outputs together.
func JudgeByOutput(n *Network, a action.Action, inputs Inputs, s Settings) (*liegg.Breakdown, error) {
	mustBeUsable(n, a, inputs, s)
	if _, together := a.(action.Equivariance); together {
		return nil, fmt.Errorf("network: an action that moves the outputs together cannot be judged output by output: give the action on the inputs alone, or use Judge")
	}
	n, s.activity = n.Through(a), new(activity.Record)
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
	defer o.singles.Finalize()
	all, err := o.gather(p, s)
	if err != nil {
		return nil, err
	}
	v, left, err := n.judge(all, a, s)
	if err != nil {
		return nil, err
	}
	s.activity.DoubtSteps(v)
	s.activity.DoubtLate(v)
	s.activity.DoubtRounded(v)
	setFrame(v, framed)
	b := liegg.BreakDown("output", v, a, s.Rule, o.names(), o.parts)
	some, err := spreadOver(p)
	if err != nil {
		return nil, err
	}
	defer finalize(some.X)
	if err := lookAgainByOutput(n, a, b, some.Everywhere(), s); err != nil {
		return nil, err
	}
	b.Accuse()
	left.tell(v)
	return b, nil
}

// lookAgainByOutput looks at samples again for the verdict on all outputs and for the verdict on each.
func lookAgainByOutput(n *Network, a action.Action, b *liegg.Breakdown, at checks.View, s Settings) error {
	if err := n.checked().SetPart(b.All, a, at, b.All.Scales.Factors(len(b.Parts)), s.reviewing()); err != nil {
		return err
	}
	for i, part := range b.Parts {
		factors := make([]float64, len(b.Parts))
		factors[i] = 1
		if err := n.checked().SetPart(part.Verdict, a, at, factors, s.reviewing()); err != nil {
			return err
		}
	}
	return nil
}

// byOutput collects evidence for each output by itself.
type byOutput struct {
	network *Network
	action  action.Action
	singles *extraction.Singles // programs for the gradients of single outputs
	parts   []*liegg.Evidence   // of each output
	blocks  int                 // number of blocks among which chunks of outputs are dealt; 0 if the evidence chooses
	chunks  int                 // number of chunks so far
}

// evidenceMemory is the largest number of bytes for the sums of all parts.
const evidenceMemory = 4 << 30

// partBlocks returns the number of blocks for each of a number of parts, with k candidates.
func partBlocks(parts, k int) int {
	return max(2, min(liegg.BlockLimit(k), evidenceMemory/(16*k*k*(parts+1))))
}

func newByOutput(n *Network, a action.Action, p *stream.Peeked, s *Settings) (*byOutput, error) {
	single, err := extraction.NewSingles(n.source(), a, p.First, s.rows())
	if err != nil {
		return nil, err
	}
	m := single.Outputs()
	blocks := partBlocks(m, a.Dim())
	if err := allot(s, p, blocks); err != nil {
		single.Finalize()
		return nil, err
	}
	if s.Batch == 0 {
		s.Batch = p.Block()
	}
	o := &byOutput{network: n, action: a, singles: single, parts: make([]*liegg.Evidence, m)}
	if blocks < liegg.BlockLimit(a.Dim()) {
		o.blocks = blocks
	}
	return o, single.Measure(p.First, s.rows())
}

func (o *byOutput) names() []string {
	names := make([]string, len(o.parts))
	for i := range names {
		names[i] = fmt.Sprint(i + 1)
	}
	return names
}

// gather passes over the inputs. It fills o.parts, and returns the evidence of all outputs
// together.
func (o *byOutput) gather(p *stream.Peeked, s Settings) (*liegg.Evidence, error) {
	n, a := o.network, o.action
	w := stream.Watch{Moves: action.Moves(a)}
	inputs := Inputs(p.Inputs)
	if !s.Groups.given {
		inputs = w.Watched(inputs)
	}
	for i := range o.parts {
		o.parts[i] = liegg.NewEvidence(a.Dim())
	}
	all := liegg.NewEvidence(a.Dim())
	var e *extraction.Program
	defer func() { e.Finalize() }()
	for c, err := range n.cut(inputs, s, a.Dim(), p.First) {
		if err == nil && e == nil {
			e, err = n.source().Program(a, c, s.rows(), p.First)
		}
		if err == nil {
			err = o.take(e, all, c)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := e.NotFinite(); err != nil {
		return nil, err
	}
	n.compiled.Keep(e)
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
func (o *byOutput) take(e *extraction.Program, all *liegg.Evidence, c chunk) error {
	chunks, err := o.singles.Run(c)
	if err != nil {
		finalize(c.X)
		return err
	}
	out, err := e.Run(c)
	if err != nil || e.Census.Found() {
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
