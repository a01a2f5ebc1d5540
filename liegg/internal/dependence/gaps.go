package dependence

import (
	"math"
	"slices"
)

// gaps counts the queries that belong to a tight cluster: at least 16 neighbours and at most
// an eighth of all samples are near, and beyond them follows a gap in the distances. The
// number of independent samples within a distance r grows like a power of r, and at least
// like r¹ unless the data fall into many pieces, so they show no such gap.
type gaps struct {
	queries int
	members []int // size of the cluster of each query that belongs to one
	counts  []int // neighbours of the current query by distance
}

const (
	leastMembers = 16
	mostClusters = 8   // a cluster holds at most one in so many samples: a few classes are not clusters
	gap          = 3   // distance at the end of the gap, relative to its beginning
	growth       = 1.5 // largest growth of the number of neighbours across the gap
)

// Distances are counted in bins of their leading bits, 8 for each factor of 2 in r².
const (
	binBits  = 3
	binShift = 52 - binBits
)

// gapBins is the width of the gap in bins.
var gapBins = int(math.Floor(2 * math.Log2(gap) * (1 << binBits)))

// add looks at the squared distances of a query.
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

// counted returns the given number of zeroed counts.
func (g *gaps) counted(bins int) []int {
	g.counts = slices.Grow(g.counts[:0], bins)[:bins]
	clear(g.counts)
	return g.counts
}

// cluster returns the number of neighbours before the first gap, given how many neighbours
// lie within each distance. It is 0 if there is no gap within the first most neighbours.
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

// suspect reports whether a quarter of the queries belong to a tight cluster.
func (g *gaps) suspect() bool { return 4*len(g.members) >= g.queries }

// places estimates the number of clusters if at least half of the queries belong to one;
// otherwise it is 0.
func (g *gaps) places(references int) int {
	if 2*len(g.members) < g.queries {
		return 0
	}
	slices.Sort(g.members)
	return references / g.members[len(g.members)/2]
}
