package dependence

import "cmp"

// order tests whether samples that follow each other in the stream lie near each other. It
// uses ranks: the share of the references that are nearer to a query than the next sample
// is. For independent samples the ranks are uniform. Sorted classes make them somewhat
// smaller, but only samples that depend on their predecessors make most of them tiny.
type order struct {
	*neighbours
	lags  []int     // distances along the stream, in samples
	close []float64 // queries for which the sample at each lag is among the nearest eighth
	asked []float64 // queries that have a sample at each lag
	next  float64   // queries for which the next sample is among the nearest
	pairs float64
}

const (
	nearest = 1. / 64
	often   = .25 // share of the queries whose next sample must be among the nearest
	around  = 1. / 8
	ranking = 512 // references among which ranks are counted
)

func newOrder(b *neighbours) *order {
	o := &order{neighbours: b}
	for lag := 2; lag <= len(b.points)/b.n/2; lag *= 2 {
		o.lags = append(o.lags, lag)
	}
	o.close, o.asked = make([]float64, len(o.lags)), make([]float64, len(o.lags))
	return o
}

// add looks at query i, given its squared distances to the references. Points come in pairs
// of consecutive samples, 2j and 2j+1, so the partner of i is i^1.
func (o *order) add(i int, squares []float64) {
	o.pairs++
	squares = squares[:min(ranking, len(squares))]
	if o.rank(i, i^1, squares) < nearest {
		o.next++
	}
	for l, lag := range o.lags {
		j := i + lag
		if j*o.n >= len(o.points) {
			if j = i - lag; j < 0 {
				continue
			}
		}
		o.asked[l]++
		if o.rank(i, j, squares) < around {
			o.close[l]++
		}
	}
}

// rank returns the share of the references that are nearer to i than j is.
func (o *order) rank(i, j int, squares []float64) float64 {
	if j*o.n >= len(o.points) {
		return 1
	}
	distance, nearer := o.square(i, j), 0
	for _, s := range squares {
		if s < distance {
			nearer++
		}
	}
	return float64(nearer) / float64(len(squares))
}

// suspect reports whether many more of the queries than for independent samples have their next
// sample among the nearest.
func (o *order) suspect() bool { return o.next >= often/3*o.pairs }

// stretches estimates into how many independent stretches the stream falls. It is 0 if
// consecutive samples are not near each other.
func (o *order) stretches() int {
	if o.next < often*o.pairs {
		return 0
	}
	each := 2. // points
	for l, lag := range o.lags {
		if o.asked[l] == 0 || o.close[l]/o.asked[l] < (1+around)/2 {
			break
		}
		each = 2 * float64(lag)
	}
	return max(1, int(float64(len(o.points)/o.n)/each))
}

// and combines the results of all tests. Gaps give the best number of clusters; without
// gaps the profile gives it. If consecutive samples depend on each other, there are at most
// as many places as stretches.
func (o *order) and(profile, gaps int) Finding {
	stretches := o.stretches()
	f := Finding{Near: profile > 0 || gaps > 0, InOrder: stretches > 0, Places: cmp.Or(gaps, profile, stretches)}
	if f.InOrder {
		f.Places = min(f.Places, stretches)
	}
	return f
}
