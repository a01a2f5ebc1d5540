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
	var q mat.Dense
	if q.Inverse(back) != nil {
		return nil, ErrDecomposition
	}
	return &q, nil
}

// identify estimates the angle error of the algebra and, if it can be named, names
// it. Both depend on the coordinates, so white ones about the data's centre are taken:
// there the errors of a network are of one size in all directions, while in mixed units
// a rotation looks like a shear, and far from the origin like a translation.
func (v *Verdict) identify(t *trial, m *Moments, about lie.Algebra, c Candidates) error {
	var q *mat.Dense
	var err error
	if v.Subspace.Data == v.Subspace.Size { // else no coordinates make the data white
		if q, err = m.whitening(v.Algebra.Size()); err != nil {
			return err
		}
	}
	own := localOf(c)
	spans := []lie.Algebra{about, t.even.span(own, v.Dim), t.odd.span(own, v.Dim)}
	for i := range spans {
		if q == nil {
			break
		}
		if spans[i], err = spans[i].Conjugate(q); err != nil {
			return err
		}
	}
	v.AngleError = v.angleError(spans[0], spans[1], spans[2])
	centring := centringOf(c)
	if homogeneous(c) {
		v.locate(about, centring, m)
	}
	if v.Answer != Symmetric || v.Description != "" && !homogeneous(c) {
		return nil
	}
	if v.Identity, err = lie.IdentifyIn(q, about, v.AngleError); err != nil || centring == nil {
		return err
	}
	v.Identity, err = v.Identity.CarriedBack(centring)
	return err
}

// angleError estimates the largest principal angle between the algebra and the
// one that the network would have without error. Sampling shows in the angle
// between the spans of the two halves, of which the whole has half. The
// network's own errors show in ρ_d/ρ_{d+1}: sin θ ≤ 2‖E‖/gap would allow all
// of them to conspire; a sixth of the ratio is what trained networks have.
// Brackets that leave the span show as the closure angle.
func (v *Verdict) angleError(all, even, odd lie.Algebra) float64 {
	const rounding = 1e-12
	θ := math.Max(rounding, lie.ClosureAngle(all))
	θ = math.Max(θ, lie.LargestAngle(even, odd)/2)
	if v.Dim < v.Considered {
		θ = math.Max(θ, v.largest()/v.Defects[v.Dim].Value/6)
	}
	return math.Min(θ, math.Pi/2)
}
