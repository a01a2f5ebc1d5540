package checks

import (
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/participation"
)

// results holds the results of the program of eachOutput for n samples, m outputs and d
// generators.
type results struct {
	outputs  int       // m
	rows     []float64 // [n, m, d]
	energies []float64 // [n, m]
	products []float64 // [n, d, d]; nil for a single output
	y        []float64 // [n, m]
}

func (l results) samples() int { return len(l.y) / l.outputs }

// output returns the evidence for output o along d generators, with the samples in the given
// blocks. It has the Variation of the output if velocities are measured in extents of the data.
func (l results) output(o, d int, blocks []int, extents bool) (*liegg.Evidence, error) {
	variance := 0.
	if extents {
		variance = l.variance(o)
	}
	var order []int
	sums := map[int]*outputSums{}
	weights := l.weights(o, d)
	for i, block := range blocks {
		s := sums[block]
		if s == nil {
			s = &outputSums{gram: mat.NewSymDense(d, nil), metric: mat.NewSymDense(d, nil), motion: mat.NewSymDense(d, nil)}
			sums[block], order = s, append(order, block)
		}
		s.add(l, i, o, weights[i])
	}
	e := liegg.NewEvidence(d)
	for _, block := range order {
		if err := e.Add(sums[block].chunk(block, variance)); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// weights returns the weights of samples in the sums of output o, such that none counts for more than
// participation.BoundedBy typical ones.
func (l results) weights(o, d int) []float64 {
	contributions := make([]float64, l.samples())
	for i := range contributions {
		trace := 0.
		for j := range d {
			trace += l.products[i*d*d+j*d+j]
		}
		contributions[i] = l.energies[i*l.outputs+o] * trace
	}
	most := participation.BoundedBy * participation.Typical(contributions)
	weights := contributions
	for i, c := range contributions {
		if weights[i] = 1; c > most {
			weights[i] = most / c
		}
	}
	return weights
}

// outputSums adds up the samples of a block for one output, each a d×d matrix.
type outputSums struct {
	samples              int
	gram, metric, motion *mat.SymDense
}

// add adds output o of sample i with a weight.
func (s *outputSums) add(l results, i, o int, weight float64) {
	d, at := s.gram.SymmetricDim(), i*l.outputs+o
	s.samples++
	s.gram.SymRankOne(s.gram, weight, mat.NewVecDense(d, l.rows[at*d:(at+1)*d]))
	products := mat.NewSymDense(d, slices.Clone(l.products[i*d*d:(i+1)*d*d]))
	products.ScaleSym(weight, products)
	linalg.AddTo(s.motion, products)
	products.ScaleSym(l.energies[at], products)
	linalg.AddTo(s.metric, products)
}

// chunk returns the sums as a chunk of a block. It has a Variation if the variance of the output is
// positive.
func (s *outputSums) chunk(block int, variance float64) liegg.Chunk {
	c := liegg.Chunk{Samples: s.samples, Outputs: 1, Gram: s.gram, Metric: s.metric, Block: block}
	if variance > 0 {
		c.Variation = &liegg.Variation{Motion: s.motion, Outputs: variance}
	}
	return c
}

// variance returns the variance of output o, from bounded differences of distant samples. It
// returns 0 if the variance is no more than rounding error in single precision. Squares are
// bounded alike, so that a few huge outputs do not make all others look like rounding.
func (l results) variance(o int) float64 {
	n := l.samples()
	differences, squares := make([]float64, n/2), make([]float64, n/2)
	for i := range differences {
		y, other := l.y[i*l.outputs+o], l.y[(i+n/2)*l.outputs+o]
		differences[i], squares[i] = (y-other)*(y-other)/2, y*y
	}
	variance := participation.BoundedMean(differences)
	if variance <= participation.BoundedMean(squares)*1e-12 {
		return 0
	}
	return variance
}
