package network

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Groups says which samples of a stream belong together: the frames of a trajectory,
// an image with its altered copies, the atoms of one simulation. Samples of one group
// may depend on each other in any way; groups must be independent. Evidence is then
// split and resampled by whole groups. The zero value means that no groups are known: Judge
// then looks for dependent samples itself.
type Groups struct {
	size    int   // samples in each group; 0 if lengths or labels are given
	lengths []int // samples in each of the consecutive groups
	labels  []int // the group of each sample
	given   bool
}

// GroupsOf returns groups of the given number of consecutive samples each; the last one may
// be shorter. GroupsOf(1) says that all samples are independent: Judge then does not look for
// dependence. GroupsOf panics if size < 1.
func GroupsOf(size int) Groups {
	if size < 1 {
		panic(fmt.Sprintf("network: GroupsOf: size must be at least 1, got %d", size))
	}
	return Groups{size: size, given: true}
}

// GroupsBy returns groups of samples with equal labels, given one label for each sample of the
// stream, in its order. Groups may be interleaved in any way. The labels are not copied.
func GroupsBy(labels []int) Groups { return Groups{labels: labels, given: true} }

// GroupsOfLengths returns groups of consecutive samples: the first lengths[0] samples, the next
// lengths[1], and so on. The lengths must add up to the length of the stream.
func GroupsOfLengths(lengths ...int) Groups { return Groups{lengths: lengths, given: true} }

// Given reports whether g is not the zero value.
func (g Groups) Given() bool { return g.given }

// Independent reports whether g says that all samples are independent, as GroupsOf(1) does.
func (g Groups) Independent() bool { return g.size == 1 }

// String returns, for example, "groups of 250 samples each".
func (g Groups) String() string {
	switch {
	case !g.given:
		return "no groups"
	case g.size == 1:
		return "independent samples"
	case g.size > 0:
		return fmt.Sprintf("groups of %d samples each", g.size)
	case g.labels != nil:
		return fmt.Sprintf("groups by %d labels", len(g.labels))
	}
	return fmt.Sprintf("%d groups of consecutive samples", len(g.lengths))
}

// Allot assigns samples to blocks. It returns the block of each sample, counted from 0, and the
// sizes of the groups. All samples of a group are in one block. There are at most most blocks;
// none is empty, and their sizes differ as little as whole groups allow. Allot returns an error
// if there are no labels, if there are more or fewer labels than samples, or if a group has no
// samples. It panics if samples or most is below 1, or if no groups were given.
func (g Groups) Allot(samples, most int) (blocks, sizes []int, err error) {
	if samples < 1 || most < 1 || !g.given {
		panic(fmt.Sprintf("network: Groups.Allot: samples = %d and most = %d must be at least 1, and groups must be given", samples, most))
	}
	groups, sizes, err := g.numbered(samples)
	if err != nil {
		return nil, nil, err
	}
	if len(groups) != samples {
		return nil, nil, g.wrongLength(fmt.Sprint(samples))
	}
	return blocksOfGroups(groups, balanced(sizes, most)), sizes, nil
}

// blocksOfGroups returns the block of each sample, given its group and the block of each group.
func blocksOfGroups(groups, blocks []int) []int {
	of := make([]int, len(groups))
	for i, group := range groups {
		of[i] = blocks[group]
	}
	return of
}

// numbered returns the group of each sample, counted from 0 in order of appearance, and
// the sizes of the groups. samples is the length of the stream; it matters only for groups of
// one size.
func (g Groups) numbered(samples int) (groups, sizes []int, err error) {
	switch {
	case g.size > 0:
		for i := range samples {
			groups = append(groups, i/g.size)
		}
		sizes = counts(groups)
	case g.labels != nil:
		number := map[int]int{}
		for _, label := range g.labels {
			group, ok := number[label]
			if !ok {
				group = len(number)
				number[label] = group
			}
			groups = append(groups, group)
		}
		sizes = counts(groups)
	default:
		for group, length := range g.lengths {
			if length < 1 {
				return nil, nil, fmt.Errorf("network: Settings.Groups: group %d of %d has %d samples: leave groups without samples out", group, len(g.lengths), length)
			}
			groups = append(groups, slices.Repeat([]int{group}, length)...)
		}
		sizes = g.lengths
	}
	if len(groups) == 0 {
		return nil, nil, fmt.Errorf("network: Settings.Groups has no labels: give one for each sample, or leave Groups out")
	}
	return groups, sizes, nil
}

// wrongLength returns the error for a stream whose number of samples does not fit g.
func (g Groups) wrongLength(samples string) error {
	if g.labels != nil {
		return fmt.Errorf("network: Settings.Groups has %d labels for %s samples: give one label for each sample of the stream, in its order", len(g.labels), samples)
	}
	total := 0
	for _, length := range g.lengths {
		total += length
	}
	return fmt.Errorf("network: the lengths in Settings.Groups add up to %d, but there are %s samples", total, samples)
}

// counts returns how often each of the numbers 0, 1, … occurs.
func counts(numbers []int) (counts []int) {
	for _, i := range numbers {
		if i >= len(counts) {
			counts = append(counts, make([]int, i+1-len(counts))...)
		}
		counts[i]++
	}
	return counts
}

// balanced returns a block for each group, such that blocks have about equal sizes. It assigns
// the groups in order of decreasing size, each to the block with the fewest samples so far
// (Graham, Bounds on multiprocessing timing anomalies, 1969). Groups of equal sizes go to the
// blocks in turn.
func balanced(sizes []int, most int) (blocks []int) {
	order := make([]int, len(sizes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(sizes[j], sizes[i]) })
	filled := make([]int, min(most, len(sizes)))
	blocks = make([]int, len(sizes))
	if sizes[order[0]] == sizes[order[len(order)-1]] {
		for group := range blocks {
			blocks[group] = group % len(filled)
		}
		return blocks
	}
	for _, group := range order {
		b := slices.Index(filled, slices.Min(filled))
		blocks[group] = b
		filled[b] += sizes[group]
	}
	return blocks
}

// allotment assigns the samples of a stream, whose length may not be known, to blocks.
type allotment struct {
	groups Groups
	most   int   // largest number of blocks
	of     []int // the block of each sample; nil for groups of one size
	sizes  []int // of the groups
	labels int   // number of labels given to JudgeByLabel; otherwise 0
	passed int   // number of samples so far
}

// allot prepares to assign the samples of a stream to at most most blocks.
func (g Groups) allot(most int) (a *allotment, err error) {
	a = &allotment{groups: g, most: most}
	if g.size == 0 {
		groups, sizes, err := g.numbered(0)
		if err != nil {
			return nil, err
		}
		a.of, a.sizes = blocksOfGroups(groups, balanced(sizes, most)), sizes
	}
	return a, nil
}

// maxBuffered is the largest number of bytes of samples that wait until their chunk is full. One
// chunk is filled for each block.
const maxBuffered = 256 << 20

// batch returns the number of samples in a chunk of one block: the number asked for or, if that
// is 0, the samples of a block if the stream has the known number of samples, but at most the
// number that suits the device. bytes is the size of a sample; chunks of all blocks must fit into
// maxBuffered.
func (a *allotment) batch(asked, known, suits, bytes int) int {
	size := asked
	if size == 0 {
		blocks := a.blocks(known)
		size = min((known+blocks-1)/blocks, suits)
	}
	return max(1, min(size, maxBuffered/(a.most*max(1, bytes))))
}

// peekFor reads the beginning of a stream. It reads more if samples come in groups, since groups
// may be large.
func peekFor(inputs Inputs, limits device.Limits, s Settings) (*stream.Peeked, error) {
	if s.Groups.given && s.Groups.size != 1 {
		return stream.PeekAt(inputs, limits, math.MaxInt)
	}
	return stream.Peek(inputs, limits)
}

// allot sets in s how samples are assigned to at most most blocks, if s has groups of more than
// one sample.
func allot(s *Settings, p *stream.Peeked, most int) (err error) {
	if !s.Groups.given || s.Groups.size == 1 || p.First == nil {
		return nil
	}
	if s.allotment, err = s.Groups.allot(most); err != nil {
		return err
	}
	s.Batch = s.allotment.batch(s.Batch, p.Known, p.Batch(), int(p.First.ByteSize())/p.First.Shape().Dim(0))
	return nil
}

// blockOf returns a function from the index of a sample in the stream to its block, counted from
// 1. It returns nil if no groups of more than one sample were given.
func (s Settings) blockOf(candidates int) (of func(number int) int, err error) {
	if !s.Groups.given || s.Groups.size == 1 {
		return nil, nil
	}
	a, err := s.Groups.allot(liegg.BlockLimit(candidates))
	if err != nil {
		return nil, err
	}
	return func(number int) int { return a.block(number) + 1 }, nil
}

// blocks returns the number of blocks for a stream with the known number of samples.
func (a *allotment) blocks(known int) int {
	if a.of != nil {
		return min(a.most, len(a.sizes))
	}
	return max(1, min(a.most, known/a.groups.size))
}

// Most returns the largest number of blocks.
func (a *allotment) Most() int { return a.most }

// Next returns the block of the next sample.
func (a *allotment) Next() (block int, err error) {
	i := a.passed
	a.passed++
	if a.of != nil && i >= len(a.of) {
		return 0, a.wrongLength("more")
	}
	return a.block(i), nil
}

// block returns the block of a sample, given its index in the stream.
func (a *allotment) block(number int) int {
	if a.of == nil {
		return number / a.groups.size % a.most
	}
	return a.of[number]
}

// End returns an error unless the stream had as many samples as there are labels, or as the
// lengths add up to.
func (a *allotment) End() error {
	if a.of != nil && a.passed != len(a.of) {
		return a.wrongLength(fmt.Sprint(a.passed))
	}
	return nil
}

// wrongLength returns the error for a stream whose number of samples does not fit the groups or
// labels.
func (a *allotment) wrongLength(samples string) error {
	if a.labels > 0 {
		return fmt.Errorf("network: there are %d labels for %s samples: give one label for each sample of the stream, in its order", a.labels, samples)
	}
	return a.groups.wrongLength(samples)
}

// dependence describes the groups that were given, for a stream of so many samples.
func (s Settings) dependence(samples int) liegg.Dependence {
	if s.Groups.size > 0 {
		return liegg.GroupedEvenly(samples, s.Groups.size)
	}
	return liegg.Grouped(s.allotment.sizes)
}
