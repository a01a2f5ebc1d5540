package liegg

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// sight is what the function feels and the data show.
type sight struct {
	w         *mat.Dense // candidates that are not trivial, as Polarization.considered has them
	unfelt    float64    // the largest relative defect of a motion that is left out for want of a gradient along it
	threshold float64    // what the relative defect of a symmetry must not exceed
}

// sighted finds what the function feels, given the threshold on ρ.
//
// A function may feel a direction little and need it all the same: of
// x² + (y/10)², the rotation of another frame moves x by little and y by much.
// Then there are generators that hold better than the motion that would be left
// out, and that are lost without it. So the function feels it: it stays, and the
// threshold goes halfway between it and them, since what holds no better than it
// is no symmetry. It takes generators better by the factor gap, or by 2 where
// the motion is not below the threshold by that factor itself.
func (p *Polarization) sighted(c Candidates, threshold, gap float64) (sight, error) {
	s := sight{threshold: threshold}
	for {
		var err error
		s.w, s.unfelt, err = p.considered(c, s.threshold)
		if err != nil || s.unfelt*s.unfelt <= flat {
			return s, err
		}
		better := gap
		if s.unfelt > threshold/gap {
			better = min(gap, 2)
		}
		halfway := s.unfelt / math.Sqrt(better)
		finer, _, err := p.considered(c, halfway)
		if err != nil {
			return s, err
		}
		if lost, err := p.loses(s.w, finer, s.unfelt/better); err != nil || !lost {
			return s, err
		}
		s.threshold = halfway
	}
}

// loses reports whether the candidates h = W·g have fewer generators of at most
// the relative defect ρ than those of finer.
func (p *Polarization) loses(w, finer *mat.Dense, ρ float64) (bool, error) {
	kept, err := p.within(w, ρ)
	if err != nil {
		return false, err
	}
	all, err := p.within(finer, ρ)
	return all > kept, err
}

// within counts the generators h = W·g of at most the relative defect ρ that
// are D-orthogonal to each other; a nil W stands for all candidates.
func (p *Polarization) within(w *mat.Dense, ρ float64) (count int, err error) {
	if w == nil {
		w = p.scales()
	}
	s, err := solved(p, nil, w)
	if err != nil {
		return 0, err
	}
	return s.within(ρ)
}
