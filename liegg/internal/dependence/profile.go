package dependence

import "math"

// profile measures how the distance r from a query to its nearest reference shrinks as the
// number of references grows: s_l is the slope of log r from 2^l to 2^(l+1) references.
//
// Let F(r) be the probability that an independent sample lies within r of the query. At the
// nearest of R references, F is distributed like the smallest of R uniform numbers, so
// E log F(r) = −H_R, with the harmonic number H_R. The slope of log r over H_R is therefore
// the mean of 1/h, where h = dlogF/dlogr is the dimension of the data at the scale r. For
// independent draws of a density, the dimension can only fall as the scale grows, because
// thin directions no longer show. So slopes do not fall towards fewer references. They do
// if samples come in clusters or along trajectories.
type profile struct {
	steps  []float64   // H_{2^(l+1)} − H_{2^l}
	slopes [][]float64 // s_l of each query
}

// subsets is the number of subsets of one size over which log r is averaged.
const subsets = 16

func newProfile(references int) *profile {
	p := new(profile)
	for size := 1; 2*size <= references; size *= 2 {
		step := 0.
		for i := size + 1; i <= 2*size; i++ {
			step += 1 / float64(i)
		}
		p.steps = append(p.steps, step)
	}
	return p
}

// add looks at the q-th query. It overwrites the squared distances.
func (p *profile) add(q int, squares []float64) {
	slopes := make([]float64, len(p.steps))
	var before float64
	for l := 0; l <= len(p.steps); l++ {
		log := meanLog(squares, q)
		if l > 0 {
			slopes[l-1] = (before - log) / p.steps[l-1]
		}
		before = log
		half := len(squares) / 2
		for i := range half {
			squares[i] = min(squares[2*i], squares[2*i+1])
		}
		squares = squares[:half]
	}
	p.slopes = append(p.slopes, slopes)
}

// meanLog returns the mean of log r over some of the subsets, different ones for each query.
func meanLog(squares []float64, q int) float64 {
	sum, count := 0., 0
	for i := range min(len(squares), subsets) {
		if s := squares[(q*subsets+i)%len(squares)]; !math.IsInf(s, 1) {
			sum += math.Log(s) / 2
			count++
		}
	}
	return sum / float64(count)
}

// coarsest is the coarsest slope that counts. With fewer than 4 references, the edges of the
// data and single outliers disturb it.
const coarsest = 2

const (
	steeper     = 1.1 // smallest ratio of the slope at a fine scale to one at a coarser scale
	significant = 4.  // smallest excess over that ratio, in standard errors
)

// suspect reports whether a slope may fall off. After a quarter of the queries, z is half of what it
// will be.
func (p *profile) suspect() bool {
	z, _ := p.steepest()
	return z >= significant/8
}

// places returns the number of references below which the slope falls off; it is 0 if none
// does. Two or three levels are taken together for each slope.
func (p *profile) places() int {
	z, places := p.steepest()
	if z < significant {
		return 0
	}
	return places
}

func (p *profile) steepest() (z float64, places int) {
	z = math.Inf(-1)
	for width := 2; width <= 3; width++ {
		for coarse := coarsest; coarse+2*width <= len(p.steps); coarse++ {
			for fine := coarse + width; fine+width <= len(p.steps); fine++ {
				if c := p.contrast(coarse, fine, width); c > z {
					z, places = c, 2<<fine
				}
			}
		}
	}
	return z, places
}

// contrast returns the mean of s_fine − steeper·s_coarse over the queries, in units of its
// standard error. Each slope takes width levels together.
func (p *profile) contrast(coarse, fine, width int) float64 {
	var sum, square, count float64
	for _, s := range p.slopes {
		v := p.mean(s, fine, width) - steeper*p.mean(s, coarse, width)
		if math.IsNaN(v) {
			continue
		}
		sum += v
		square += v * v
		count++
	}
	mean := sum / count
	return mean / math.Sqrt((square/count-mean*mean)/count)
}

// mean returns the slope over width levels from the given one on.
func (p *profile) mean(s []float64, from, width int) float64 {
	var fall, steps float64
	for l := from; l < from+width; l++ {
		fall += s[l] * p.steps[l]
		steps += p.steps[l]
	}
	return fall / steps
}
