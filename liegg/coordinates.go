package liegg

import (
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
)

// nearlyWhite is the largest condition number of the change to white coordinates at which
// the given coordinates serve as well.
const nearlyWhite = 3

// whitening returns the change of coordinates x ↦ q·x, for generators of the given size,
// after which the data have the same spread in all directions; for affine candidates about
// their mean. It is nil if they nearly have that already, or if the moments are missing.
func (m *Moments) whitening(size int) (*mat.Dense, error) {
	if m == nil || m.Inner == nil || m.Gradients == nil || m.Data.SymmetricDim() != size {
		return nil, nil
	}
	n := m.Inner.SymmetricDim()
	root, err := inverseRoot(m.Inner, n)
	if err != nil {
		return nil, err
	}
	back := lifted(root, size)
	for i := range n {
		if n < size { // x = R·x' + μ
			back.Set(i, n, m.Data.At(i, n)/m.Data.At(n, n))
		}
	}
	if mat.Cond(back, 2) <= nearlyWhite {
		return nil, nil
	}
	q, err := lie.Inverse(back)
	if err != nil {
		return nil, ErrDecomposition
	}
	return q, nil
}

// frame holds the coordinates in which spans of generators are compared and named: about
// the centre of the data, and white.
type frame struct {
	own, candidates Candidates // about the centre, and as they were given
	centring        *mat.Dense // nil for the origin
	q               *mat.Dense // to white coordinates; nil if the given coordinates are used
	fields          bool       // the matrices represent vector fields: their brackets have no meaning
	moments         *Moments   // nil if they are not known
}

// hardlyFelt returns the number of generators that move the data only along directions v to
// which the function hardly responds: the relative defect of motion along v exceeds the
// threshold, but not the bound.
func (f frame) hardlyFelt(threshold, bound float64) int {
	if f.moments == nil || f.moments.Gradients == nil || bound <= threshold {
		return 0
	}
	_, felt, _, err := f.moments.gradientSpan(threshold)
	_, fewer, _, err2 := f.moments.gradientSpan(bound)
	_, seen, err3 := f.moments.dataSpan()
	if err != nil || err2 != nil || err3 != nil {
		return 0 // the decompositions have converged before
	}
	return (felt - fewer) * seen
}

// frameOf finds the frame. In white coordinates the errors of a network have the same size
// in all directions. In mixed units, in contrast, a rotation looks like a shear, and far from
// the origin it looks like a translation.
func (v *Verdict) frameOf(c Candidates, m *Moments) (f frame, err error) {
	_, describes := c.(Describer)
	f = frame{own: localOf(c), candidates: c, centring: centringOf(c), fields: describes && !homogeneous(c), moments: m}
	if v.Subspace.Data == v.Subspace.Size { // else no coordinates make the data white
		f.q, err = m.whitening(spanOf(c, "", nil).Size())
	}
	return f, err
}

// white returns the candidates about the centre and in white coordinates.
func (f frame) white() (Candidates, error) {
	if f.q == nil {
		return f.own, nil
	}
	back, err := lie.Inverse(f.q)
	return carriedCandidates{f.own, f.q, back}, err
}

// carriedCandidates presents candidates in the coordinates x ↦ q·x. An algebra is spanned in
// these coordinates, because a basis that was computed in mixed units and then transformed
// has lost the digits of its smaller entries.
type carriedCandidates struct {
	Candidates
	q, back *mat.Dense
}

func (c carriedCandidates) Generator(h []float64) *mat.Dense {
	var carried mat.Dense
	carried.Product(c.q, c.Candidates.Generator(h), c.back)
	return &carried
}

// Homogeneous reports what the original candidates report.
func (c carriedCandidates) Homogeneous() bool { return homogeneous(c.Candidates) }

// carried returns the algebra of the d smallest directions in the coordinates of the inputs,
// given the algebra about the centre of the candidates. The errors are ErrFarAway and
// ErrUnits.
func (s *solution) carried(about lie.Algebra, d int, c Candidates) (a lie.Algebra, err error) {
	if about.Dim() < d {
		return about, ErrUnits
	}
	centring := centringOf(c)
	if centring == nil || d == 0 {
		a = s.span(c, d)
	} else if a, err = conjugatedBack(about, centring); err != nil {
		return a, err
	}
	if a.Dim() < d && outputUnits(c) != "" {
		return a, ErrUnits
	}
	if a.Dim() < d {
		return a, ErrFarAway
	}
	return a.Renamed(about.Name()), nil
}

// conjugatedBack returns q⁻¹·a·q.
func conjugatedBack(a lie.Algebra, q *mat.Dense) (lie.Algebra, error) {
	back, err := lie.Inverse(q)
	if err != nil {
		return a, err
	}
	return a.Conjugate(back)
}
