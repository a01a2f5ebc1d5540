package dependence

import (
	"cmp"
	"iter"
	"math"
	"slices"
)

// strips finds the points near a place without looking at all of them. It divides the points
// into strips by their first coordinate, and sorts each strip by the second one.
type strips struct {
	n      int
	by     int       // the coordinate that sorts a strip: the second, if there is one
	rows   []int     // index of each point in the order given
	points []float64 // the points, strip by strip
	values []float64 // the coordinate that sorts each point's strip
	first  []float64 // the smallest first coordinate of each strip, followed by +Inf
}

// stripLength is the number of points in a strip.
const stripLength = 128

func newStrips(points []float64, n int) strips {
	count := len(points) / n
	s := strips{n: n, by: min(1, n-1), rows: make([]int, count)}
	for i := range s.rows {
		s.rows[i] = i
	}
	along := func(j int) func(a, b int) int {
		return func(a, b int) int { return cmp.Compare(points[a*n+j], points[b*n+j]) }
	}
	slices.SortFunc(s.rows, along(0))
	for strip := range slices.Chunk(s.rows, stripLength) {
		s.first = append(s.first, points[strip[0]*n])
		slices.SortFunc(strip, along(s.by))
	}
	for _, i := range s.rows {
		s.points = append(s.points, points[i*n:(i+1)*n]...)
		s.values = append(s.values, points[i*n+s.by])
	}
	s.first = append(s.first, math.Inf(1))
	return s
}

// within yields the points whose squared distance from x is below most, with that distance.
func (s strips) within(x []float64, most float64) iter.Seq2[int, float64] {
	return func(yield func(row int, square float64) bool) {
		radius := math.Sqrt(most)
		for strip := 0; strip*stripLength < len(s.rows); strip++ {
			if s.first[strip+1] < x[0]-radius {
				continue
			}
			if s.first[strip] > x[0]+radius {
				return
			}
			from, end := strip*stripLength, min((strip+1)*stripLength, len(s.rows))
			low, _ := slices.BinarySearch(s.values[from:end], x[s.by]-radius)
			for at := from + low; at < end && s.values[at] <= x[s.by]+radius; at++ {
				if square := s.square(at, x, most); square < most && !yield(s.rows[at], square) {
					return
				}
			}
		}
	}
}

// square returns the squared distance of a point from x. It stops early, with a number ≥
// most, once the distance is certain to be at least most.
func (s strips) square(at int, x []float64, most float64) (sum float64) {
	p := s.points[at*s.n : (at+1)*s.n : (at+1)*s.n]
	for i, v := range x {
		d := p[i] - v
		if sum += d * d; i&3 == 3 && sum >= most {
			return sum
		}
	}
	return sum
}
