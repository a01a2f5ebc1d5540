package classification

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// series is the chain of ideals g ⊃ R_0 ⊃ R_1 ⊃ … ⊃ R_k ⊃ {0} that
// distinguishes an algebra from semisimple ones. R_0 is the radical, R_1 =
// [g,R_0] is nilpotent, and R_i+1 = [R_1,R_i] is its lower central series. If
// the radical itself is nilpotent, which claims less, R_i+1 = [R_0,R_i] for i
// > 0.
type series struct {
	basis     *mat.Dense // d×d, orthogonal; its first dims[i] columns span R_i
	dims      []int      // of R_0, R_1, …: descending except for R_1 = R_0, last 0
	nilpotent bool       // whether the radical is
}

// Tolerances of the series, per radian of angle error. Brackets of unit
// generators of an estimate at an angle θ are off by about θ; Killing values
// by about θ times the size of the constants.
const (
	BracketTolerance = 2 // of brackets
	KillingTolerance = 1 // of values of the Killing form
)

// seriesOf finds the chain in the structure constants, for a nilpotent
// radical or a general one. Brackets and Killing values count as zero up to
// what the given angle error explains. ok is false if the result is not such
// a chain.
func seriesOf(s *lie.StructureConstants, angle float64, nilpotent bool) (c series, ok bool) {
	d := s.Dim()
	tol := BracketTolerance*angle + 1e-9
	all := linalg.Identity(d)
	r := radicalOf(s, all, angle)
	chain := []*mat.Dense{r}
	first := r
	for next := ideal(s, all, r, tol); ; next = ideal(s, first, next, tol) {
		last := chain[len(chain)-1]
		if len(chain) > 1 && dense.Width(next) > 0 && dense.Width(next) >= dense.Width(last) {
			return c, false
		}
		if len(chain) == 1 && !nilpotent {
			first = next
		}
		chain = append(chain, next)
		if dense.Width(next) == 0 {
			break
		}
	}
	for _, x := range chain {
		c.dims = append(c.dims, dense.Width(x))
	}
	c.basis, c.nilpotent = nested(chain, d), nilpotent
	return c, true
}

// radicalOf returns the orthogonal complement of [g,g] under the Killing
// form.
func radicalOf(s *lie.StructureConstants, all *mat.Dense, angle float64) *mat.Dense {
	derived := all
	if tol := BracketTolerance*angle + 1e-9; !perfect(s, tol) {
		derived = dense.Range(derivedBrackets(s), tol/math.Sqrt2, -1) // as if each stood there as [E_j, E_i], too
	}
	if derived == nil {
		return all
	}
	var m mat.Dense
	m.Mul(derived.T(), s.Killing())
	scale := s.Scale()
	return dense.NullSpace(&m, KillingTolerance*angle*math.Max(scale*scale, angle)+1e-9*scale*scale)
}

// perfect reports whether [g,g] = g beyond doubt: the smallest singular value of the
// brackets is well above tol and above what the eigenvalues of their Gram matrix resolve.
func perfect(s *lie.StructureConstants, tol float64) bool {
	brackets := derivedBrackets(s)
	var gram mat.SymDense
	gram.SymOuterK(1, brackets)
	values, _ := dense.EigenSym(&gram)
	return values[0] > tol*tol+1e-6*values[len(values)-1]
}

// brackets returns the brackets of the columns of x with the columns of y, as
// columns.
func brackets(s *lie.StructureConstants, x, y *mat.Dense) *mat.Dense {
	d := s.Dim()
	out := mat.NewDense(d, dense.Width(x)*dense.Width(y), nil)
	for i := range dense.Width(x) {
		ad := s.AdjointOf(func(b int) float64 { return x.At(b, i) })
		out.Slice(0, d, i*dense.Width(y), (i+1)*dense.Width(y)).(*mat.Dense).Mul(ad, y)
	}
	return out
}

// derivedBrackets returns [E_i, E_j] for i < j, as columns, which span the derived algebra:
// for an algebra of one dimension a column of zeros.
func derivedBrackets(s *lie.StructureConstants) *mat.Dense {
	d := s.Dim()
	out, at := mat.NewDense(d, max(1, d*(d-1)/2), nil), 0
	for i := range d {
		if rest := d - 1 - i; rest > 0 {
			out.Slice(0, d, at, at+rest).(*mat.Dense).Copy(s.Adjoint(i).Slice(0, d, i+1, d))
			at += rest
		}
	}
	return out
}

// ideal returns an orthonormal basis of [x,y] within the space y, nil for {0}.
func ideal(s *lie.StructureConstants, x, y *mat.Dense, tol float64) *mat.Dense {
	if dense.Width(x) == 0 || dense.Width(y) == 0 {
		return nil
	}
	var within mat.Dense
	within.Mul(y.T(), brackets(s, x, y))
	r := dense.Range(&within, tol, -1)
	if r == nil {
		return nil
	}
	var out mat.Dense
	out.Mul(y, r)
	return &out
}

// nested returns an orthogonal matrix whose first columns span the last space
// of the chain, the next columns the one before it, and so on.
func nested(chain []*mat.Dense, d int) *mat.Dense {
	v := mat.NewDense(d, d, nil)
	at := 0
	for i := len(chain) - 1; i >= 0; i-- {
		if w := dense.Width(chain[i]); w > at {
			fill(v, chain[i], at, w)
			at = w
		}
	}
	if at == 0 {
		return linalg.Identity(d)
	}
	return dense.Completed(mat.DenseCopyOf(v.Slice(0, d, 0, at)))
}

// fill writes into columns from…to of v an orthonormal basis of the part of x
// that is orthogonal to the columns before.
func fill(v, x *mat.Dense, from, to int) {
	d, _ := v.Dims()
	rest := mat.DenseCopyOf(x)
	if from > 0 {
		have := v.Slice(0, d, 0, from)
		var along, part mat.Dense
		along.Mul(have.T(), x)
		part.Mul(have, &along)
		rest.Sub(rest, &part)
	}
	v.Slice(0, d, from, to).(*mat.Dense).Copy(dense.Range(rest, 0, to-from))
}

// space returns the first k columns of the nested basis, nil for none.
func (c series) space(k int) *mat.Dense { return dense.Columns(c.basis, 0, k) }

// beyond returns the columns after the first k, nil for none.
func (c series) beyond(k int) *mat.Dense { return dense.Columns(c.basis, k, dense.Width(c.basis)) }
