package network

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/activity"
	"github.com/liegg/lab/liegg/network/internal/checks"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// JudgeByLabel finds the samples for which a network breaks the symmetries that it has on
// all samples together. In one pass, it judges all samples, as Judge does, and the samples of
// each label by themselves. Labels are the classes of a data set, or any other grouping: one for
// each sample of the stream, in its order. The parts of the result are in the order of the
// labels. Memory is O(L·liegg.Blocks·K²) for L labels.
//
// Settings.Groups, which say which samples depend on each other, are kept whole within each
// label. Without groups, JudgeByLabel looks for dependence in all samples and in the samples of
// each label. Labels with few samples have a Reason instead of a verdict. JudgeByLabel returns
// the errors of Judge, and an error unless there is one label for each sample.
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
	l := &byLabel{names: make([]string, len(names)), labelOf: make([]int, len(labels))}
	for i, name := range names {
		number[name], l.names[i] = i, fmt.Sprint(name)
	}
	for i, label := range labels {
		l.labelOf[i] = number[label]
	}
	return l.judge(n, a, inputs, s)
}

// byLabel collects evidence for each label. Labels are numbered from 0.
type byLabel struct {
	names   []string
	labelOf []int // the label of each sample
	blocks  int   // number of blocks for each label

	groups  []int             // the group of each sample; nil if no groups were given
	all     *liegg.Evidence   // of all samples
	parts   []*liegg.Evidence // of the samples of each label
	watches []stream.Watch
	some    []*stream.Spread // samples of each label
}

// lookedAtOfLabel is the largest number of samples of a label at which its verdict looks again.
const lookedAtOfLabel = 256

func (l *byLabel) judge(n *Network, a action.Action, inputs Inputs, s Settings) (*liegg.Breakdown, error) {
	n, s.activity = n.Through(a), new(activity.Record)
	framed := a
	p, a, err := openStream(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	if a, err = n.source().InOutputUnits(a, p.First, s.rows()); err != nil {
		return nil, err
	}
	if err := l.allot(&s, p, a.Dim()); err != nil {
		return nil, err
	}
	if err := l.gather(n, a, p, s); err != nil {
		return nil, err
	}
	v, left, err := n.judge(l.all, a, s)
	if err != nil {
		return nil, err
	}
	some, err := spreadOver(p)
	if err != nil {
		return nil, err
	}
	defer finalize(some.X)
	if err := n.checked().SetOutputs(v, a, some, s.reviewing()); err != nil {
		return nil, err
	}
	setFrame(v, framed)
	b := liegg.BreakDown("label", v, a, s.Rule, l.names, l.parts)
	for i, part := range b.Parts {
		if err := l.lookAgain(n, a, part.Verdict, i, some, v.Scales.Factors(v.Spectrum.Outputs), s); err != nil {
			return nil, err
		}
	}
	b.Accuse()
	left.tell(v)
	return b, nil
}

// lookAgain looks at samples of a label for the verdict on it, which may be nil.
func (l *byLabel) lookAgain(n *Network, a action.Action, v *liegg.Verdict, label int, some checks.Samples, factors []float64, s Settings) error {
	if v == nil || v.Answer != liegg.Symmetric {
		return nil
	}
	x, _, err := l.some[label].Tensor()
	if err != nil {
		return err
	}
	defer finalize(x)
	ofLabel := func(number int) bool { return l.labelOf[number] == label }
	return n.checked().SetPart(v, a, checks.View{All: some, Part: x, Wanted: ofLabel}, factors, s.reviewing())
}

// allot assigns the samples to blocks, each of one label: label i has the blocks i·l.blocks …
// (i+1)·l.blocks − 1. Consecutive samples of a label, or whole groups, share a block.
func (l *byLabel) allot(s *Settings, p *stream.Peeked, k int) error {
	l.blocks = min(liegg.Blocks, partBlocks(len(l.names), k))
	to := &allotment{groups: s.Groups, most: l.blocks * len(l.names), of: make([]int, len(l.labelOf)), labels: len(l.labelOf)}
	if s.Groups.given && s.Groups.size != 1 {
		groups, sizes, err := s.Groups.numbered(len(l.labelOf))
		if err != nil {
			return err
		}
		if len(groups) != len(l.labelOf) {
			return s.Groups.wrongLength(fmt.Sprint(len(l.labelOf)))
		}
		blocks := balanced(sizes, l.blocks)
		for i, group := range groups {
			to.of[i] = l.labelOf[i]*l.blocks + blocks[group]
		}
		l.groups, to.sizes = groups, sizes
	} else {
		sizes, passed := counts(l.labelOf), make([]int, len(l.names))
		for i, label := range l.labelOf {
			to.of[i] = label*l.blocks + passed[label]*l.blocks/sizes[label]
			passed[label]++
		}
	}
	s.allotment = to
	if s.Batch == 0 {
		s.Batch = max(1, len(l.labelOf)/to.most)
	}
	s.Batch = to.batch(s.Batch, p.Known, p.Batch(), int(p.First.ByteSize())/p.First.Shape().Dim(0))
	return nil
}

// gather passes over the inputs, and collects the evidence of each label separately.
func (l *byLabel) gather(n *Network, a action.Action, p *stream.Peeked, s Settings) error {
	l.all, l.parts, l.watches = liegg.NewEvidence(a.Dim()), make([]*liegg.Evidence, len(l.names)), make([]stream.Watch, len(l.names))
	w := stream.Watch{Moves: action.Moves(a)}
	for i := range l.parts {
		l.parts[i] = liegg.NewEvidence(a.Dim())
		l.watches[i].Moves = w.Moves
	}
	l.some = make([]*stream.Spread, len(l.names))
	sampleBytes := int(p.First.ByteSize()) / p.First.Shape().Dim(0)
	for i := range l.some {
		l.some[i] = stream.NewSpread(min(lookedAtOfLabel, activity.ReservoirBytes/(sampleBytes*len(l.some))))
	}
	inputs := l.passing(p.Inputs, func(x *tensors.Tensor, label func(i int) int) error {
		return stream.SpreadEach(x, func(i int) *stream.Spread { return l.some[label(i)] })
	})
	if !s.Groups.given {
		inputs = w.Watched(l.passing(inputs, func(x *tensors.Tensor, label func(i int) int) error {
			return stream.WatchEach(x, func(i int) *stream.Watch { return &l.watches[label(i)] })
		}))
	}
	for c, err := range polarizationChunks(n, a, inputs, s, p.First) {
		if err == nil {
			err = l.take(c)
		}
		if err != nil {
			return err
		}
	}
	if err := s.setDependence(l.all, &w); err != nil {
		return err
	}
	l.all.Away(distanceFromOrigin(a, p))
	for i, part := range l.parts {
		part.Away(distanceFromOrigin(a, p))
		part.Depends(l.dependence(i, s))
	}
	return nil
}

// take adds a chunk of one label to the evidence of the label and to the evidence of all.
func (l *byLabel) take(c liegg.Chunk) error {
	label := (c.Block - 1) / l.blocks
	c.Block = (c.Block-1)%l.blocks + 1
	if err := l.parts[label].Add(c); err != nil {
		return err
	}
	return l.all.Add(c)
}

// dependence returns how the samples of a label depend on each other.
func (l *byLabel) dependence(label int, s Settings) liegg.Dependence {
	switch {
	case !s.Groups.given:
		return l.watches[label].Dependence()
	case l.groups == nil:
		return liegg.GroupedEvenly(counts(l.labelOf)[label], 1)
	}
	sizes := map[int]int{}
	for i, group := range l.groups {
		if l.labelOf[i] == label {
			sizes[group]++
		}
	}
	return liegg.Grouped(slices.Collect(maps.Values(sizes)))
}

// passing returns a stream that passes each tensor to a function, with the labels of its samples.
func (l *byLabel) passing(inputs Inputs, pass func(x *tensors.Tensor, label func(i int) int) error) Inputs {
	return func(yield func(*tensors.Tensor, error) bool) {
		passed := 0
		for x, err := range inputs {
			if err == nil && x.Ok() && x.Rank() > 0 && x.Size() > 0 && passed+x.Shape().Dim(0) <= len(l.labelOf) {
				err = pass(x, func(i int) int { return l.labelOf[passed+i] })
				passed += x.Shape().Dim(0)
			}
			if !yield(x, err) {
				return
			}
		}
	}
}
