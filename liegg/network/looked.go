package network

import (
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/participation"
)

// looked is what the program of eachOutput gives for each of n samples, m outputs and d
// generators.
type looked struct {
	outputs  int       // m
	rows     []float64 // [n, m, d]
	energies []float64 // [n, m]
	products []float64 // [n, d, d]
	y        []float64 // [n, m]
}

func (l looked) samples() int { return len(l.y) / l.outputs }

// output is the evidence of output o along d generators, of samples in the given blocks. It has
// the output's own Variation if velocities are measured in extents of the data.
func (l looked) output(o, d int, blocks []int, extents bool) (*liegg.Evidence, error) {
	m := l.outputs
	variance := 0.
	if extents {
		variance = l.variance(o)
	}
	adds := make([]float64, l.samples())
	for i := range adds {
		trace := 0.
		for j := range d {
			trace += l.products[i*d*d+j*d+j]
		}
		adds[i] = l.energies[i*m+o] * trace
	}
	most := boundedBy * participation.Typical(adds)
	var order []int
	chunks := map[int]*liegg.Chunk{}
	for i, block := range blocks {
		c := chunks[block]
		if c == nil {
			c = &liegg.Chunk{Outputs: 1, Gram: mat.NewSymDense(d, nil), Metric: mat.NewSymDense(d, nil), Block: block}
			if variance > 0 {
				c.Variation = &liegg.Variation{Motion: mat.NewSymDense(d, nil), Outputs: variance}
			}
			chunks[block], order = c, append(order, block)
		}
		w := 1.
		if adds[i] > most {
			w = most / adds[i]
		}
		c.Samples++
		c.Gram.SymRankOne(c.Gram, w, mat.NewVecDense(d, l.rows[(i*m+o)*d:(i*m+o+1)*d]))
		products := mat.NewSymDense(d, slices.Clone(l.products[i*d*d:(i+1)*d*d]))
		products.ScaleSym(w, products)
		if c.Variation != nil {
			c.Variation.Motion.AddSym(c.Variation.Motion, products)
		}
		products.ScaleSym(l.energies[i*m+o], products)
		c.Metric.AddSym(c.Metric, products)
	}
	e := liegg.NewEvidence(d)
	for _, block := range order {
		if err := e.Add(*chunks[block]); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// variance returns the variance of output o, from differences of distant samples, of which
// none dominates. It is 0 if it is no more than rounding in single precision.
func (l looked) variance(o int) float64 {
	n := l.samples()
	differences, square := make([]float64, n/2), 0.
	for i := range differences {
		y, other := l.y[i*l.outputs+o], l.y[(i+n/2)*l.outputs+o]
		differences[i] = (y - other) * (y - other) / 2
		square += y * y
	}
	variance := boundedMean(differences)
	if variance <= square/float64(max(1, n/2))*1e-12 {
		return 0
	}
	return variance
}
