package liegg

import (
	"math"

	"github.com/liegg/lab/liegg/internal/linalg"
	"gonum.org/v1/gonum/mat"
)

// Trivial symmetries hold for want of anything to change: H with
// P_U·H·P_X = 0, where U is the span of the gradients and X that of the data.
// A network that ignores an input direction, or never sees one, is invariant
// to all that happens there. They are no part of what it has learned.

// flat is the share of a data direction's second moment, with every
// coordinate's own scale divided out, below which the data have no such
// direction: an amplitude of 1e-5 of the rest. It is more than linalg.Nothing: data that lie
// in a subspace do so to the rounding of what made them, not of a sum of ours.
const flat = 1e-10

// visible returns W, K×K', whose columns span the candidates that can change
// the outputs: one P_U·H·P_X of every class of H that are equal but for
// trivial ones. It is nil where nothing is trivial or where the moments do not
// tell. A direction counts as ignored if moving along it changes the outputs
// by no more than the defect ρ ≤ tolerance; level is the largest such ρ.
func (m *Moments) visible(c Candidates, tolerance float64) (w *mat.Dense, level float64, err error) {
	if m == nil || m.Gradients == nil {
		return nil, 0, nil
	}
	p, felt, level, err := m.felt(tolerance)
	if err != nil {
		return nil, 0, err
	}
	q, seen, err := m.seen()
	if err != nil {
		return nil, 0, err
	}
	n, _ := p.Dims()
	if felt == n && seen == m.Data.SymmetricDim() {
		return nil, 0, nil
	}
	w, err = sandwiched(c, lifted(p, m.Data.SymmetricDim()), q)
	return w, level, err
}

// felt returns the projector P_U on the span of the gradients, its rank, and
// the largest defect of a motion that is not in it. It solves M_g v = λ S v,
// where λ_v/Σλ is the squared relative defect of all motion along v.
func (m *Moments) felt(tolerance float64) (_ *mat.Dense, rank int, level float64, err error) {
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

// units are the sizes of the data's coordinates to the nearest power of ten,
// relative to their geometric mean: projectors are orthogonal in these units,
// so in the coordinates as they are unless those differ by orders of magnitude.
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

// inverseRoot returns R with RᵀSR = 1.
func inverseRoot(s *mat.SymDense, n int) (*mat.Dense, error) {
	if s == nil {
		return identity(n), nil
	}
	r := linalg.InverseRoot(s)
	if r == nil {
		return nil, ErrDecomposition
	}
	return r, nil
}

// seen returns the projector P_X on the span of the data, and its rank.
func (m *Moments) seen() (*mat.Dense, int, error) {
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

// lifted is diag(p, 1) where generators are larger than p by one row.
func lifted(p *mat.Dense, n int) *mat.Dense {
	if r, _ := p.Dims(); r == n {
		return p
	}
	l := mat.NewDense(n, n, nil)
	l.Set(n-1, n-1, 1)
	l.Slice(0, n-1, 0, n-1).(*mat.Dense).Copy(p)
	return l
}

// sandwiched returns coefficients, as columns, of a basis of the matrices
// P·A·Q over all candidates A. Where those are no candidates themselves, it is
// a complement of the A with P·A·Q = 0.
func sandwiched(c Candidates, p, q *mat.Dense) (*mat.Dense, error) {
	k := c.Dim()
	h := make([]float64, k)
	var basis, images []*mat.Dense
	for i := range k {
		h[i] = 1
		a := mat.DenseCopyOf(c.Generator(h))
		h[i] = 0
		var paq mat.Dense
		paq.Product(p, a, q)
		basis, images = append(basis, a), append(images, &paq)
	}
	coefficients, ok := inBasis(newFrobenius(c).gram(), basis, images)
	if ok {
		return rangeOf(coefficients)
	}
	return rangeOf(products(images, images))
}

// inBasis returns the coefficients of the images over the basis, and whether
// they reproduce the images.
func inBasis(gram *mat.SymDense, basis, images []*mat.Dense) (*mat.Dense, bool) {
	var chol mat.Cholesky
	if !chol.Factorize(gram) {
		return nil, false
	}
	inner := products(basis, images)
	var x mat.Dense
	_ = chol.SolveTo(&x, inner) // what is ill-conditioned by its units alone is solved; the rest shows below
	for j, image := range images {
		whole := math.Pow(mat.Norm(image, 2), 2)
		if !(whole-mat.Dot(x.ColView(j), inner.ColView(j)) <= 1e-9*math.Max(whole, 1e-9)) {
			return nil, false
		}
	}
	return &x, true
}

// products returns ⟨a_i, b_j⟩.
func products(a, b []*mat.Dense) *mat.Dense {
	rows := func(ms []*mat.Dense) *mat.Dense {
		n := len(ms[0].RawMatrix().Data)
		r := mat.NewDense(len(ms), n, nil)
		for i, m := range ms {
			r.SetRow(i, m.RawMatrix().Data)
		}
		return r
	}
	var g mat.Dense
	g.Mul(rows(a), rows(b).T())
	return &g
}

// rangeOf returns an orthonormal basis of the column space of m, as columns;
// it has none where m is zero, which is ErrUnmoved.
func rangeOf(m *mat.Dense) (*mat.Dense, error) {
	var svd mat.SVD
	if !svd.Factorize(m, mat.SVDThinU) {
		return nil, ErrDecomposition
	}
	s := svd.Values(nil)
	rank := 0
	for rank < len(s) && s[rank] > 1e-9*s[0] {
		rank++
	}
	if rank == 0 || s[0] == 0 {
		return nil, ErrUnmoved
	}
	var u mat.Dense
	svd.UTo(&u)
	n, _ := u.Dims()
	return mat.DenseCopyOf(u.Slice(0, n, 0, rank)), nil
}

// subspace is the candidates h = W·g of others.
type subspace struct {
	Candidates
	w *mat.Dense
}

func (s subspace) Dim() int {
	_, k := s.w.Dims()
	return k
}

func (s subspace) Generator(g []float64) *mat.Dense {
	var h mat.VecDense
	h.MulVec(s.w, mat.NewVecDense(len(g), g))
	return s.Candidates.Generator(h.RawVector().Data)
}

// Homogeneous reports what the whole space reports.
func (s subspace) Homogeneous() bool { return homogeneous(s.Candidates) }
