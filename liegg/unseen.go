package liegg

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/spaces"
	"github.com/liegg/lab/liegg/internal/spelling"
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
