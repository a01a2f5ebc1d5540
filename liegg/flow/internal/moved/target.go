package moved

import (
	"fmt"
	"math"
	"sort"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/flow/internal/motion"
)

// Residual returns the difference between f at moved inputs and f(x) moved.
func (o *Outputs) Residual(g motion.Finite) ([]float64, error) {
	y, err := o.after(g.In)
	if err != nil {
		return nil, err
	}
	target, err := o.Target(g)
	if err != nil {
		return nil, err
	}
	floats.Sub(y, target)
	return y, nil
}

// Target returns the outputs f(x) moved as g says, with which f at moved inputs is compared.
func (o *Outputs) Target(g motion.Finite) ([]float64, error) {
	if o.images != nil && g.In != nil {
		return o.images.moved(g.In)
	}
	out := g.Out
	if out == nil {
		return o.Before, nil
	}
	m, _ := out.Dims()
	y := mat.NewDense(o.Held.Len(), m, nil)
	y.Mul(mat.NewDense(o.Held.Len(), m, o.plainBefore()), out.T())
	values := y.RawMatrix().Data
	if o.bounded != nil {
		o.bounded.Apply(values)
	}
	return values, nil
}

// plainBefore returns f(x) without the transform of Bound.
func (o *Outputs) plainBefore() []float64 {
	if o.bounded == nil {
		return o.Before
	}
	return o.unbounded
}

// FoundMap returns the matrix R that brings R·f(x) nearest to f(g·x) over the samples, by
// least squares. R maps a direction to 0 if the outputs have no part along it, or none larger
// than what the fit leaves unexplained of one output: its image would be noise.
func (o *Outputs) FoundMap(g *mat.Dense) (*mat.Dense, error) {
	after, err := o.moved.Run(o.Held, g)
	if err != nil {
		return nil, atMovedInputs(err)
	}
	o.Passes++
	pair, _ := o.Pair()
	m, n := pair.Outputs(), o.Held.Len()
	before, wanted := mat.NewDense(n, m, o.plainBefore()), mat.NewDense(n, m, after[0])
	var svd mat.SVD
	if !svd.Factorize(before, mat.SVDThin) {
		return nil, fmt.Errorf("flow: the matrix of the outputs cannot be fitted: their singular values did not converge")
	}
	sizes := svd.Values(nil)
	above := func(limit float64) int {
		return max(1, sort.Search(len(sizes), func(i int) bool { return sizes[i] <= limit }))
	}
	var r, rest mat.Dense
	svd.SolveTo(&r, wanted, above(1e-12*sizes[0]))
	rest.Mul(before, &r)
	rest.Sub(wanted, &rest)
	svd.SolveTo(&r, wanted, above(max(1e-12*sizes[0], mat.Norm(&rest, 2)/math.Sqrt(float64(m)))))
	return mat.DenseCopyOf(r.T()), nil
}
