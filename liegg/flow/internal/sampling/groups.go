package sampling

import (
	"fmt"
	"slices"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// For prepares a plan for buffered inputs. With groups, intervals are made of blocks of
// whole groups. If no groups are given and most samples repeat others, equal samples form a
// group.
func (p Plan) For(held *network.Buffered) (_ Plan, err error) {
	if !p.Groups.Given() {
		labels, distinct, err := held.Repeats()
		if err != nil {
			return p, err
		}
		if repeats := held.Len() - distinct; repeats > distinct || repeats > 0 && distinct < Enough {
			p.Groups, p.repeats = network.GroupsBy(labels), repeats
		}
	}
	if p.Groups.Given() {
		p.blocks, _, err = p.Groups.Allot(held.Len(), bootBlocks)
	}
	return p, err
}

// Dependence returns reasons to give no answer, unless it is exact, if the buffered samples
// depend on each other.
func (p Plan) Dependence(held *network.Buffered, a action.Action) ([]string, error) {
	d, err := held.Dependence(p.Groups, a)
	if err != nil {
		return nil, err
	}
	doubts := d.Doubts()
	if p.repeats > 0 && len(doubts) > 0 {
		doubts = []string{fmt.Sprintf("%d of the %d samples repeat others: give different samples, each once", p.repeats, held.Len())}
	}
	return doubts, nil
}

// Subset returns some of the buffered samples, and a plan for them.
func (p Plan) Subset(held *network.Buffered, samples []int) (*network.Buffered, Plan, error) {
	if p.Groups.Given() {
		labels, _, err := p.Groups.Allot(held.Len(), held.Len()) // a block for each group
		if err != nil {
			return nil, p, err
		}
		own := make([]int, len(samples))
		for k, i := range samples {
			own[k] = labels[i]
		}
		p.Groups = network.GroupsBy(own)
	}
	numbers := slices.Clone(samples)
	for k, i := range samples {
		if p.numbers != nil {
			numbers[k] = p.numbers[i]
		}
	}
	p.numbers = numbers
	some, err := held.Pick(samples)
	return some, p, err
}

// Even returns count of the buffered samples, evenly spread and so from all groups.
func (p Plan) Even(held *network.Buffered, count int) (*network.Buffered, Plan, error) {
	n := held.Len()
	count = min(count, n)
	samples := make([]int, count)
	for k := range samples {
		samples[k] = k * n / count
	}
	return p.Subset(held, samples)
}

// Halves returns the numbers of the samples to fit with and to judge with: the first and the
// second half, or two halves of the groups.
func (p Plan) Halves(n int) (fitted, judged []int, err error) {
	half := make([]int, n)
	for i := range half {
		half[i] = i / max(1, n/2)
	}
	if p.Groups.Given() {
		if half, _, err = p.Groups.Allot(n, 2); err != nil {
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
