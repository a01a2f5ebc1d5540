package dependence

import (
	"math"
	"slices"
)

// clumps tests whether the density of samples dips half-way between neighbours. Let m be
// the midpoint of two samples a and b. If the density p is log-concave, then
//
//	p(m) ≥ √(p(a)·p(b)).
//
// Over short distances every smooth density nearly satisfies this, whatever its tails. So
// independent samples have, averaged over pairs, at least as many neighbours within a small
// radius of m as within the same radius of a and b. Samples that come in clumps have fewer,
// because the clumps are small compared with the distances between them. This finds
// overlapping clusters and trajectories that cross.
//
// Pairs are formed at two distances. At the longer one the midpoint can also miss data that
// lie on a curved surface, so a dip there must be the deeper, the less the data fill their space.
type clumps struct {
	*neighbours
	strips    strips // in few dimensions
	fine, far *dips
	pairs     int     // per query, at each distance
	idle      bool    // no sign of clumps: stop looking
	filled    float64 // sum of filling over the queries counted in asked
	asked     float64

	middle  []float64
	fromB   []float64 // squared distances from b; used in many dimensions
	nearest []float64 // squared distances of a query's neighbours, ascending
	within  [2][]int  // numbers of neighbours of b and of m, for each radius
}

// dips accumulates the contrasts of pairs at one distance.
type dips struct {
	share int       // one in share references is nearer to a than b is
	among []int     // k for each radius, which is the distance from a to its k-th neighbour
	one   []float64 // contrasts of the current query, for each radius
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
	deep        = .12  // smallest contrast that counts at the finer distance: the share of neighbours missing at m
	shallow     = .035 // smallest contrast that counts at the longer distance if the data fill their space,
	bending     = 4    // and by how much it is larger, per share that is missing
	fills       = .875 // smallest share of the directions that fills the space
	dipErrors   = 2.5  // smallest contrast that counts, in standard errors
	firstAsked  = 128  // queries after which the search stops without a sign of clumps
	mostInSpace = 48   // queries used to test whether the data fill their space
)

// clumpNeighbours is the number of neighbours within the largest radius.
const clumpNeighbours = 50

func newClumps(b *neighbours) *clumps {
	count := len(b.order)
	c := &clumps{
		neighbours: b, middle: make([]float64, b.n), pairs: 1,
		fine: newDips(count, fineShare, 3, 8, 20), far: new(dips),
	}
	if b.n <= fewNumbers {
		c.strips, c.pairs = newStrips(b.references, b.n), 4
		c.far = newDips(count, farShare, 20, clumpNeighbours)
	}
	return c
}

// add looks at the q-th query a, given its squared distances to the references.
func (c *clumps) add(q int, a, squares []float64) {
	if c.idle = c.idle || q == firstAsked && !c.suspect(1./2); c.idle {
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
	c.countBoth(d.among, self, j, a, b, squares)
	for i, k := range d.among {
		of := float64(k)
		if squares[j] <= c.nearest[k-1] {
			of--
		}
		contrast := (math.Sqrt(of*float64(c.within[0][i])) - float64(c.within[1][i])) / float64(k)
		d.one[i] += contrast
	}
}

// keep adds the mean contrast over the pairs of one query.
func (d *dips) keep(pairs int) {
	for i, sum := range d.one {
		mean := sum / float64(pairs)
		d.sum[i] += mean
		d.sumSq[i] += mean * mean
	}
	d.pairs++
}

// secondOf returns the index of the second smallest of count squared distances, from the
// given index on and cyclically. It is a cheap way to draw a reference that is nearer than
// most.
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

// countBoth counts, for each k, the references that are nearer to b, the j-th reference, and those
// that are nearer to the midpoint m of a and b, than the k-th neighbour of the query a is to a. It
// leaves out a and b themselves.
//
// In few dimensions it looks at nearby references alone. In many dimensions hardly any can be
// ruled out, but with the distances from a and b, Apollonius's theorem gives the distance from m:
//
//	‖r−m‖² = (‖r−a‖² + ‖r−b‖²)/2 − ‖a−b‖²/4.
func (c *clumps) countBoth(ks []int, self, j int, a, b, squares []float64) {
	for s := range c.within {
		c.within[s] = append(c.within[s][:0], make([]int, len(ks))...)
	}
	most := c.nearest[ks[len(ks)-1]-1]
	if c.n <= fewNumbers {
		for i := range c.middle {
			c.middle[i] = (a[i] + b[i]) / 2
		}
		for s, x := range [][]float64{b, c.middle} {
			for row, square := range c.strips.within(x, most) {
				if row != self && row != j {
					c.nearer(s, ks, square)
				}
			}
		}
		return
	}
	c.fromB = slices.Grow(c.fromB[:0], len(squares))[:len(squares)]
	c.neighbours.squares(c.fromB, b) // +Inf for b itself, as squares is for a
	for row, square := range c.fromB {
		if square < most && row != self {
			c.nearer(0, ks, square)
		}
		if square = (squares[row]+square)/2 - squares[j]/4; square < most {
			c.nearer(1, ks, square)
		}
	}
}

// nearer counts a reference at a squared distance of b (0) or m (1).
func (c *clumps) nearer(of int, ks []int, square float64) {
	for i := len(ks) - 1; i >= 0 && square < c.nearest[ks[i]-1]; i-- {
		c.within[of][i]++
	}
}

// smallest appends the count smallest finite values in ascending order.
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

// filling returns the share of the n directions that the neighbours of a query fill: the
// participation ratio (Σλ)²/Σλ² of their variances λ along the principal axes, divided by n.
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

// places estimates the number of clumps; it is 0 if there are none. A clump that shows at
// the distance of the K-th neighbour has fewer than K/4 samples.
func (c *clumps) places() int {
	switch {
	case c.fine.dipped(deep):
		return 4 * fineShare
	case c.far.dipped(c.shallowest()):
		return 4 * farShare
	}
	return 0
}

// shallowest returns the smallest contrast that counts at the longer distance. It is above the contrasts
// of all but one of 4000 sets of independent samples that the package's tests draw, some of them on curved surfaces.
func (c *clumps) shallowest() float64 {
	return shallow + bending*max(0, fills-c.filled/max(1, c.asked))
}

// suspect reports whether the density may dip: whether the contrast is at least so much of what counts.
func (c *clumps) suspect(share float64) bool {
	return c.fine.atLeast(share*deep) || c.far.atLeast(share*c.shallowest())
}

func (d *dips) atLeast(contrast float64) bool {
	return d.pairs > 0 && slices.ContainsFunc(d.sum, func(sum float64) bool { return sum >= contrast*d.pairs })
}

// dipped reports whether the density certainly dips at the midpoints of pairs, by at least a contrast.
func (d *dips) dipped(contrast float64) bool {
	for i := range d.among {
		mean := d.sum[i] / d.pairs
		if mean >= contrast && mean >= dipErrors*math.Sqrt((d.sumSq[i]/d.pairs-mean*mean)/d.pairs) {
			return true
		}
	}
	return false
}
