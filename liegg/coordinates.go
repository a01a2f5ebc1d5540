package liegg

import (
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/candidates"
	"github.com/liegg/lab/liegg/internal/defects"
	"github.com/liegg/lab/liegg/internal/spaces"
	"github.com/liegg/lab/liegg/lie"
)

// frame holds the coordinates in which spans of generators are compared and named: about
// the centre of the data, and white.
type frame struct {
	own, candidates Candidates      // about the centre, and as they were given
	centring        *mat.Dense      // nil for the origin
	q               *mat.Dense      // to white coordinates; nil if the given coordinates are used
	fields          bool            // the matrices represent vector fields: their brackets have no meaning
	moments         *spaces.Moments // nil if they are not known
}

// hardlyFelt returns the number of generators that move the data only along directions v to
// which the function hardly responds: the relative defect of motion along v exceeds the
// threshold, but not the bound.
func (f frame) hardlyFelt(threshold, bound float64) int {
	if f.moments == nil || f.moments.Gradients == nil || bound <= threshold {
		return 0
	}
	_, felt, _, err := f.moments.GradientSpan(threshold)
	_, fewer, _, err2 := f.moments.GradientSpan(bound)
	_, seen, err3 := f.moments.DataSpan()
	if err != nil || err2 != nil || err3 != nil {
		return 0 // the decompositions have converged before
	}
	return (felt - fewer) * seen
}

// frameOf finds the frame. In white coordinates the errors of a network have the same size
// in all directions. In mixed units, in contrast, a rotation looks like a shear, and far from
// the origin it looks like a translation.
func (v *Verdict) frameOf(c Candidates, m *spaces.Moments) (f frame, err error) {
	_, describes := c.(Describer)
	f = frame{own: candidates.LocalOf(c), candidates: c, centring: candidates.CentringOf(c), fields: describes && !candidates.AreHomogeneous(c), moments: m}
	if v.Subspace.Data == v.Subspace.Size { // else no coordinates make the data white
		f.q, err = m.Whitening(candidates.Span(c, "", nil).Size())
	}
	return f, err
}

// white returns the candidates about the centre and in white coordinates.
func (f frame) white() (Candidates, error) {
	if f.q == nil {
		return f.own, nil
	}
	back, err := lie.Inverse(f.q)
	return candidates.Carried{Space: f.own, Q: f.q, Back: back}, err
}

// carried returns the algebra of the d smallest directions in the coordinates of the inputs,
// given the algebra about the centre of the candidates. The errors are ErrFarAway and
// ErrUnits.
func carried(s *defects.Solution, about lie.Algebra, d int, c Candidates) (a lie.Algebra, err error) {
	if about.Dim() < d {
		return about, ErrUnits
	}
	centring := candidates.CentringOf(c)
	if centring == nil || d == 0 {
		a = s.Span(c, d)
	} else if a, err = conjugatedBack(about, centring); err != nil {
		return a, err
	}
	if a.Dim() < d && candidates.OutputUnits(c) != "" {
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
