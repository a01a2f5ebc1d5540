package liegg

import "fmt"

// Subspace says what part of the space of vectors data and gradients fill: what
// happens in the rest is no part of what a function has learned. It is zero where
// candidates do not act on vectors.
type Subspace struct {
	// Size is n, for vectors of Rⁿ.
	Size int
	// Data is the dimension of the data's span; of their affine span where
	// candidates are affine.
	Data int
	// Gradients is the dimension of the span of the gradients, directions that the
	// function hardly feels (Verdict.Unfelt) left out.
	Gradients int
}

// subspace measures what is filled; along directions that are not felt the relative
// defect is at most the tolerance.
func (m *Moments) subspace(tolerance float64) (s Subspace, err error) {
	if m == nil || m.Gradients == nil {
		return s, nil
	}
	s.Size = m.Gradients.SymmetricDim()
	if _, s.Gradients, _, err = m.felt(tolerance); err != nil {
		return s, err
	}
	_, s.Data, err = m.seen()
	s.Data -= m.Data.SymmetricDim() - s.Size // the constant of affine maps
	return s, err
}

// Whole says that there is nothing to report: data and gradients fill the space, or
// there is none.
func (s Subspace) Whole() bool { return s.Data == s.Size && s.Gradients == s.Size }

// String is "the data fill 3 of 5 dimensions, the gradients 2".
func (s Subspace) String() string {
	return fmt.Sprintf("the data fill %d of %s, the gradients %d", s.Data, plural(s.Size, "dimension"), s.Gradients)
}
