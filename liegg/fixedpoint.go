package liegg

import (
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/spaces"
	"github.com/liegg/lab/liegg/lie"
)

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
