package spaces

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Data holds the first and second moments of n coordinates, about the centre of affine
// candidates, or about the origin for linear ones.
type Data struct {
	Affine bool
	Mean   []float64
	second *mat.SymDense
}

// DataOf returns the moments of the first n coordinates.
func DataOf(m *Moments, n int) Data {
	d := Data{Affine: m.Data.SymmetricDim() > n, Mean: make([]float64, n), second: mat.NewSymDense(n, nil)}
	count := 1.
	if d.Affine {
		count = m.Data.At(n, n)
	}
	for i := range n {
		if d.Affine {
			d.Mean[i] = m.Data.At(i, n) / count
		}
		for j := range i + 1 {
			d.second.SetSym(i, j, m.Data.At(i, j)/count-d.Mean[i]*d.Mean[j])
		}
	}
	return d
}

// Units returns the spreads of the coordinates relative to the smallest one, to one digit, or
// their sizes if the spreads are not known. It is nil if they are about the same.
func (d Data) Units() []float64 {
	n := len(d.Mean)
	units := make([]float64, n)
	least, most := math.Inf(1), 0.
	for i := range units {
		if units[i] = math.Sqrt(math.Max(0, d.second.At(i, i))); units[i] > 0 {
			least, most = math.Min(least, units[i]), math.Max(most, units[i])
		}
	}
	if most <= nearlyWhite*least {
		return nil
	}
	for i, u := range units {
		if !d.Affine {
			u /= least
		}
		if u == 0 {
			u = 1
		}
		decade := math.Pow(10, math.Floor(math.Log10(u)))
		units[i] = math.Round(u/decade) * decade
	}
	return units
}

// Axes returns orthonormal columns that span the subspace that the data fill, in the given
// units and close to the coordinate axes. If coordinate axes span the subspace, it returns
// the projector onto them instead. It is nil if LAPACK did not converge.
func (d Data) Axes(units []float64, count int) *mat.Dense {
	n := len(units)
	scaled := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			scaled.SetSym(i, j, d.second.At(i, j)/(units[i]*units[j]))
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(scaled, true) {
		return nil
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	return alongCoordinates(mat.DenseCopyOf(vectors.Slice(0, n, n-count, n)))
}

// alongCoordinates returns an orthonormal basis of the span of orthonormal columns that is
// close to the coordinate axes: a Gram–Schmidt process of the projected axes, the longest
// first. If coordinate axes alone span it, it returns the projector onto the span.
func alongCoordinates(columns *mat.Dense) *mat.Dense {
	n, count := columns.Dims()
	projector := mat.NewDense(n, n, nil)
	projector.Mul(columns, columns.T())
	rest, basis, coordinates := mat.DenseCopyOf(projector), make([][]float64, n), true
	for range count {
		longest, most := 0, 0.
		for j := range n {
			if length := mat.Norm(rest.ColView(j), 2); length > most*(1+1e-6) {
				longest, most = j, length
			}
		}
		axis := mat.Col(nil, longest, rest)
		floats.Scale(1/most, axis)
		coordinates = coordinates && axis[longest] > 1-1e-6
		basis[longest] = axis
		q := mat.NewVecDense(n, axis)
		var along mat.VecDense
		along.MulVec(rest.T(), q)
		rest.RankOne(rest, -1, q, &along)
	}
	if coordinates {
		return projector
	}
	axes := mat.NewDense(n, count, nil)
	for j, axis := range slices.DeleteFunc(basis, func(axis []float64) bool { return axis == nil }) {
		axes.SetCol(j, axis)
	}
	return axes
}

// Frame returns the matrices of x ↦ u and back, x = origin + units·axes·u.
func (d Data) Frame(origin, units []float64, axes *mat.Dense) (to, back *mat.Dense) {
	n, m := axes.Dims()
	extra := 0
	if d.Affine {
		extra = 1
	}
	to, back = mat.NewDense(m+extra, n+extra, nil), mat.NewDense(n+extra, m+extra, nil)
	for i := range n {
		for j := range m {
			to.Set(j, i, axes.At(i, j)/units[i])
			back.Set(i, j, axes.At(i, j)*units[i])
		}
	}
	if d.Affine {
		for j := range m {
			for i := range n {
				to.Set(j, n, to.At(j, n)-to.At(j, i)*origin[i])
			}
		}
		for i := range n {
			back.Set(i, m, origin[i])
		}
		to.Set(m, n, 1)
		back.Set(n, m, 1)
	}
	return to, back
}
