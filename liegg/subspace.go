package liegg

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/defects"
	"github.com/liegg/lab/liegg/internal/spaces"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/internal/sums"
	"github.com/liegg/lab/liegg/lie"
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

// Whole reports whether data and gradients fill the space, or there is none.
func (s Subspace) Whole() bool { return s.Data == s.Size && s.Gradients == s.Size }

// String is "the data fill 3 of 5 dimensions, the gradients 2".
func (s Subspace) String() string {
	return fmt.Sprintf("the data fill %d of %s, the gradients %d", s.Data, spelling.Count(s.Size, "dimension"), s.Gradients)
}

// unseen is the share of a motion, as an amplitude, that may lead out of the subspace in which all
// data lie.
const unseen = .1

// doubtUnseen doubts generators that move the data out of the subspace in which they lie. Gradients
// at the data still say how f changes there to first order, but no sample says what f is, and a
// network has not learned it. The algebra is not determined either: it depends on what generators do
// to vectors that the data do not have.
func (v *Verdict) doubtUnseen(about lie.Algebra, m *spaces.Moments) error {
	if v.Answer != Symmetric && v.Answer != Approximate || m == nil || m.Data == nil {
		return nil
	}
	q, rank, err := m.DataSpan()
	n := m.Data.SymmetricDim()
	if err != nil || rank == n {
		return err
	}
	seen, err := m.Felt(q, v.Threshold)
	if err != nil {
		return err
	}
	for _, pair := range about.Basis() {
		if size, _ := pair.Dims(); size < n {
			return nil // candidates that describe their generators in another way
		}
		a := mat.DenseCopyOf(pair.Slice(0, n, 0, n)) // what moves the inputs
		var out mat.Dense
		out.Mul(seen, a)
		out.Sub(a, &out)
		if m.Length(&out) > unseen*m.Length(a) {
			v.Doubt(fmt.Sprintf("all data lie in a subspace of the inputs, and %s move them out of it, where no sample says what f is: give fewer coordinates, or samples beyond the subspace",
				spelling.Count(v.Dim, "generator")))
			return nil
		}
	}
	return nil
}

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
	all, err := defects.Solve(p, nil, p.Scales())
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
