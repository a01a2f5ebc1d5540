package network

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// JudgeByLabel asks for which samples a network breaks the symmetries that it has on all
// together: it judges all samples, as Judge does, and by themselves those of each label, in
// one pass. Labels are the classes of a data set or any grouping of one's own, one for each
// sample of the stream, in its order. Parts are in the order of the labels. Memory is
// O(L·liegg.Blocks·K²) for L labels.
//
// Settings.Groups, which say what samples depend on each other, are kept whole within each
// label. Without them, dependence is looked for in all samples and in those of each label.
// Labels with few samples have a Reason instead of a verdict. It returns the errors of Judge,
// and labels of another number than samples.
func JudgeByLabel[L cmp.Ordered](n *Network, a action.Action, inputs Inputs, labels []L, s Settings) (*liegg.Breakdown, error) {
	mustBeUsable(n, a, inputs, s)
	if len(labels) == 0 {
		return nil, fmt.Errorf("network: JudgeByLabel has no labels: give one for each sample of the stream, in its order")
	}
	count := map[L]int{}
	for _, l := range labels {
		count[l]++
	}
	names := slices.Sorted(maps.Keys(count))
	number := make(map[L]int, len(names))
	l := &byLabel{names: make([]string, len(names)), of: make([]int, len(labels))}
	for i, name := range names {
		number[name], l.names[i] = i, fmt.Sprint(name)
	}
	for i, label := range labels {
		l.of[i] = number[label]
	}
	return l.judge(n, a, inputs, s)
}

// byLabel are samples by label, which are counted from 0.
type byLabel struct {
	names  []string
	of     []int // the label of each sample
	blocks int   // for each label

	groups  []int // of each sample; nil where none were given
	all     *liegg.Evidence
	parts   []*liegg.Evidence
	watches []stream.Watch
}

func (l *byLabel) judge(n *Network, a action.Action, inputs Inputs, s Settings) (*liegg.Breakdown, error) {
	n, s.activity = n.Through(a), new(activity)
	framed := a
	p, a, err := begun(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	if a, err = n.inOutputUnits(a, p.First, s); err != nil {
		return nil, err
	}
	if err := l.allot(&s, p, a.Dim()); err != nil {
		return nil, err
	}
	if err := l.gather(n, a, p, s); err != nil {
		return nil, err
	}
	v, err := l.all.Judge(a, s.Rule)
	if err != nil {
		return nil, s.activity.explain(err)
	}
	first := opening{p.First, p.Of}
	if err := n.tellOutputs(v, a, first, s); err != nil {
		return nil, err
	}
	tellFrame(v, framed)
	b := liegg.BreakDown("label", v, a, s.Rule, l.names, l.parts)
	for i, part := range b.Parts {
		of := func(number int) bool { return l.of[number] == i }
		if err := n.tellChanges(part.Verdict, a, first, v.Scales.Factors(v.Spectrum.Outputs), of, s); err != nil {
			return nil, err
		}
	}
	b.Accuse()
	return b, n.weigh(v, s)
}

// allot sends the samples to blocks, each of one label: those of label i are the blocks
// i·l.blocks … (i+1)·l.blocks − 1. Samples of a label that follow each other, or whole
// groups, share one.
func (l *byLabel) allot(s *Settings, p *stream.Peeked, k int) error {
	l.blocks = min(liegg.Blocks, partBlocks(len(l.names), k))
	to := &allotment{groups: s.Groups, most: l.blocks * len(l.names), of: make([]int, len(l.of)), labels: len(l.of)}
	if s.Groups.given && s.Groups.size != 1 {
		of, sizes, err := s.Groups.numbered(len(l.of))
		if err != nil {
			return err
		}
		if len(of) != len(l.of) {
			return s.Groups.wrongLength(fmt.Sprint(len(l.of)))
		}
		blocks := balanced(sizes, l.blocks)
		for i, group := range of {
			to.of[i] = l.of[i]*l.blocks + blocks[group]
		}
		l.groups, to.sizes = of, sizes
	} else {
		sizes, passed := counts(l.of), make([]int, len(l.names))
		for i, label := range l.of {
			to.of[i] = label*l.blocks + passed[label]*l.blocks/sizes[label]
			passed[label]++
		}
	}
	s.allotment = to
	if s.Batch == 0 {
		s.Batch = max(1, len(l.of)/to.most)
	}
	s.Batch = to.batch(s.Batch, p.Known, p.Batch(), int(p.First.ByteSize())/p.First.Shape().Dim(0))
	return nil
}

// gather passes over the inputs, and keeps the evidence of each label apart.
func (l *byLabel) gather(n *Network, a action.Action, p *stream.Peeked, s Settings) error {
	l.all, l.parts, l.watches = liegg.NewEvidence(a.Dim()), make([]*liegg.Evidence, len(l.names)), make([]stream.Watch, len(l.names))
	w := stream.Watch{Moves: action.Moves(a)}
	for i := range l.parts {
		l.parts[i] = liegg.NewEvidence(a.Dim())
		l.watches[i].Moves = w.Moves
	}
	inputs := Inputs(p.Inputs)
	if !s.Groups.given {
		inputs = w.Watched(l.watched(inputs))
	}
	for c, err := range polarizationChunks(n, a, inputs, s, p.First) {
		if err == nil {
			err = l.take(c)
		}
		if err != nil {
			return err
		}
	}
	if err := s.tellDependence(l.all, &w); err != nil {
		return err
	}
	l.all.Away(away(a, p))
	for i, part := range l.parts {
		part.Away(away(a, p))
		part.Depends(l.dependence(i, s))
	}
	return nil
}

// take adds a chunk of one label to the evidence of that and of all.
func (l *byLabel) take(c liegg.Chunk) error {
	label := (c.Block - 1) / l.blocks
	c.Block = (c.Block-1)%l.blocks + 1
	if err := l.parts[label].Add(c); err != nil {
		return err
	}
	return l.all.Add(c)
}

// dependence tells how the samples of a label depend on each other.
func (l *byLabel) dependence(label int, s Settings) liegg.Dependence {
	switch {
	case !s.Groups.given:
		return l.watches[label].Dependence()
	case l.groups == nil:
		return liegg.GroupedEvenly(counts(l.of)[label], 1)
	}
	sizes := map[int]int{}
	for i, group := range l.groups {
		if l.of[i] == label {
			sizes[group]++
		}
	}
	return liegg.Grouped(slices.Collect(maps.Values(sizes)))
}

// watched is the stream, of which each label is watched.
func (l *byLabel) watched(inputs Inputs) Inputs {
	return func(yield func(*tensors.Tensor, error) bool) {
		passed := 0
		for x, err := range inputs {
			if err == nil && x.Ok() && x.Rank() > 0 && x.Size() > 0 && passed+x.Shape().Dim(0) <= len(l.of) {
				err = stream.WatchEach(x, func(i int) *stream.Watch { return &l.watches[l.of[passed+i]] })
				passed += x.Shape().Dim(0)
			}
			if !yield(x, err) {
				return
			}
		}
	}
}
