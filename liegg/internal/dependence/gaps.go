package dependence

import (
	"math"
	"slices"
)

// gaps counts the queries that belong to a tight cluster: with 16 neighbours or more, but
// at most an eighth of all, beyond which the next half as many are far. The number of
// neighbours within r of independent draws grows like a power of r, at least r¹ where
// they do not fall into many pieces.
type gaps struct {
	queries int
	members []int // of the cluster of each query that has one
	counts  []int // of neighbours by distance, of one query
}

const (
	leastMembers = 16
	mostClusters = 8   // an eighth of all samples at most, so that a few classes are no clusters
	gap          = 3   // the ratio of distances beyond a cluster and within it
	growth       = 1.5 // of the number of neighbours over the gap
)

// Distances are counted in bins of their leading bits, 8 for each factor of 2 in r².
const (
	binBits  = 3
	binShift = 52 - binBits
)

// gapBins is the width of a gap in bins.
var gapBins = int(math.Floor(2 * math.Log2(gap) * (1 << binBits)))

// add takes the squared distances of a query.
func (g *gaps) add(squares []float64) {
	g.queries++
	lowest, highest := math.Inf(1), 0.
	for _, s := range squares {
		if s < lowest {
			lowest = s
		}
		if s > highest && s <= math.MaxFloat64 {
			highest = s
		}
	}
	if highest == 0 {
		return
	}
	first := int(math.Float64bits(lowest) >> binShift)
	counts := g.counted(int(math.Float64bits(highest)>>binShift) - first + 1)
	for _, s := range squares {
		if bin := int(math.Float64bits(s)>>binShift) - first; uint(bin) < uint(len(counts)) { // but for +Inf
			counts[bin]++
		}
	}
	within := 0
	for i, c := range counts {
		within += c
		counts[i] = within
	}
	if k := cluster(counts, len(squares)/mostClusters); k > 0 {
		g.members = append(g.members, k)
	}
}

// counted returns so many counts of 0.
func (g *gaps) counted(bins int) []int {
	g.counts = slices.Grow(g.counts[:0], bins)[:bins]
	clear(g.counts)
	return g.counts
}

// cluster is the number of neighbours at the end of the first gap in their counts by
// distance, 0 where there is none up to the given number.
func cluster(counts []int, most int) (members int) {
	for i, k := range counts {
		if i+gapBins >= len(counts) || k > most {
			break
		}
		if k >= leastMembers && float64(counts[i+gapBins]) <= growth*float64(k) {
			members = k
		} else if members > 0 {
			break
		}
	}
	return members
}

// places is the number of clusters, where most queries belong to one; else 0.
func (g *gaps) places(references int) int {
	if 2*len(g.members) < g.queries {
		return 0
	}
	slices.Sort(g.members)
	return references / g.members[len(g.members)/2]
}
