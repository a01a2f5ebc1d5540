package action

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/linalg"
)

// Measured is an Action that measures velocities in an inner product of its
// own, and gradients in the dual one.
type Measured interface {
	// Inner returns the inner product S of the vectors that generators act
	// on, ‖v‖² = vᵀSv; nil means Euclidean.
	Inner() *mat.SymDense

	// Norm returns the squared norm of velocities v [batch, input…] as [batch].
	Norm(v *Node) *Node

	// DualNorm returns the squared dual norm of gradients g [batch, input…] as
	// [batch].
	DualNorm(g *Node) *Node
}

// Norm returns the squared norm of velocities v [batch, input…] as [batch],
// in the action's own inner product if it has one, and otherwise in the
// Euclidean one.
func Norm(a Action, v *Node) *Node {
	if m, ok := a.(Measured); ok && m.Inner() != nil {
		return m.Norm(v)
	}
	return ReduceSum(Square(flat(Moving(a, v))), -1)
}

// DualNorm returns the squared norm of gradients g [batch, input…] as [batch],
// dual to the action's own inner product if it has one, and otherwise
// Euclidean.
func DualNorm(a Action, g *Node) *Node {
	if m, ok := a.(Measured); ok && m.Inner() != nil {
		return m.DualNorm(g)
	}
	return ReduceSum(Square(flat(Moving(a, g))), -1)
}

// Spanning is an Action on vectors inside the input that can tell which part
// of their space gradients and data fill.
type Spanning interface {
	// GradientMoment returns Σ_i Σ_v g_v g_vᵀ over the batch, float64, in the
	// size of a vector.
	GradientMoment(g *Node) *Node

	// DataMoment returns Σ_i w_i Σ_v x_v x_vᵀ over the batch, float64, in the
	// size of a generator; w is float64 of shape [batch].
	DataMoment(x, w *Node) *Node
}

// Inner returns S of a whitened action, nil for the Euclidean inner product.
func (v Vectors) Inner() *mat.SymDense { return v.inner }

// Whitened returns the same action with an inner product in which the given
// data have the same spread in all directions: S = M⁻¹, where M is the
// covariance of the vectors. (A second moment about 0 would take a direction
// in which data are far away for one in which they vary.) Vectors that are
// all equal, which only the linear action moves in the same way, are measured
// by their second moment about 0.
//
// Relative defects then do not depend on the units of single coordinates.
// Generators are unchanged. x has shape [N, input…]; directions that the data
// do not have are given the mean size of the others. Whitened returns an
// error if x does not fit. With directions beside points, M is the covariance
// of the points.
func (v Vectors) Whitened(x *tensors.Tensor) (Vectors, error) {
	if err := checkData(v, x); err != nil {
		return v, err
	}
	values, err := dataset.Values(x)
	if err != nil {
		return v, err
	}
	if len(values) == 0 {
		return v, fmt.Errorf("action: cannot whiten the data: there are none")
	}
	if slices.ContainsFunc(values, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }) {
		return v, fmt.Errorf("action: cannot whiten the data: they hold NaN or Inf: leave those samples out")
	}
	moment, inner, ok := v.inverseMoment(v.pointsIn(values))
	if !ok && v.affine {
		return v, fmt.Errorf("action: cannot whiten the data about their mean: their spread is zero, or too small or too large for float64: give samples that differ")
	}
	if !ok {
		return v, fmt.Errorf("action: cannot whiten the data: they are all zero, or too small or too large for float64")
	}
	v.inner, v.dual = inner, moment
	return v, nil
}

// pointsIn leaves directions out of the numbers of inputs, if there are points.
func (v Vectors) pointsIn(values []float64) []float64 {
	if v.directions == 0 || v.pointCount() == 0 {
		return values
	}
	var points []float64
	for input := range slices.Chunk(values, v.n*v.c) {
		points = append(points, input[:v.n*v.pointCount()]...)
	}
	return points
}

// checkData returns an error unless x has the shape [N, input…].
func checkData(a Action, x *tensors.Tensor) error {
	if x.Rank() < 1 {
		return fmt.Errorf("action: the data for whitening must have the shape [N, input…], got %s", x.Shape())
	}
	return a.Check(x.Shape().Dimensions[1:])
}

// inverseMoment returns M and its inverse for consecutive vectors.
func (v Vectors) inverseMoment(values []float64) (m, inverse *mat.SymDense, ok bool) {
	points := func() *mat.Dense { return mat.NewDense(len(values)/v.n, v.n, slices.Clone(values)) }
	if m, inverse, ok = inverseMoment(points(), true); !ok && !v.affine {
		return inverseMoment(points(), false)
	}
	return m, inverse, ok
}

// inverseMoment returns M and its inverse for points, one per row.
func inverseMoment(points *mat.Dense, centred bool) (m, inverse *mat.SymDense, ok bool) {
	if points.IsEmpty() {
		return nil, nil, false
	}
	if centred {
		points = deviations(points)
	}
	rows, n := points.Dims()
	scale := make([]float64, n)
	for j := range n {
		scale[j] = mat.Norm(points.ColView(j), 2) / math.Sqrt(float64(rows))
		if !(scale[j] < math.Inf(1)) {
			return nil, nil, false
		}
	}
	mean := geometricMean(scale)
	if mean == 0 {
		return nil, nil, false
	}
	for j, s := range scale {
		if s == 0 {
			scale[j] = mean
		}
		column := points.RawMatrix().Data[j:]
		for i := range rows {
			column[i*n] /= scale[j]
		}
	}
	return scaledInverse(points, scale)
}

// deviations returns points minus their mean, times the root of their
// influence.
func deviations(points *mat.Dense) *mat.Dense {
	points, weights := influence(points)
	rows, n := points.Dims()
	d := mat.NewDense(rows, n, nil)
	column := make([]float64, rows)
	for j := range n {
		mean, _ := location(mat.Col(column, j, points), weights)
		to := d.RawMatrix().Data[j:]
		for i, x := range column {
			to[i*n] = x - mean
		}
	}
	return weightedRows(d, weights)
}

// flatShare is the share of the largest second moment below which a direction
// counts as absent from the data: an amplitude of 1e-5, as in liegg, which asks the
// same of the data.
const flatShare = 1e-10

// scaledInverse takes the moment of points whose coordinates have unit size,
// and restores their scales.
func scaledInverse(points *mat.Dense, scale []float64) (m, inverse *mat.SymDense, ok bool) {
	rows, n := points.Dims()
	var correlation mat.SymDense
	correlation.SymOuterK(1/float64(rows), points.T())
	axes, ok := linalg.AxesOf(&correlation, -1)
	if !ok {
		return nil, nil, false
	}
	for i, λ := range axes.Values {
		if λ <= flatShare*axes.Values[n-1] {
			axes.Values[i] = 1
		}
	}
	var moment, inner mat.Dense
	unwhiten, whiten := axes.Unwhiten(), axes.Whiten()
	moment.Mul(unwhiten.T(), unwhiten)
	moment.Apply(func(i, j int, v float64) float64 { return v * scale[i] * scale[j] }, &moment)
	inner.Mul(whiten, whiten.T())
	inner.Apply(func(i, j int, v float64) float64 { return v / scale[i] / scale[j] }, &inner)
	return linalg.SymmetricPart(&moment), linalg.SymmetricPart(&inner), true
}

// geometricMean returns the geometric mean of the non-zero numbers, or 0 if
// there are none.
func geometricMean(xs []float64) float64 {
	sum, count := 0., 0.
	for _, x := range xs {
		if x > 0 {
			sum += math.Log(x)
			count++
		}
	}
	if count == 0 {
		return 0
	}
	return math.Exp(sum / count)
}

// Norm returns Σ_v x_vᵀS x_v of velocities x as [batch].
func (v Vectors) Norm(x *Node) *Node { return v.squares(x, v.inner) }

// DualNorm returns Σ_v g_vᵀS⁻¹g_v as [batch].
func (v Vectors) DualNorm(g *Node) *Node { return v.squares(g, v.dual) }

// squares returns Σ_v x_vᵀQ x_v as [batch]. A nil Q is the identity.
func (v Vectors) squares(x *Node, q *mat.SymDense) *Node {
	vectors := Reshape(x, x.Shape().Dim(0), v.c, v.n)
	if q == nil {
		return ReduceSum(Square(vectors), 1, 2)
	}
	turned := Einsum("bvi,ij->bvj", vectors, symmetric(x, q))
	return ReduceSum(Mul(turned, vectors), 1, 2)
}

// GradientMoment returns Σ_i Σ_v g_v g_vᵀ, [n, n].
func (v Vectors) GradientMoment(g *Node) *Node {
	covectors := ConvertDType(Reshape(g, g.Shape().Size()/v.n, v.n), dtypes.Float64)
	return Einsum("ri,rj->ij", covectors, covectors)
}

// DataMoment returns Σ_i w_i Σ_v x̃_v x̃_vᵀ with x̃ = x or (x, 1).
func (v Vectors) DataMoment(x, w *Node) *Node {
	moved := ConvertDType(v.homogeneous(x), dtypes.Float64)
	return Einsum("bvj,bvl->jl", Mul(moved, Reshape(w, w.Shape().Dim(0), 1, 1)), moved)
}

// symmetric embeds s as a constant of like's graph and type.
func symmetric(like *Node, s *mat.SymDense) *Node {
	n := s.SymmetricDim()
	return constant(like, mat.DenseCopyOf(s).RawMatrix().Data, n, n)
}

var _, _, _, _, _ Measured = Vectors{}, Polynomials{}, product{}, restriction{}, Equivariance{}
