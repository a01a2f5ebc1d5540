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
// split and resampled by whole groups. The zero value says nothing of groups, and
// dependence is looked for.
type Groups struct {
	size    int   // of all groups; 0 where lengths or labels tell
	lengths []int // of groups that follow each other
	labels  []int // of all samples
	given   bool
}

// GroupsOf are groups of the given number of consecutive samples each; the last one may
// be shorter. GroupsOf(1) says that all samples are independent: dependence is then not
// looked for. It panics if size < 1.
func GroupsOf(size int) Groups {
	if size < 1 {
		panic(fmt.Sprintf("network: GroupsOf: size must be at least 1, got %d", size))
	}
	return Groups{size: size, given: true}
}

// GroupsBy are the samples with equal labels, one label for each sample of the stream,
// in its order. Groups may be interleaved in any way. The labels are not copied.
func GroupsBy(labels []int) Groups { return Groups{labels: labels, given: true} }

// GroupsOfLengths are groups of consecutive samples: the first lengths[0] samples, then
// lengths[1], and so on. They must add up to the length of the stream.
func GroupsOfLengths(lengths ...int) Groups { return Groups{lengths: lengths, given: true} }

// Given reports whether g tells of groups.
func (g Groups) Given() bool { return g.given }

// Independent reports whether g says that all samples are independent, as GroupsOf(1) does.
func (g Groups) Independent() bool { return g.size == 1 }

// String is such as "groups of 250 samples each".
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

// Allot returns the block, from 0 on, of each of so many samples, and the sizes of the
// groups. All samples of a group are in one block. Blocks hold about as many samples each
// as whole groups allow; there are at most so many of them, and none is empty. The error
// says what is wrong with g: it has no labels, other labels than samples, or a group
// without samples. It panics where samples or most is below 1, or no groups were given.
func (g Groups) Allot(samples, most int) (blocks, sizes []int, err error) {
	if samples < 1 || most < 1 || !g.given {
		panic(fmt.Sprintf("network: Groups.Allot: samples = %d and most = %d must be at least 1, and groups must be given", samples, most))
	}
	of, sizes, err := g.numbered(samples)
	if err != nil {
		return nil, nil, err
	}
	if len(of) != samples {
		return nil, nil, g.wrongLength(fmt.Sprint(samples))
	}
	blocks = balanced(sizes, most)
	for i, group := range of {
		of[i] = blocks[group]
	}
	return of, sizes, nil
}

// numbered returns the group of each sample, counted from 0 in order of appearance, and
// the sizes of the groups; samples is the length of the stream where g does not tell it.
func (g Groups) numbered(samples int) (of, sizes []int, err error) {
	switch {
	case g.size > 0:
		for i := range samples {
			of = append(of, i/g.size)
		}
		sizes = counts(of)
	case g.labels != nil:
		number := map[int]int{}
		for _, label := range g.labels {
			group, ok := number[label]
			if !ok {
				group = len(number)
				number[label] = group
			}
			of = append(of, group)
		}
		sizes = counts(of)
	default:
		for group, length := range g.lengths {
			if length < 1 {
				return nil, nil, fmt.Errorf("network: Settings.Groups: group %d of %d has %d samples: leave groups without samples out", group, len(g.lengths), length)
			}
			of = append(of, slices.Repeat([]int{group}, length)...)
		}
		sizes = g.lengths
	}
	if len(of) == 0 {
		return nil, nil, fmt.Errorf("network: Settings.Groups has no labels: give one for each sample, or leave Groups out")
	}
	return of, sizes, nil
}

// wrongLength says that the stream has another number of samples than g tells.
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

// counts is how often each of the numbers 0, 1, … occurs in of.
func counts(of []int) (sizes []int) {
	for _, group := range of {
		if group >= len(sizes) {
			sizes = append(sizes, make([]int, group+1-len(sizes))...)
		}
		sizes[group]++
	}
	return sizes
}

// balanced returns a block for each group, so that blocks have about equal sizes: groups
// from the largest on, each to the block that holds least (Graham, Bounds on
// multiprocessing timing anomalies, 1969). Groups of equal sizes take turns.
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
		least := 0
		for b, n := range filled {
			if n < filled[least] {
				least = b
			}
		}
		blocks[group] = least
		filled[least] += sizes[group]
	}
	return blocks
}

// allotment tells the block of each sample of a stream whose length may not be known.
type allotment struct {
	groups Groups
	most   int   // blocks
	of     []int // the block of each sample; nil where groups have one size
	sizes  []int
	labels int // given to JudgeByLabel; 0 elsewhere
	passed int // samples so far
}

// allot prepares to send the samples of a stream to at most so many blocks.
func (g Groups) allot(most int) (a *allotment, err error) {
	a = &allotment{groups: g, most: most}
	if g.size == 0 {
		of, sizes, err := g.numbered(0)
		if err != nil {
			return nil, err
		}
		blocks := balanced(sizes, most)
		for i, group := range of {
			of[i] = blocks[group]
		}
		a.of, a.sizes = of, sizes
	}
	return a, nil
}

// maxBuffered bounds the bytes of samples that wait until their chunk is full, one chunk for
// each block.
const maxBuffered = 256 << 20

// batch is the number of samples in a chunk of one block, for samples of so many bytes each:
// what was asked for or, if that is 0, enough for a block of a stream of which so many samples
// are known, within what suits the device and memory.
func (a *allotment) batch(asked, known, suits, bytes int) int {
	size := asked
	if size == 0 {
		blocks := a.blocks(known)
		size = min((known+blocks-1)/blocks, suits)
	}
	return max(1, min(size, maxBuffered/(a.most*max(1, bytes))))
}

// peekFor reads the beginning of a stream: more of it if samples come in groups, as these may
// be large.
func peekFor(inputs Inputs, limits device.Limits, s Settings) (*stream.Peeked, error) {
	if s.Groups.given && s.Groups.size != 1 {
		return stream.PeekAt(inputs, limits, math.MaxInt)
	}
	return stream.Peek(inputs, limits)
}

// allot makes settings send the samples to at most so many blocks, if they have groups of more
// than one sample.
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

// blockOf tells the block of each sample of the stream, counted from 1, by its number; nil if no
// groups of more than one sample were given.
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

// blocksOf are the blocks of samples by their numbers; each are so many samples in turn if
// nothing tells the block.
func blocksOf(numbers []int, of func(number int) int, each int) []int {
	blocks := make([]int, len(numbers))
	for i, number := range numbers {
		if of != nil {
			blocks[i] = of(number)
		} else {
			blocks[i] = i/each + 1
		}
	}
	return blocks
}

// blocks is the number of blocks for a stream of which so many samples are known.
func (a *allotment) blocks(known int) int {
	if a.of != nil {
		return min(a.most, len(a.sizes))
	}
	return max(1, min(a.most, known/a.groups.size))
}

// Most is the number of blocks at most.
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

// block is the block of a sample by its number in the stream.
func (a *allotment) block(number int) int {
	if a.of == nil {
		return number / a.groups.size % a.most
	}
	return a.of[number]
}

// End returns an error, at the end of the stream, unless it had as many samples as the groups
// say.
func (a *allotment) End() error {
	if a.of != nil && a.passed != len(a.of) {
		return a.wrongLength(fmt.Sprint(a.passed))
	}
	return nil
}

// wrongLength says that the stream has another number of samples than groups or labels.
func (a *allotment) wrongLength(samples string) error {
	if a.labels > 0 {
		return fmt.Errorf("network: there are %d labels for %s samples: give one label for each sample of the stream, in its order", a.labels, samples)
	}
	return a.groups.wrongLength(samples)
}

// dependence tells of the groups that were given for so many samples.
func (s Settings) dependence(samples int) liegg.Dependence {
	if s.Groups.size > 0 {
		return liegg.GroupedEvenly(samples, s.Groups.size)
	}
	return liegg.Grouped(s.allotment.sizes)
}
