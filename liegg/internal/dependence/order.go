package dependence

import "cmp"

// order says how near samples lie that follow each other in the stream, by ranks: the
// share of the references that are nearer to a query than the sample after it. Of
// independent samples the ranks are uniform. Classes that come one after the other make
// them smaller, but only samples that hang together make them small.
type order struct {
	*neighbours
	lags  []int     // in points
	close []float64 // queries to which the sample at a lag is among the nearest eighth
	asked []float64
	next  float64 // queries of which the next sample is among the nearest
	pairs float64
}

const (
	nearest = 1. / 64
	often   = .25 // share of the queries
	around  = 1. / 8
	ranking = 512 // references that ranks are taken among
)

func newOrder(b *neighbours) *order {
	o := &order{neighbours: b}
	for lag := 2; lag <= len(b.points)/b.n/2; lag *= 2 {
		o.lags = append(o.lags, lag)
	}
	o.close, o.asked = make([]float64, len(o.lags)), make([]float64, len(o.lags))
	return o
}

// add takes a query and its squared distances to the references. Points are kept in pairs
// of samples that follow each other: 2j and 2j+1.
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

// rank is the share of the references that are nearer to i than j is.
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

// stretches is the number of stretches of the stream that are far from each other, 0 where
// samples that follow each other are not near.
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

// and puts together what was found. Gaps tell the number of clusters best, and where there
// is no sign of them the profile does; where samples hang together along the order, there
// are no more places than stretches.
func (o *order) and(profile, gaps int) Finding {
	stretches := o.stretches()
	f := Finding{Near: profile > 0 || gaps > 0, InOrder: stretches > 0, Places: cmp.Or(gaps, profile, stretches)}
	if f.InOrder {
		f.Places = min(f.Places, stretches)
	}
	return f
}
