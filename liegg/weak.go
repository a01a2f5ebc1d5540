package liegg

import (
	"github.com/liegg/lab/liegg/internal/defects"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/internal/sums"
)

// If the data are thin in some direction, or f changes little along it, moments and the metric, which
// are sums of squares, do not tell whether motion along it counts as none. Two contradictions show
// that they do not. Candidates that are independent matrices all move data that fill the space, so
// none of them may seem to move nothing. And candidates that f ignores have no defect: rows kept by
// QR show one of some 1e-13, moments one of 1e-7.

// setWeak counts the candidates of either kind, given the sums of all samples and the solution for
// the candidates that were not left out. It finds none for candidates that do not act on vectors.
// For Gram matrices it finds only those of the first kind that were not left out.
func (v *Verdict) setWeak(p *sums.Sum, kept *defects.Solution) error {
	if p.Moments == nil || p.Moments.Gradients == nil {
		return nil
	}
	v.hidden = kept.Sum.K - kept.Moving
	if p.Triangle == nil || kept.Moving == p.K {
		return nil
	}
	all, err := defects.Solved(p, nil, p.Scales())
	if err != nil {
		return err
	}
	if v.Subspace.Data == v.Subspace.Size {
		v.hidden = max(v.hidden, p.K-all.Moving)
	}
	const roundings = 100
	zero := roundings * resolutionOf(QR, p.K)
	silent, err := all.Within(zero)
	if err != nil {
		return err
	}
	symmetries, err := kept.Within(zero)
	v.faint = max(0, all.Moving-kept.Moving-(silent-symmetries))
	return err
}

// doubtsOfWeakDirections tests whether there are directions in which the data, or f, vary so little
// that nothing is known of motion along them.
func (v *Verdict) doubtsOfWeakDirections(doubt func(string, ...any)) {
	switch {
	case v.hidden > 0:
		doubt("in some direction the data vary a thousand times less than in others, or even less, and rounding hides how %s them: take coordinates along that direction, or leave it out",
			moves(v.hidden))
	case v.faint > 0 && v.away <= defects.TooFar && v.Unfelt*v.Unfelt <= defects.Resolved: // else the verdict says how weakly f responds
		doubt("f changes along %s by no more than 1e-7 of its steepest change, but by more than rounding: too little to tell symmetries from motions that f ignores: give inputs that vary more in the directions in which f is flat, or leave those out",
			spelling.Count(v.faint, "candidate"))
	}
}

// moves is such as "2 candidates move".
func moves(candidates int) string {
	if candidates == 1 {
		return "1 candidate moves"
	}
	return spelling.Count(candidates, "candidate") + " move"
}
