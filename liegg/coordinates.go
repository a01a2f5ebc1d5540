package liegg

import (
	"math"

	"github.com/liegg/lab/liegg/lie"
	"gonum.org/v1/gonum/mat"
)

// nearlyWhite is the condition number of the change to white coordinates up to
// which the given ones serve as well.
const nearlyWhite = 3

// whitening returns q, the change of coordinates x ↦ q·x of generators of the
// given size after which the data look alike in all directions, about their mean
// for affine candidates. It is nil where they nearly do already, or where the
// moments do not tell.
func (m *Moments) whitening(size int) (*mat.Dense, error) {
	if m == nil || m.Inner == nil || m.Data == nil || m.Data.SymmetricDim() != size {
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

// frame is where the spans of generators are compared and named: about the data's
// centre, and in white coordinates.
type frame struct {
	own, candidates Candidates // about the centre, and as they were given
	centring        *mat.Dense // nil for the origin
	q               *mat.Dense // to white coordinates; nil where they serve as they are
	fields          bool       // the matrices stand for vector fields: their brackets mean nothing
	moments         *Moments   // nil where they do not tell
}

// hardlyFelt is the number of generators that move the data only along directions v
// which the function feels: the relative defect of motion along v exceeds the
// threshold, but not the bound.
func (f frame) hardlyFelt(threshold, bound float64) int {
	if f.moments == nil || f.moments.Gradients == nil || bound <= threshold {
		return 0
	}
	_, felt, _, err := f.moments.felt(threshold)
	_, fewer, _, err2 := f.moments.felt(bound)
	_, seen, err3 := f.moments.seen()
	if err != nil || err2 != nil || err3 != nil {
		return 0 // the decompositions have converged before
	}
	return (felt - fewer) * seen
}

// frameOf finds the frame. White coordinates are taken because there the errors of a
// network are of one size in all directions, while in mixed units a rotation looks
// like a shear, and far from the origin like a translation.
func (v *Verdict) frameOf(c Candidates, m *Moments) (f frame, err error) {
	_, describes := c.(Describer)
	f = frame{own: localOf(c), candidates: c, centring: centringOf(c), fields: describes && !homogeneous(c), moments: m}
	if v.Subspace.Data == v.Subspace.Size { // else no coordinates make the data white
		f.q, err = m.whitening(spanOf(c, "", nil).Size())
	}
	return f, err
}

// white is the candidates about the centre and in white coordinates.
func (f frame) white() (Candidates, error) {
	if f.q == nil {
		return f.own, nil
	}
	back, err := lie.Inverse(f.q)
	return carriedCandidates{f.own, f.q, back}, err
}

// carriedCandidates are candidates in the coordinates x ↦ q·x. An algebra is spanned there, and
// not carried there: in mixed units its basis has no digits left of the smaller entries.
type carriedCandidates struct {
	Candidates
	q, back *mat.Dense
}

func (c carriedCandidates) Generator(h []float64) *mat.Dense {
	var carried mat.Dense
	carried.Product(c.q, c.Candidates.Generator(h), c.back)
	return &carried
}

// Homogeneous is that of the candidates as they were given.
func (c carriedCandidates) Homogeneous() bool { return homogeneous(c.Candidates) }

// rung returns the rung of the d smallest directions, of which the rung before has the first
// few. It has no Identity yet.
func (v *Verdict) rung(t *trial, f frame, before, d int) (r Rung, err error) {
	r = Rung{Dim: d, Bound: v.boundOf(d), Next: Estimate{Value: math.NaN()}, Standing: v.standing(before, d)}
	r.Share = r.Bound / v.Reference
	if d < len(v.Defects) {
		r.Next = v.Defects[d]
	}
	if v.Influence != nil {
		r.Effective = v.Influence.Effective()
	}
	if r.Algebra, err = t.all.carried(t.all.span(f.own, d), d, f.candidates); err != nil {
		return r, err
	}
	return r, v.measure(&r, t, f)
}

// identify names the algebra of a rung, where its matrices are what they stand for.
func (r *Rung) identify(t *trial, f frame) (err error) {
	if f.fields {
		return nil
	}
	white, err := f.white()
	if err != nil {
		return err
	}
	r.Identity, err = lie.Identify(t.all.span(white, r.Dim), r.AngleError)
	if err == nil && f.q != nil {
		r.Identity, err = r.Identity.CarriedBack(f.q)
	}
	if err == nil && f.centring != nil {
		r.Identity, err = r.Identity.CarriedBack(f.centring)
	}
	return err
}

// measure estimates the largest principal angle between the algebra of a rung and the
// one that the network would have without error. Sampling shows in the angle
// between the spans of the two halves, of which the whole has half. The
// network's own errors show in ρ_d/ρ_{d+1}: sin θ ≤ 2‖E‖/gap would allow all
// of them to conspire; a sixth of the ratio is what trained networks have.
// Brackets that leave the span show as the closure angle; where they leave it by more
// than the other errors explain, the span is not closed.
func (v *Verdict) measure(r *Rung, t *trial, f frame) error {
	const rounding = 1e-12
	white, err := f.white()
	if err != nil {
		return err
	}
	θ := math.Max(rounding, lie.LargestAngle(t.even.span(white, r.Dim), t.odd.span(white, r.Dim))/2)
	if r.Dim < v.Considered {
		θ = math.Max(θ, v.largest(r.Dim)/v.Defects[r.Dim].Value/6)
	}
	closure := lie.ClosureAngle(t.all.span(white, r.Dim))
	r.Closed = f.fields || closure <= math.Max(θ, 1e-9)
	r.AngleError = math.Min(math.Max(θ, closure), math.Pi/2)
	return nil
}

// describe fills in what is said of the Dim generators.
func (v *Verdict) describe(t *trial, f frame, m *Moments) error {
	about := t.all.span(f.own, v.Dim)
	v.Algebra, v.Description = about, described(f.candidates, about)
	if v.Dim == 0 {
		return nil
	}
	r := v.rungOf(v.Dim)
	if r == nil {
		guess, err := v.rung(t, f, 0, v.Dim)
		if err != nil {
			return err
		}
		r = &guess
	}
	v.Algebra, v.AngleError = r.Algebra, r.AngleError
	if homogeneous(f.candidates) {
		v.locate(about, f.centring, m)
	}
	v.legible = v.read(t.all, f, m)
	if v.Answer == Symmetric || v.Answer == Approximate {
		v.Identity = r.Identity
	}
	return nil
}
