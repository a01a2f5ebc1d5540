package defects

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/candidates"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/spaces"
	"github.com/liegg/lab/liegg/internal/sums"
)

// A symmetry H is trivial if P_U·H·P_X = 0, where U is the span of the gradients and X the
// span of the data. A network that ignores an input direction, or never sees one, is
// invariant to everything that happens there. Trivial symmetries are not learned. Of the
// candidates that differ by trivial ones, K·H·P_X is kept: it keeps the data within the plane
// in which they lie, if any of them does (spaces.Moments.Kept). So brackets are those of the
// motions of that plane.

// TooFar is the largest distance of the data from the origin, in units of their spread.
// Beyond it, the part of a linear motion that changes with the sample is as small as what
// counts as no motion (spaces.Flat).
const TooFar = 2e4

// Resolved is the smallest share of the gradients' second moment, in a direction of the inputs,
// that float64 can resolve: an amplitude of 1e-7. Rows kept by QR then still distinguish generators
// from the motion along that direction. A Gram matrix needs a share of at least spaces.Flat.
const Resolved = 1e-14

// Nontrivial holds the candidates to which the function responds on these data.
type Nontrivial struct {
	W         *mat.Dense // candidates that are not trivial, as changing has them
	Unfelt    float64    // the largest relative defect of a motion that is left out for want of a gradient along it
	Threshold float64    // what the relative defect of a symmetry must not exceed
}

// Trivial is the number of candidates that are left out.
func (s Nontrivial) Trivial() int {
	if s.W == nil {
		return 0
	}
	k, kept := s.W.Dims()
	return k - kept
}

// FindNontrivial finds the candidates to which the function responds, given the threshold on ρ.
//
// A function may respond weakly to a direction and still need it. For x² + (y/10)², the
// rotation in rescaled coordinates moves x little and y much. Leaving out the motion along y
// would lose generators that hold better than that motion. In such a case the motion stays,
// and the threshold moves halfway between it and these generators, because whatever holds no
// better than it is not a symmetry. The generators must be better by the factor gap, or by 2
// if the motion itself is not below the threshold by that factor. Rows in float64 tell such
// generators apart from a motion along which f changes by as little as 1e-7 of its steepest.
func FindNontrivial(p *sums.Sum, c candidates.Space, threshold, gap, finest float64) (Nontrivial, error) {
	s := Nontrivial{Threshold: threshold}
	for {
		var err error
		s.W, s.Unfelt, err = changing(p, c, s.Threshold)
		if err != nil || s.Unfelt*s.Unfelt <= finest {
			return s, err
		}
		better := gap
		if s.Unfelt > threshold/gap {
			better = min(gap, 2)
		}
		halfway := s.Unfelt / math.Sqrt(better)
		finer, _, err := changing(p, c, halfway)
		if err != nil {
			return s, err
		}
		if lost, err := losesGenerators(p, s.W, finer, s.Unfelt/better); err != nil || !lost {
			return s, err
		}
		s.Threshold = halfway
	}
}

// Finest returns the smallest squared defect of a motion for which generators below it are sought,
// given the distance of the data from the origin in units of their spread. Far away, linear maps
// hardly distinguish directions, and the small differences do not justify a firm answer.
func Finest(p *sums.Sum, away float64) float64 {
	if p.Triangle != nil && away <= TooFar {
		return Resolved
	}
	return spaces.Flat
}

// changing returns W, whose columns span the candidates h = W·g that are not
// trivial to the tolerance (see changingBy), and the largest defect of a motion that
// is left out. W is nil if all candidates stay.
func changing(p *sums.Sum, c candidates.Space, tolerance float64) (w *mat.Dense, unfelt float64, err error) {
	var scales *mat.Dense
	if p.Moments != nil && p.Moments.Inner != nil {
		scales = p.Scales()
		c = candidates.Subspace{Space: c, W: scales}
	}
	w, unfelt, err = changingBy(p.Moments, c, tolerance)
	if err != nil || w == nil {
		return scales, 0, err
	}
	return linalg.Times(scales, w), unfelt, nil
}

// changingBy returns W, K×K', whose columns span the candidates that can change the outputs:
// K·H·P_X for each class of candidates H that differ only by trivial ones. It is nil if
// nothing is trivial, or if the moments are missing. A direction counts as ignored if the
// defect of motion along it is ρ ≤ tolerance; level is the largest such ρ.
func changingBy(m *spaces.Moments, c candidates.Space, tolerance float64) (w *mat.Dense, level float64, err error) {
	p, q, level, err := spans(m, tolerance)
	if err != nil || p == nil {
		return nil, 0, err
	}
	k, err := m.Kept(p, q)
	if err != nil {
		return nil, 0, err
	}
	w, err = sandwiched(c, spaces.Lifted(k, m.Data.SymmetricDim()), q)
	return w, level, err
}

// spans returns P_U, n×n, and P_X, of the size of the generators, which for affine maps is n + 1, and
// level as for changingBy. P_U is nil if nothing is trivial, or if the moments are missing.
func spans(m *spaces.Moments, tolerance float64) (p, q *mat.Dense, level float64, err error) {
	if m == nil || m.Gradients == nil {
		return nil, nil, 0, nil
	}
	p, felt, level, err := m.GradientSpan(tolerance)
	if err != nil {
		return nil, nil, 0, err
	}
	q, seen, err := m.DataSpan()
	if err != nil {
		return nil, nil, 0, err
	}
	n, _ := p.Dims()
	if felt == n && seen == m.Data.SymmetricDim() {
		return nil, nil, 0, nil
	}
	return p, q, level, nil
}

// SomeTrivial returns the coefficients of some random candidates that are trivial to the tolerance, as
// columns: A − P_U·A·P_X. It is nil if there are none, or if these matrices are not candidates.
func SomeTrivial(p *sums.Sum, c candidates.Space, tolerance float64) (*mat.Dense, error) {
	const count = 8
	u, x, _, err := spans(p.Moments, tolerance)
	if err != nil || u == nil {
		return nil, err
	}
	u = spaces.Lifted(u, p.Moments.Data.SymmetricDim())
	scales := p.Scales()
	c = candidates.Subspace{Space: c, W: scales}
	random := rand.New(rand.NewPCG(11, 0))
	h := mat.NewDense(c.Dim(), count, nil)
	h.Apply(func(int, int, float64) float64 { return random.NormFloat64() }, h)
	images := make([]*mat.Dense, count)
	for j := range images {
		images[j] = new(mat.Dense)
		images[j].Product(u, c.Generator(mat.Col(nil, j, h)), x)
	}
	changing, ok := inBasis(candidates.NewFrobenius(c).Gram(), basisOf(c), images)
	if !ok {
		return nil, nil
	}
	h.Sub(h, changing)
	return linalg.Times(scales, h), nil
}

// basisOf returns the generator of each candidate.
func basisOf(c candidates.Space) []*mat.Dense {
	basis, h := make([]*mat.Dense, c.Dim()), make([]float64, c.Dim())
	for i := range basis {
		h[i] = 1
		basis[i] = mat.DenseCopyOf(c.Generator(h))
		h[i] = 0
	}
	return basis
}

// losesGenerators reports whether the candidates h = W·g have fewer generators of at most
// the relative defect ρ than the candidates of finer.
func losesGenerators(p *sums.Sum, w, finer *mat.Dense, ρ float64) (bool, error) {
	kept, err := Within(p, w, ρ)
	if err != nil {
		return false, err
	}
	all, err := Within(p, finer, ρ)
	return all > kept, err
}

// Within counts the generators h = W·g of at most the relative defect ρ that
// are D-orthogonal to each other; a nil W means all candidates.
func Within(p *sums.Sum, w *mat.Dense, ρ float64) (count int, err error) {
	if w == nil {
		w = p.Scales()
	}
	s, err := Solve(p, nil, w)
	if err != nil {
		return 0, err
	}
	return s.Within(ρ)
}

// sandwiched returns coefficients, as columns, of a basis of the matrices P·A·Q over all
// candidates A. If those matrices are not candidates themselves, it returns a complement of
// the A with P·A·Q = 0.
func sandwiched(c candidates.Space, p, q *mat.Dense) (*mat.Dense, error) {
	basis := basisOf(c)
	images := make([]*mat.Dense, len(basis))
	for i, a := range basis {
		images[i] = new(mat.Dense)
		images[i].Product(p, a, q)
	}
	coefficients, ok := inBasis(candidates.NewFrobenius(c).Gram(), basis, images)
	if ok {
		return spaces.Range(coefficients)
	}
	return spaces.Range(products(images, images))
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
