package dynamics

import (
	"math"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
)

// relate compares the quantities with each other at states.
func (l *Laws) relate(states *tensors.Tensor) (err error) {
	if len(l.Quantities) == 0 {
		return nil
	}
	if l.Independent, err = independent(l.Quantities, states, l.Verdict.AngleError); err != nil {
		return err
	}
	if l.Algebra, err = Poisson(l.Quantities, states, l.Verdict.AngleError); err != nil {
		return err
	}
	var generators []*mat.Dense
	for _, q := range l.Quantities {
		if degree, polynomial := q.Degree(visible(l.Verdict.AngleError)); !polynomial || degree > 2 {
			return nil
		}
		generators = append(generators, q.library.frame.canonical(q.Generator()))
	}
	l.Identity, err = classification.Identify(lie.SpanAffine("", generators...), math.Min(math.Max(l.Verdict.AngleError, 1e-9), math.Pi/2))
	return err
}

// independent returns the number of functionally independent quantities: the median, over
// states, of the rank of their gradients. Directions count if they are longer than the
// quantities' error explains, for gradients in units of the states, scaled to length 1 on
// average.
func independent(quantities []Quantity, states *tensors.Tensor, angle float64) (int, error) {
	z, err := first(states, 256)
	if err != nil {
		return 0, err
	}
	defer z.FinalizeAll()
	gradients, err := evaluate(z, func(z *Node) *Node { return gradientsOf(quantities, z) })
	if err != nil {
		return 0, err
	}
	coordinates, err := tableOf(z)
	if err != nil {
		return 0, err
	}
	b := brackets{gradients: gradients, d: len(quantities)}
	b.rescale(deviations(coordinates))
	count, columns := gradients.Dims()
	ranks := make([]int, count)
	for s := range ranks {
		at := mat.NewDense(b.d, columns/b.d, slices.Clone(gradients.RawRowView(s)))
		for i := range b.d {
			row := mat.NewVecDense(columns/b.d, at.RawRowView(i))
			row.ScaleVec(1/b.scale(i), row)
		}
		var svd mat.SVD
		if svd.Factorize(at, mat.SVDNone) {
			ranks[s] = svd.Rank(math.Max(1e-6, 10*angle))
		}
	}
	slices.Sort(ranks)
	return ranks[len(ranks)/2], nil
}
