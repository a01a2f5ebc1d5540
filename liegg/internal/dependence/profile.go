package dependence

import "math"

// profile says, for each query, how log r falls with the number of references, where r
// is the distance to the nearest of them: the slope s_l from 2^l to 2^(l+1) references.
//
// Let F(r) be the share of independent samples within r of a query. The smallest of R
// values of F is that of R uniform numbers, so that E log F(r) = −H_R, the harmonic
// number, and the slope of log r over H_R is the mean of 1/h, h = dlogF/dlogr: one over
// the dimension that the data have at the scale r. Of independent draws of a density the
// dimension may only fall with the scale, as thin directions drop out of sight: slopes do
// not fall towards fewer references. Where samples come in clusters, or on the curves of
// trajectories, they do.
type profile struct {
	steps  []float64   // H_{2^(l+1)} − H_{2^l}
	slopes [][]float64 // of each query, s_l
}

// subsets is the number of subsets of one size that log r is a mean of.
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

// add takes the q-th query, of which it overwrites the squared distances.
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

// meanLog is the mean of log r over some of the subsets, others for each query.
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

// coarsest is the coarsest slope that is looked at: with fewer references than 4, the ends
// of the data and single far samples are felt.
const coarsest = 2

const (
	steeper     = 1.1 // a slope at a fine scale must be that many times one at a coarser one
	significant = 4.  // by that many standard errors
)

// places is the number of references at which a slope falls off towards fewer of them, 0
// where none does. Slopes are those of two levels together, or of three.
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

// contrast is the mean of s_fine − steeper·s_coarse over the queries in its standard
// errors; slopes are those of some levels together.
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

// mean is the slope of some levels together.
func (p *profile) mean(s []float64, from, width int) float64 {
	var fall, steps float64
	for l := from; l < from+width; l++ {
		fall += s[l] * p.steps[l]
		steps += p.steps[l]
	}
	return fall / steps
}
