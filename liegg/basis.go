package liegg

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/candidates"
	"github.com/liegg/lab/liegg/internal/defects"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/spaces"
	"github.com/liegg/lab/liegg/lie"
)

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

// read finds coordinates in which the generators are easily read; nil if the given ones
// serve.
func (v *Verdict) read(s *defects.Solution, f candidates.Frame, m *spaces.Moments) *legible {
	if f.Fields || m == nil || m.Gradients == nil || v.Dim == 0 {
		return nil
	}
	if about := candidates.OutputUnits(f.Given); about != "" {
		return &legible{s.Span(f.Own, v.Dim), about}
	}
	d := spaces.DataOf(m, v.Subspace.Size)
	units, whole := d.Units(), v.Subspace.Data == v.Subspace.Size
	if units == nil && whole {
		return nil
	}
	if units == nil {
		units = slices.Repeat([]float64{1}, v.Subspace.Size)
	}
	axes := linalg.Identity(v.Subspace.Size)
	if !whole {
		if axes = d.Axes(units, v.Subspace.Data); axes == nil {
			return nil
		}
	}
	origin, what := v.originIn(d, f, units, axes)
	to, back := d.Frame(origin, units, axes)
	generators := generatorsIn(f.Own, s.First(v.Dim), to, back, d.Affine)
	_, columns := axes.Dims()
	how := measures(columns == v.Subspace.Size, units, axes, d.Affine)
	r := new(legible)
	if d.Affine {
		r.algebra = lie.SpanAffine("", generators...)
		how = append(how, v.measuredFrom(v.absolute(origin), units, what)...)
	} else {
		r.algebra = lie.Span("", generators...)
	}
	if len(how) > 0 {
		r.about = "x measured " + strings.Join(how, ", ")
	}
	if r.algebra.Dim() < v.Dim {
		return nil
	}
	return r
}

// generatorsIn returns to·A·back for the generator A of each column of h. The last row of affine ones is
// zero, also after rounding.
func generatorsIn(c candidates.Space, h, to, back *mat.Dense, affine bool) []*mat.Dense {
	_, count := h.Dims()
	generators := make([]*mat.Dense, count)
	for j := range generators {
		generators[j] = new(mat.Dense)
		generators[j].Product(to, c.Generator(mat.Col(nil, j, h)), back)
		if affine {
			last, columns := generators[j].Dims()
			generators[j].SetRow(last-1, make([]float64, columns))
		}
	}
	return generators
}

// originIn returns the point that generators are written about, v.origin projected onto the
// subspace of the data, in coordinates about the centre of the candidates.
func (v *Verdict) originIn(d spaces.Data, f candidates.Frame, units []float64, axes *mat.Dense) (point []float64, what string) {
	if !d.Affine {
		return d.Mean, ""
	}
	point, what = slices.Clone(d.Mean), "the centre of the data"
	if v.FixedPoint == nil {
		return point, what
	}
	away := mat.NewVecDense(len(units), nil)
	for i, p := range v.FixedPoint {
		if v.Centre != nil {
			p -= v.Centre[i]
		}
		away.SetVec(i, (p-d.Mean[i])/units[i])
	}
	var along, within mat.VecDense
	along.MulVec(axes.T(), away)
	within.MulVec(axes, &along)
	for i := range point {
		point[i] += units[i] * within.AtVec(i)
	}
	return point, "the fixed point"
}

// absolute converts a point given about the centre to the coordinates of the inputs.
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

// measuredFrom says from which point, given in units, coordinates are measured: nothing for the
// origin of the inputs.
func (v *Verdict) measuredFrom(point, units []float64, what string) []string {
	away := 0.
	for i, p := range point {
		away = math.Max(away, math.Abs(p)/units[i])
	}
	if away <= math.Max(v.AngleError, 1e-3) {
		return nil
	}
	return []string{fmt.Sprintf("from %s, %s", lie.PointText(point, v.resolution()), what)}
}

// measures says along which axes and in which units coordinates are measured. It says nothing about
// the coordinates of the inputs themselves. Only the ratios of units count, except for affine candidates.
func measures(whole bool, units []float64, axes *mat.Dense, affine bool) (parts []string) {
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
		what := "as the sizes of its coordinates are to each other"
		if affine {
			what = "the spreads of its coordinates"
		}
		parts = append(parts, fmt.Sprintf("in units of %s (%s)", strings.Join(words, ", "), what))
	}
	return parts
}

// locate finds the centre of the data and the fixed point of an affine algebra that is given
// about the centre. If the moments tell the spread of the data, lengths are measured in
// units of it: a translation by a hundredth of the spread counts as none.
func (v *Verdict) locate(about lie.Algebra, centring *mat.Dense, m *spaces.Moments) {
	n := about.Size() - 1
	v.Centre, v.Spread = centreOf(centring), m.Spread(n)
	units := v.Spread
	if units == nil {
		units = slices.Repeat([]float64{1}, n)
	}
	scale := mat.NewDense(n+1, n+1, nil)
	for i, u := range units {
		scale.Set(i, i, 1/u)
	}
	scale.Set(n, n, 1)
	inUnits, err := about.Conjugate(scale)
	if err != nil {
		return
	}
	p, ok := lie.CommonFixedPoint(inUnits, max(1e-6, 5*v.AngleError))
	if !ok {
		return
	}
	for i := range p {
		p[i] *= units[i]
		if v.Centre != nil {
			p[i] += v.Centre[i]
		}
	}
	v.FixedPoint = p
}

// centreOf returns the centre c of the map x ↦ x − c; nil for a nil map.
func centreOf(centring *mat.Dense) []float64 {
	if centring == nil {
		return nil
	}
	n, _ := centring.Dims()
	c := make([]float64, n-1)
	for i := range c {
		c[i] = -centring.At(i, n-1)
	}
	return c
}

// sameField reports whether two affine generators have the same formula.
func sameField(g, h *mat.Dense) bool { return lie.Formula(g, true, 0) == lie.Formula(h, true, 0) }

// resolution returns the length to which a fixed point is known.
func (v *Verdict) resolution() float64 {
	length := 1.
	if v.Spread != nil {
		length = slices.Min(v.Spread)
	}
	return length * max(v.AngleError, 1e-3)
}

// from returns the map x ↦ x − p in homogeneous coordinates.
func from(p []float64) *mat.Dense {
	q, _ := lie.Inverse(lie.TranslationBy(p...)) // of translations it always is
	return q
}
