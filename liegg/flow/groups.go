package flow

import (
	"fmt"
	"slices"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// forInputs prepares settings for buffered inputs. With groups, intervals are made of blocks of
// whole groups. If no groups are given and most samples repeat others, equal samples form a
// group.
func (s Settings) forInputs(held *network.Buffered) (_ Settings, err error) {
	if !s.Groups.Given() {
		labels, distinct, err := held.Repeats()
		if err != nil {
			return s, err
		}
		if repeats := held.Len() - distinct; repeats > distinct || repeats > 0 && distinct < enoughEffective {
			s.Groups, s.repeats = network.GroupsBy(labels), repeats
		}
	}
	if s.Groups.Given() {
		s.blocks, _, err = s.Groups.Allot(held.Len(), bootBlocks)
	}
	return s, err
}

// dependence returns reasons to give no answer, unless it is exact, if the buffered samples
// depend on each other.
func (s Settings) dependence(held *network.Buffered, a action.Action) ([]string, error) {
	d, err := held.Dependence(s.Groups, a)
	if err != nil {
		return nil, err
	}
	doubts := d.Doubts()
	if s.repeats > 0 && len(doubts) > 0 {
		doubts = []string{fmt.Sprintf("%d of the %d samples repeat others: give different samples, each once", s.repeats, held.Len())}
	}
	return doubts, nil
}

// subset returns some of the buffered samples, and settings for them.
func (s Settings) subset(held *network.Buffered, samples []int) (*network.Buffered, Settings, error) {
	if s.Groups.Given() {
		labels, _, err := s.Groups.Allot(held.Len(), held.Len()) // a block for each group
		if err != nil {
			return nil, s, err
		}
		own := make([]int, len(samples))
		for k, i := range samples {
			own[k] = labels[i]
		}
		s.Groups = network.GroupsBy(own)
	}
	numbers := slices.Clone(samples)
	for k, i := range samples {
		if s.numbers != nil {
			numbers[k] = s.numbers[i]
		}
	}
	s.numbers = numbers
	some, err := held.Pick(samples)
	return some, s, err
}

// evenSample returns count of the buffered samples, evenly spread and so from all groups.
func (s Settings) evenSample(held *network.Buffered, count int) (*network.Buffered, Settings, error) {
	n := held.Len()
	count = min(count, n)
	samples := make([]int, count)
	for k := range samples {
		samples[k] = k * n / count
	}
	return s.subset(held, samples)
}

// halves returns the numbers of the samples to fit with and to judge with: the first and the
// second half, or two halves of the groups.
func (s Settings) halves(n int) (fitted, judged []int, err error) {
	half := make([]int, n)
	for i := range half {
		half[i] = i / max(1, n/2)
	}
	if s.Groups.Given() {
		if half, _, err = s.Groups.Allot(n, 2); err != nil {
			return nil, nil, err
		}
	}
	for i, h := range half {
		if h == 0 {
			fitted = append(fitted, i)
		} else {
			judged = append(judged, i)
		}
	}
	switch {
	case len(judged) > 0:
	case n == 1:
		err = fmt.Errorf("flow: a single sample cannot be halved: one half of the inputs is fitted, the other half judges")
	default:
		err = fmt.Errorf("flow: Settings.Groups puts all %d samples into one group, which cannot be halved: give samples of several independent groups", n)
	}
	return fitted, judged, err
}

// reconciled fills in outputs and groups of Settings and of its Verdict from each other.
func (s Settings) reconciled() Settings {
	s.BySize = s.BySize || s.Verdict.BySize
	s.Verdict.BySize = s.BySize
	if !s.Groups.Given() {
		s.Groups = s.Verdict.Groups
	}
	if !s.Verdict.Groups.Given() {
		s.Verdict.Groups = s.Groups
	}
	if !s.Verdict.Head.Given() {
		s.Verdict.Head = s.Head
	}
	return s
}
