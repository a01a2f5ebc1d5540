package liegg

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// Subspace describes the parts of the space of vectors that data and gradients span. The function
// has learned nothing about the rest. It is zero if candidates do not act on vectors.
type Subspace struct {
	// Size is n, for vectors of Rⁿ.
	Size int
	// Data is the dimension of the data's span, or of their affine span if candidates are
	// affine.
	Data int
	// Gradients is the dimension of the span of the gradients, without directions to which
	// the function hardly responds (Verdict.Unfelt).
	Gradients int
}

// subspace measures the subspaces. Along directions to which the function does not respond,
// the relative defect is at most the tolerance.
func (m *Moments) subspace(tolerance float64) (s Subspace, err error) {
	if m == nil || m.Gradients == nil {
		return s, nil
	}
	s.Size = m.Gradients.SymmetricDim()
	if _, s.Gradients, _, err = m.gradientSpan(tolerance); err != nil {
		return s, err
	}
	_, s.Data, err = m.dataSpan()
	s.Data -= m.Data.SymmetricDim() - s.Size // the constant of affine maps
	return s, err
}

// Whole reports whether data and gradients fill the space, or there is none.
func (s Subspace) Whole() bool { return s.Data == s.Size && s.Gradients == s.Size }

// String is "the data fill 3 of 5 dimensions, the gradients 2".
func (s Subspace) String() string {
	return fmt.Sprintf("the data fill %d of %s, the gradients %d", s.Data, spelling.Count(s.Size, "dimension"), s.Gradients)
}

// gradientSpan returns the projector P_U on the span of the gradients, its rank, and
// the largest defect of a motion that is not in it. It solves M_g v = λ S v,
// where λ_v/Σλ is the squared relative defect of all motion along v.
func (m *Moments) gradientSpan(tolerance float64) (_ *mat.Dense, rank int, level float64, err error) {
	n := m.Gradients.SymmetricDim()
	root, err := inverseRoot(m.Inner, n)
	if err != nil {
		return nil, 0, 0, err
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(linalg.Congruent(m.Gradients, root), true) {
		return nil, 0, 0, ErrDecomposition
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

// dataSpan returns the projector P_X on the span of the data, and its rank.
func (m *Moments) dataSpan() (*mat.Dense, int, error) {
	axes, ok := linalg.AxesOf(m.Data, 0)
	if !ok {
		return nil, 0, ErrDecomposition
	}
	if axes = axes.Above(flat); axes.Vectors == nil {
		return nil, 0, ErrUnmoved
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
	basis, err := rangeOf(columns)
	if err != nil {
		return nil, err
	}
	var p mat.Dense
	p.Mul(basis, basis.T())
	p.Apply(func(i, j int, v float64) float64 { return v * units[i] / units[j] }, &p)
	return &p, nil
}

// rangeOf returns an orthonormal basis of the column space of m; it has none if m is zero,
// which is ErrUnmoved.
func rangeOf(m *mat.Dense) (*mat.Dense, error) {
	basis, ok := linalg.Range(m)
	switch {
	case !ok:
		return nil, ErrDecomposition
	case basis == nil:
		return nil, ErrUnmoved
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
		return nil, ErrDecomposition
	}
	return r, nil
}

// lifted returns diag(p, 1) if generators have one row more than p, and p otherwise.
func lifted(p *mat.Dense, n int) *mat.Dense {
	if r, _ := p.Dims(); r == n {
		return p
	}
	l := mat.NewDense(n, n, nil)
	l.Set(n-1, n-1, 1)
	l.Slice(0, n-1, 0, n-1).(*mat.Dense).Copy(p)
	return l
}
