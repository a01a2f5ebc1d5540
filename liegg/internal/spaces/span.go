package spaces

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/failure"
	"github.com/liegg/lab/liegg/internal/linalg"
)

// Flat is the share of a data direction's second moment, with every
// coordinate's own scale divided out, below which the data have no such
// direction: an amplitude of 1e-5 of the rest. It is more than linalg.Nothing: data that lie
// in a subspace do so to the rounding of what made them, not of a sum of ours.
const Flat = 1e-10

// Dimensions are a liegg.Subspace.
type Dimensions struct{ Size, Data, Gradients int }

// Measure measures the subspaces that data and gradients span. Along directions to which the
// function does not respond, the relative defect is at most the tolerance.
func (m *Moments) Measure(tolerance float64) (s Dimensions, err error) {
	if m == nil || m.Gradients == nil {
		return s, nil
	}
	s.Size = m.Gradients.SymmetricDim()
	if _, s.Gradients, _, err = m.GradientSpan(tolerance); err != nil {
		return s, err
	}
	_, s.Data, err = m.DataSpan()
	s.Data -= m.Data.SymmetricDim() - s.Size // the constant of affine maps
	return s, err
}

// GradientSpan returns the projector P_U on the span of the gradients, its rank, and
// the largest defect of a motion that is not in it. It solves M_g v = λ S v,
// where λ_v/Σλ is the squared relative defect of all motion along v.
func (m *Moments) GradientSpan(tolerance float64) (_ *mat.Dense, rank int, level float64, err error) {
	n := m.Gradients.SymmetricDim()
	root, err := inverseRoot(m.Inner, n)
	if err != nil {
		return nil, 0, 0, err
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(linalg.Congruent(m.Gradients, root), true) {
		return nil, 0, 0, failure.ErrDecomposition
	}
	λ := eigen.Values(nil)
	var total float64
	for _, v := range λ {
		total += math.Max(v, 0)
	}
	first := 0
	for first < n-1 && λ[first] <= tolerance*tolerance*total {
		level = math.Sqrt(math.Max(λ[first], 0) / total)
		first++
	}
	var e, u mat.Dense
	eigen.VectorsTo(&e)
	u.Mul(root, e.Slice(0, n, first, n))
	if m.Inner != nil {
		u.Mul(m.Inner, mat.DenseCopyOf(&u)) // velocities to gradients
	}
	units := m.units()[:n]
	u.Apply(func(i, _ int, v float64) float64 { return v * units[i] }, &u)
	p, err := projector(&u, units)
	return p, n - first, level, err
}

// DataSpan returns the projector P_X on the span of the data, and its rank.
func (m *Moments) DataSpan() (*mat.Dense, int, error) {
	axes, ok := linalg.AxesOf(m.Data, 0)
	if !ok {
		return nil, 0, failure.ErrDecomposition
	}
	if axes = axes.Above(Flat); axes.Vectors == nil {
		return nil, 0, failure.ErrUnmoved
	}
	units := m.units()
	x := axes.Vectors
	x.Apply(func(i, _ int, v float64) float64 { return v * axes.Scale[i] / units[i] }, x)
	q, err := projector(x, units)
	return q, len(axes.Values), err
}

// units returns the sizes of the data's coordinates to the nearest power of ten, relative to
// their geometric mean. Projectors are orthogonal in these units, and so in the original
// coordinates unless those differ by orders of magnitude.
func (m *Moments) units() []float64 {
	n := m.Data.SymmetricDim()
	units := make([]float64, n)
	var mean, count float64
	for i := range n {
		if v := m.Data.At(i, i); v > 0 {
			units[i] = math.Log10(v) / 2
			mean += units[i]
			count++
		}
	}
	for i, u := range units {
		if m.Data.At(i, i) > 0 {
			u -= mean / count
		}
		units[i] = math.Pow(10, math.Round(u))
	}
	return units
}

// projector returns the projector on the span of the columns, which are given
// in the units: orthogonal in them, for vectors in the original coordinates.
func projector(columns *mat.Dense, units []float64) (*mat.Dense, error) {
	basis, err := Range(columns)
	if err != nil {
		return nil, err
	}
	var p mat.Dense
	p.Mul(basis, basis.T())
	p.Apply(func(i, j int, v float64) float64 { return v * units[i] / units[j] }, &p)
	return &p, nil
}

// Range returns an orthonormal basis of the column space of m; it has none if m is zero,
// which is ErrUnmoved.
func Range(m *mat.Dense) (*mat.Dense, error) {
	basis, ok := linalg.Range(m)
	switch {
	case !ok:
		return nil, failure.ErrDecomposition
	case basis == nil:
		return nil, failure.ErrUnmoved
	}
	return basis, nil
}

// inverseRoot returns R with RᵀSR = 1.
func inverseRoot(s *mat.SymDense, n int) (*mat.Dense, error) {
	if s == nil {
		return linalg.Identity(n), nil
	}
	r := linalg.InverseRoot(s)
	if r == nil {
		return nil, failure.ErrDecomposition
	}
	return r, nil
}

// Lifted returns diag(p, 1) if generators have one row more than p, and p otherwise.
func Lifted(p *mat.Dense, n int) *mat.Dense {
	if r, _ := p.Dims(); r == n {
		return p
	}
	l := mat.NewDense(n, n, nil)
	l.Set(n-1, n-1, 1)
	l.Slice(0, n-1, 0, n-1).(*mat.Dense).Copy(p)
	return l
}

// Length returns √E‖A·x‖² over the data, in units in which no coordinate is far larger than others.
func (m *Moments) Length(a *mat.Dense) float64 {
	units := m.units()
	scaled := mat.DenseCopyOf(a)
	scaled.Apply(func(i, _ int, v float64) float64 { return v / units[i] }, scaled)
	var square mat.Dense
	square.Product(scaled, m.Data, scaled.T())
	return math.Sqrt(math.Max(0, mat.Trace(&square)))
}
