package liegg

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg/lie"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// legible is the algebra of a verdict in coordinates in which its matrices are easily
// read. If the units of the given coordinates differ by much, a rotation looks like a shear in
// them; and if the data fill a subspace, only what happens there is known.
type legible struct {
	algebra lie.Algebra
	about   string // how the coordinates are measured
}

// Basis returns a sparse orthonormal basis of the generators, in coordinates in which they
// are easily read: in units of the spread of each coordinate of the data if these differ by
// much, and along the axes of the subspace that the data fill. Affine generators are written
// about their fixed point or, without one, about the centre of the data. About says how the
// coordinates are measured; it is empty if the inputs' own coordinates serve.
func (v *Verdict) Basis() (basis []*mat.Dense, about string) {
	if v.legible != nil {
		return lie.Sparse(v.legible.algebra), v.legible.about
	}
	basis = lie.Sparse(v.Algebra)
	origin, what := v.origin()
	if origin == nil {
		return basis, ""
	}
	moved, err := v.Algebra.Conjugate(from(origin))
	if err != nil || moved.Dim() < v.Dim {
		return basis, ""
	}
	there := lie.Sparse(moved)
	if slices.EqualFunc(there, basis, sameField) {
		return basis, ""
	}
	return there, fmt.Sprintf("x measured from %s, %s", lie.PointText(origin, v.resolution()), what)
}

// origin is the point that affine generators are written about.
func (v *Verdict) origin() (point []float64, what string) {
	if v.FixedPoint != nil {
		return v.FixedPoint, "the fixed point"
	}
	return v.Centre, "the centre of the data"
}

// outputUnits says in which units candidates measure outputs, if these differ by much; else "".
func outputUnits(c Candidates) string {
	const much = 10
	u, ok := c.(interface{ OutputSizes() []float64 })
	if !ok || len(u.OutputSizes()) == 0 || slices.Max(u.OutputSizes()) <= much*slices.Min(u.OutputSizes()) {
		return ""
	}
	var sizes []string
	for _, s := range u.OutputSizes() {
		sizes = append(sizes, fmt.Sprintf("%.0e", s))
	}
	return "outputs measured in units of " + strings.Join(sizes, ", ") + ", and inputs from the centre about which candidates are taken"
}

// read finds coordinates in which the generators are easily read; nil where the given ones
// serve.
func (v *Verdict) read(s *solution, f frame, m *Moments) *legible {
	if f.fields || m == nil || m.Data == nil || v.Dim == 0 {
		return nil
	}
	if about := outputUnits(f.candidates); about != "" {
		return &legible{s.span(f.own, v.Dim), about}
	}
	d := dataOf(m, v.Subspace.Size)
	units, whole := d.units(), v.Subspace.Data == v.Subspace.Size
	if units == nil && whole {
		return nil
	}
	if units == nil {
		units = slices.Repeat([]float64{1}, v.Subspace.Size)
	}
	axes := identity(v.Subspace.Size)
	if !whole {
		if axes = d.axes(units, v.Subspace.Data); axes == nil {
			return nil
		}
	}
	origin, what := v.originIn(d, f, units, axes)
	to, back := d.frame(origin, units, axes)
	h := s.first(v.Dim)
	generators := make([]*mat.Dense, v.Dim)
	for j := range generators {
		generators[j] = new(mat.Dense)
		generators[j].Product(to, f.own.Generator(mat.Col(nil, j, h)), back)
		if d.affine { // rounding
			last, columns := generators[j].Dims()
			generators[j].SetRow(last-1, make([]float64, columns))
		}
	}
	_, columns := axes.Dims()
	r := &legible{about: aboutText(columns == v.Subspace.Size, units, axes)}
	if d.affine {
		r.algebra = lie.SpanAffine("", generators...)
		r.about += v.fromText(v.absolute(origin), units, what)
	} else {
		r.algebra = lie.Span("", generators...)
	}
	if r.algebra.Dim() < v.Dim {
		return nil
	}
	return r
}

// originIn is the point that generators are written about, in coordinates about the centre
// of the candidates: the one of v.origin that is nearest in the subspace of the data.
func (v *Verdict) originIn(d data, f frame, units []float64, axes *mat.Dense) (point []float64, what string) {
	if !d.affine {
		return d.mean, ""
	}
	point, what = slices.Clone(d.mean), "the centre of the data"
	if v.FixedPoint == nil {
		return point, what
	}
	away := mat.NewVecDense(len(units), nil)
	for i, p := range v.FixedPoint {
		if v.Centre != nil {
			p -= v.Centre[i]
		}
		away.SetVec(i, (p-d.mean[i])/units[i])
	}
	var along, within mat.VecDense
	along.MulVec(axes.T(), away)
	within.MulVec(axes, &along)
	for i := range point {
		point[i] += units[i] * within.AtVec(i)
	}
	return point, "the fixed point"
}

// absolute is a point in the coordinates of the inputs, given about the centre.
func (v *Verdict) absolute(p []float64) []float64 {
	if v.Centre == nil {
		return p
	}
	sum := slices.Clone(p)
	for i, c := range v.Centre {
		sum[i] += c
	}
	return sum
}

// fromText says from where coordinates are measured; "" for the origin of the inputs, in
// units.
func (v *Verdict) fromText(point, units []float64, what string) string {
	away := 0.
	for i, p := range point {
		away = math.Max(away, math.Abs(p)/units[i])
	}
	if away <= math.Max(v.AngleError, 1e-3) {
		return ""
	}
	return fmt.Sprintf(", from %s, %s", lie.PointText(point, v.resolution()), what)
}

// aboutText says how coordinates are measured.
func aboutText(whole bool, units []float64, axes *mat.Dense) string {
	var parts []string
	if !whole {
		_, d := axes.Dims()
		for j := range d {
			parts = append(parts, lie.PointText(mat.Col(nil, j, axes), .01))
		}
		parts = []string{"along the axes " + strings.Join(parts, ", ") + " of the data"}
	}
	if slices.Max(units) != slices.Min(units) {
		words := make([]string, len(units))
		for i, u := range units {
			words[i] = fmt.Sprintf("%.2g", u)
		}
		parts = append(parts, "in units of "+strings.Join(words, ", "))
	}
	if len(parts) == 0 {
		return ""
	}
	return "x measured " + strings.Join(parts, ", ")
}

// data are the first and second moments of n coordinates, about the centre of affine
// candidates, or about the origin of linear ones.
type data struct {
	affine bool
	mean   []float64
	second *mat.SymDense
}

func dataOf(m *Moments, n int) data {
	d := data{affine: m.Data.SymmetricDim() > n, mean: make([]float64, n), second: mat.NewSymDense(n, nil)}
	count := 1.
	if d.affine {
		count = m.Data.At(n, n)
	}
	for i := range n {
		if d.affine {
			d.mean[i] = m.Data.At(i, n) / count
		}
		for j := range i + 1 {
			d.second.SetSym(i, j, m.Data.At(i, j)/count-d.mean[i]*d.mean[j])
		}
	}
	return d
}

// units are the sizes of the coordinates relative to the smallest, or their spreads if these
// are known, to one digit; nil if they are about the same.
func (d data) units() []float64 {
	n := len(d.mean)
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
		if !d.affine {
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

// axes span the subspace that the data fill, in given units, as orthonormal columns:
// close to the axes of the coordinates, and all of these, 0 for those outside, if they span
// the subspace. They are nil if LAPACK did not converge.
func (d data) axes(units []float64, count int) *mat.Dense {
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

// alongCoordinates is an orthonormal basis, close to the axes of the coordinates, of the span
// of orthonormal columns: a Gram–Schmidt process of projected axes, the longest first. If the
// span holds as many of the axes as it has dimensions, it returns the projector onto it.
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

// frame returns the matrices of x ↦ u and back, x = origin + units·axes·u.
func (d data) frame(origin, units []float64, axes *mat.Dense) (to, back *mat.Dense) {
	n, m := axes.Dims()
	extra := 0
	if d.affine {
		extra = 1
	}
	to, back = mat.NewDense(m+extra, n+extra, nil), mat.NewDense(n+extra, m+extra, nil)
	for i := range n {
		for j := range m {
			to.Set(j, i, axes.At(i, j)/units[i])
			back.Set(i, j, axes.At(i, j)*units[i])
		}
	}
	if d.affine {
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
