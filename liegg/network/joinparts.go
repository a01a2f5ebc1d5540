package network

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/liegg/lab/liegg"
)

// JoinParts adds the blocks of all parts in the order of the data. It panics without
// parts. The errors: parts of other blocks, networks, actions, settings or kinds of
// processors; blocks that are missing or that several parts have; and those of
// liegg.Polarization.Add.
func JoinParts(parts ...*Part) (*liegg.Polarization, error) {
	if len(parts) == 0 {
		panic("network: JoinParts: no parts")
	}
	parts = slices.SortedFunc(slices.Values(parts), func(p, q *Part) int { return cmp.Compare(p.from, q.from) })
	sum, next, whole := liegg.NewPolarization(parts[0].k), 0, parts[0].blocks
	for _, p := range parts {
		if err := p.follows(parts[0], next); err != nil {
			return nil, err
		}
		for _, c := range p.grams {
			if err := sum.Add(c); err != nil {
				return nil, err
			}
		}
		next += len(p.grams)
	}
	if next != whole.Count() {
		return nil, missing(next, whole.Count())
	}
	return sum, nil
}

// follows says why a part does not belong to another, or does not begin at the next
// block.
func (p *Part) follows(other *Part, next int) error {
	switch {
	case p.blocks != other.blocks:
		return fmt.Errorf("network: blocks of %d samples of %d, and of %d of %d: parts of one data set have the same", other.blocks.Size, other.blocks.Samples, p.blocks.Size, p.blocks.Samples)
	case p.origin != other.origin:
		return fmt.Errorf("network: the parts that begin at blocks %d and %d were computed by other networks, actions, settings or versions, or on other kinds of processors: their sums do not belong together", other.from, p.from)
	case p.from < next:
		return fmt.Errorf("network: block %d is in two parts: give each once", p.from)
	case p.from > next:
		return missing(next, p.from)
	}
	return nil
}

func missing(from, to int) error {
	return fmt.Errorf("network: blocks %d to %d are in no part: polarize them, or add the file that holds them", from, to-1)
}
