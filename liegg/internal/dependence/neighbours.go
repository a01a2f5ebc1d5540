package dependence

import (
	"math"
	"math/rand/v2"
)

// mostPairs is the largest number of queries of the search for clumps in n dimensions.
func mostPairs(n int) int {
	if n <= fewNumbers {
		return 4 * mostQueries
	}
	return mostQueries
}

// mostReferences is the largest number of points among which neighbours are looked for in n
// dimensions. Few dimensions cost little.
func mostReferences(n int) int {
	if n <= fewNumbers {
		return mostSamples
	}
	return mostSamples / 2
}

// neighbours computes how far some samples, the queries, are from others, the references.
// Both are in random order.
type neighbours struct {
	points     []float64 // in the order of the stream
	n          int       // dimension of a point
	references []float64
	order      []int // indices of the references in points
	queries    []int
}

func newNeighbours(points []float64, n int, random *rand.Rand) *neighbours {
	count := len(points) / n
	b := &neighbours{points: points, n: n, order: random.Perm(count)}
	b.queries = b.order[:min(mostPairs(n), count)]
	b.order = b.order[max(0, count-mostReferences(n)):]
	b.references = make([]float64, 0, len(b.order)*n)
	for _, i := range b.order {
		b.references = append(b.references, b.at(i)...)
	}
	return b
}

func (b *neighbours) at(i int) []float64 { return b.points[i*b.n : (i+1)*b.n : (i+1)*b.n] }

// square returns the squared distance of two points.
func (b *neighbours) square(i, j int) float64 {
	sum := 0.
	y := b.at(j)
	for k, v := range b.at(i) {
		sum += (v - y[k]) * (v - y[k])
	}
	return sum
}

// squares computes ‖x − r‖² for all references r, with +Inf in place of 0, for x itself.
func (b *neighbours) squares(to, x []float64) {
	n := len(x)
	references := b.references
	for i := range to {
		r := references[:n:n]
		references = references[n:]
		var even, odd float64 // two independent sums keep the processor busy
		j := 0
		for ; j+1 < len(x) && j+1 < len(r); j += 2 {
			d, f := r[j]-x[j], r[j+1]-x[j+1]
			even += d * d
			odd += f * f
		}
		if j < len(x) && j < len(r) {
			d := r[j] - x[j]
			even += d * d
		}
		sum := even + odd
		if sum == 0 {
			sum = math.Inf(1)
		}
		to[i] = sum
	}
}
