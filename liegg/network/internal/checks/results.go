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
	m := l.outputs
	variance := 0.
	if extents {
		variance = l.variance(o)
	}
	contributions := make([]float64, l.samples())
	for i := range contributions {
		trace := 0.
		for j := range d {
			trace += l.products[i*d*d+j*d+j]
		}
		contributions[i] = l.energies[i*m+o] * trace
	}
	most := participation.BoundedBy * participation.Typical(contributions)
	var order []int
	chunks := map[int]*liegg.Chunk{}
	grams, metrics, motions := map[int]*mat.SymDense{}, map[int]*mat.SymDense{}, map[int]*mat.SymDense{}
	for i, block := range blocks {
		c := chunks[block]
		if c == nil {
			grams[block], metrics[block], motions[block] = mat.NewSymDense(d, nil), mat.NewSymDense(d, nil), mat.NewSymDense(d, nil)
			c = &liegg.Chunk{Outputs: 1, Gram: grams[block], Metric: metrics[block], Block: block}
			if variance > 0 {
				c.Variation = &liegg.Variation{Motion: motions[block], Outputs: variance}
			}
			chunks[block], order = c, append(order, block)
		}
		w := 1.
		if contributions[i] > most {
			w = most / contributions[i]
		}
		c.Samples++
		grams[block].SymRankOne(grams[block], w, mat.NewVecDense(d, l.rows[(i*m+o)*d:(i*m+o+1)*d]))
		products := mat.NewSymDense(d, slices.Clone(l.products[i*d*d:(i+1)*d*d]))
		products.ScaleSym(w, products)
		linalg.AddTo(motions[block], products)
		products.ScaleSym(l.energies[i*m+o], products)
		linalg.AddTo(metrics[block], products)
	}
	e := liegg.NewEvidence(d)
	for _, block := range order {
		if err := e.Add(*chunks[block]); err != nil {
			return nil, err
		}
	}
	return e, nil
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
