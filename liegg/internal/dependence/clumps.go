package dependence

import (
	"math"
	"slices"
)

// clumps asks whether the density of samples dips half way between neighbours. Let m be
// the middle of two samples a and b. Where the density p is log-concave,
//
//	p(m) ≥ √(p(a)·p(b)),
//
// and over short ways densities are nearly so, whatever their tails: independent samples
// have, in the mean over pairs, no fewer neighbours within a small radius of m than of a
// and b. Samples that come in clumps have fewer, as clumps are far from each other for
// their size: clusters that overlap, the surroundings of trajectories that cross.
//
// Pairs are taken over two ways. Over the longer way the middle may also lie beside data on
// a curved surface; there dips count only if the data fill their space.
type clumps struct {
	*neighbours
	strips    strips
	fine, far *dips
	pairs     int     // of each query, over one way
	idle      bool    // nothing looks like clumps
	filled    float64 // sum over some queries
	asked     float64

	middle  []float64
	nearest []float64 // squared distances of a query's neighbours, ascending
	within  [2][]int  // neighbours of b and of m
}

// dips are the contrasts of pairs over one way.
type dips struct {
	share int       // of the references one in so many lies nearer to a than b does
	among []int     // numbers of neighbours whose distance from a is the radius
	one   []float64 // of one query, for each radius
	sum   []float64
	sumSq []float64
	pairs float64
}

func newDips(references, share int, among ...int) *dips {
	d := &dips{share: share}
	for _, k := range among {
		if k*share <= references {
			d.among = append(d.among, k)
		}
	}
	d.one, d.sum, d.sumSq = make([]float64, len(d.among)), make([]float64, len(d.among)), make([]float64, len(d.among))
	return d
}

const (
	fineShare   = 64
	farShare    = 8
	deep        = .12 // of the neighbours of a and b are missing at m
	deepErrors  = 4   // and by so many standard errors
	firstAsked  = 128 // queries after which there must be some sign of it
	mostInSpace = 48  // queries for which it is asked whether data fill their space
	fills       = .85 // of all directions
)

// clumpNeighbours is the number of neighbours of the largest radius.
const clumpNeighbours = 50

func newClumps(b *neighbours) *clumps {
	count := len(b.order)
	c := &clumps{
		neighbours: b, strips: newStrips(b.references, b.n), middle: make([]float64, b.n), pairs: 1,
		fine: newDips(count, fineShare, 3, 8, 20), far: new(dips),
	}
	if b.n <= few {
		c.pairs, c.far = 4, newDips(count, farShare, 20, clumpNeighbours)
	}
	return c
}

// add takes the q-th query, a, and its squared distances to the references.
func (c *clumps) add(q int, a, squares []float64) {
	if c.idle = c.idle || q == firstAsked && !c.fine.suspect() && !c.far.suspect(); c.idle {
		return
	}
	c.nearest = smallest(squares, clumpNeighbours, c.nearest[:0])
	self := slices.Index(squares, math.Inf(1))
	if len(c.nearest) < clumpNeighbours {
		return
	}
	for _, d := range []*dips{c.fine, c.far} {
		if len(d.among) == 0 {
			continue
		}
		clear(d.one)
		for p := range c.pairs {
			c.pair(d, q*c.pairs+p, self, a, squares)
		}
		d.keep(c.pairs)
	}
	if q < mostInSpace && len(c.far.among) > 0 {
		c.filled += c.filling(smallest(squares, len(squares)/fineShare, nil), squares)
		c.asked++
	}
}

// pair adds the contrast of a and one of its neighbours.
func (c *clumps) pair(d *dips, q, self int, a, squares []float64) {
	j := secondOf(squares, q*2*d.share, 2*d.share)
	b := c.references[j*c.n : (j+1)*c.n]
	for i := range c.middle {
		c.middle[i] = (a[i] + b[i]) / 2
	}
	for s, x := range [][]float64{b, c.middle} {
		c.within[s] = c.count(c.within[s], d.among, x, self, j)
	}
	for i, k := range d.among {
		of := float64(k)
		if squares[j] <= c.nearest[k-1] {
			of--
		}
		contrast := (math.Sqrt(of*float64(c.within[0][i])) - float64(c.within[1][i])) / float64(k)
		d.one[i] += contrast
	}
}

// keep adds what pairs of one query have in the mean.
func (d *dips) keep(pairs int) {
	for i, sum := range d.one {
		mean := sum / float64(pairs)
		d.sum[i] += mean
		d.sumSq[i] += mean * mean
	}
	d.pairs++
}

// secondOf is the second nearest of some references, from a number on, around: one that is
// nearer than most by chance.
func secondOf(squares []float64, from, count int) int {
	best, second := -1, -1
	for u := range count {
		i := (from + u) % len(squares)
		switch {
		case math.IsInf(squares[i], 1):
		case best < 0 || squares[i] < squares[best]:
			best, second = i, best
		case second < 0 || squares[i] < squares[second]:
			second = i
		}
	}
	return max(second, 0)
}

// count counts the references that are nearer to x than the k-th neighbour of the query is,
// for each k, without a and b themselves.
func (c *clumps) count(to, ks []int, x []float64, a, b int) []int {
	to = append(to[:0], make([]int, len(ks))...)
	most := c.nearest[ks[len(ks)-1]-1]
	for row, square := range c.strips.within(x, most) {
		if row == a || row == b {
			continue
		}
		for i := len(ks) - 1; i >= 0 && square < c.nearest[ks[i]-1]; i-- {
			to[i]++
		}
	}
	return to
}

// smallest appends the count smallest values, ascending; infinite ones are none.
func smallest(values []float64, count int, to []float64) []float64 {
	most := math.Inf(1)
	for _, v := range values {
		if v >= most {
			continue
		}
		if len(to) < count {
			to = append(to, v)
		}
		at := len(to) - 1
		for ; at > 0 && to[at-1] > v; at-- {
			to[at] = to[at-1]
		}
		to[at] = v
		if len(to) == count {
			most = to[count-1]
		}
	}
	return to
}

// filling is the share of the directions that the neighbours of a query fill: the
// participation ratio (Σλ)²/Σλ² of the variances λ along their principal axes, of n.
func (c *clumps) filling(distances, squares []float64) float64 {
	var points []float64
	for i, s := range squares {
		if s <= distances[len(distances)-1] {
			points = append(points, c.references[i*c.n:(i+1)*c.n]...)
		}
	}
	covariance := covariance(points, c.n)
	trace, square := 0., 0.
	for i := range c.n {
		trace += covariance.At(i, i)
		for j := range c.n {
			square += covariance.At(i, j) * covariance.At(i, j)
		}
	}
	return trace * trace / square / float64(c.n)
}

// places is about the number of clumps, 0 where there are none. One that is seen over a way
// to the K-th neighbour has fewer than K/4 samples.
func (c *clumps) places() int {
	switch {
	case c.fine.dipped():
		return 4 * fineShare
	case c.far.dipped() && c.filled >= fills*c.asked:
		return 4 * farShare
	}
	return 0
}

// suspect says whether the density may dip.
func (d *dips) suspect() bool {
	return slices.ContainsFunc(d.sum, func(sum float64) bool { return sum >= deep/2*d.pairs })
}

// dipped says whether the density dips at the middle of pairs.
func (d *dips) dipped() bool {
	for i := range d.among {
		mean := d.sum[i] / d.pairs
		if mean >= deep && mean >= deepErrors*math.Sqrt((d.sumSq[i]/d.pairs-mean*mean)/d.pairs) {
			return true
		}
	}
	return false
}
