package classification

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// ErrDegenerate is wrapped by the error of Form.Frame for a form with a
// nullspace. No frame brings such a form to standard form.
var ErrDegenerate = errors.New("lie: the form is degenerate")

// Form is a bilinear form (x,y) ↦ xᵀQy that an algebra leaves invariant: HᵀQ
// + QH = 0 for all its H.
type Form struct {
	// Q is n×n, symmetric or antisymmetric, of unit Frobenius norm. The sign
	// of a symmetric form is chosen so that semi-definite forms are positive
	// and others have no more plus than minus signs.
	Q *mat.Dense

	// Symmetric distinguishes symmetric forms (metrics) from antisymmetric
	// (symplectic) ones.
	Symmetric bool

	// Signature counts the signs of a symmetric form. For an antisymmetric
	// form Plus and Minus are both half its rank, as for the Hermitian form
	// iQ.
	Signature Signature

	// Defect is sqrt(Σ_k‖E_kᵀQ + QE_k‖²) over the orthonormal basis: how far
	// the form is from invariant. For an exact algebra it is a rounding
	// error.
	Defect float64
}

// formTolerance is the largest defect, per radian of the algebra's angle
// error, that still counts as invariant. For an estimate at an angle θ the
// defect of a true form is about 2θ.
const formTolerance = 4

// String returns, for example, "invariant symmetric form (1,3,0)".
func (f Form) String() string {
	kind := "antisymmetric"
	if f.Symmetric {
		kind = "symmetric"
	}
	return fmt.Sprintf("invariant %s form %v", kind, f.Signature)
}

// InvariantForms returns an orthonormal basis of the solutions Q of HᵀQ + QH
// = 0 for all H of a. Symmetric forms come before antisymmetric ones, each in
// the order of increasing defect. angle is the error of the algebra in
// radians, 0 for an exact one. Forms count as invariant up to a defect of
// 4·angle + 1e-9, and their eigenvalues as zero below 4·angle of the largest.
//
// If there are several forms of a kind, all their combinations are invariant,
// and the returned basis is arbitrary. InvariantForms panics if angle is
// negative, NaN or Inf.
func InvariantForms(a lie.Algebra, angle float64) []Form {
	checkAngle("InvariantForms", angle)
	return append(formsOfKind(a, angle, true), formsOfKind(a, angle, false)...)
}

func checkAngle(what string, angle float64) {
	if !(angle >= 0 && angle <= math.Pi/2) {
		panic(fmt.Sprintf("lie: %s: angle = %v rad, want it in [0, π/2]", what, angle))
	}
}

// formsOfKind solves for the forms of one kind. Those that are nearly invariant come from the
// Gram matrix of Q ↦ (E_kᵀQ + QE_k)_k, which does not grow with the dimension of a. It
// resolves defects to 1e-8 only, so that their order and their values come from the map
// itself, for these few.
func formsOfKind(a lie.Algebra, angle float64, symmetric bool) []Form {
	units := formUnits(a.Size(), symmetric)
	if len(units) == 0 {
		return nil
	}
	tol := formTolerance*angle + 1e-9
	squares, v := dense.EigenSym(invarianceGram(a, units))
	count, largest := 0, math.Max(1, squares[len(squares)-1])
	for count < len(units) && squares[count] <= 2*tol*tol+1e-12*largest {
		count++
	}
	near := make([]*mat.Dense, count)
	for k := range near {
		near[k] = combined(units, mat.Col(nil, k, v))
	}
	if count == 0 {
		return nil
	}
	values, turn := dense.RightSingular(invariance(a, near))
	var forms []Form
	for k, σ := range slices.Backward(values) {
		if σ > tol {
			break
		}
		forms = append(forms, newForm(combined(near, mat.Col(nil, k, turn)), symmetric, σ, angle))
	}
	return forms
}

// combined returns Σ_k h_k·M_k.
func combined(ms []*mat.Dense, h []float64) *mat.Dense {
	var sum mat.Dense
	sum.Scale(h[0], ms[0])
	for k, m := range ms[1:] {
		dense.AddScaled(&sum, h[k+1], m)
	}
	return &sum
}

// invarianceGram returns the Gram matrix of Q ↦ (E_kᵀQ + QE_k)_k over the units. With S =
// Σ_k E_kE_kᵀ the squared norm of the image is
//
//	Σ_ijk Q_ij·(S_ik·Q_kj + S_jk·Q_ik) + 2·Σ_ijkl Q_ij·(Σ_r (E_r)_ik·(E_r)_lj)·Q_kl.
func invarianceGram(a lie.Algebra, units []*mat.Dense) *mat.SymDense {
	n := a.Size()
	if a.Dim() == 0 {
		return mat.NewSymDense(len(units), nil)
	}
	rows := dense.StackedColumns(a.Basis())
	var products, whole mat.Dense
	products.Mul(rows, rows.T())
	s := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			for k := range n {
				s.Set(i, j, s.At(i, j)+products.At(i*n+k, j*n+k))
			}
		}
	}
	form := mat.NewDense(n*n, n*n, nil)
	for i := range n {
		for j := range n {
			row := form.RawRowView(i*n + j)
			for k := range n {
				row[k*n+j] += s.At(i, k)
				row[i*n+k] += s.At(j, k)
				for l := range n {
					row[k*n+l] += products.At(i*n+k, l*n+j) + products.At(k*n+i, j*n+l)
				}
			}
		}
	}
	u := mat.NewDense(n*n, len(units), nil)
	for c, unit := range units {
		u.SetCol(c, unit.RawMatrix().Data)
	}
	whole.Product(u.T(), form, u)
	return linalg.SymmetricPart(&whole)
}

// formUnits returns an orthonormal basis of the symmetric or antisymmetric
// matrices.
func formUnits(n int, symmetric bool) []*mat.Dense {
	var units []*mat.Dense
	for i := range n {
		for j := i; j < n; j++ {
			m := dense.Unit(n, i, j)
			switch {
			case i != j && symmetric:
				m.Set(i, j, math.Sqrt2/2)
				m.Set(j, i, math.Sqrt2/2)
			case i != j:
				m.Set(i, j, math.Sqrt2/2)
				m.Set(j, i, -math.Sqrt2/2)
			case !symmetric:
				continue
			}
			units = append(units, m)
		}
	}
	return units
}

// invariance returns the matrix of Q ↦ (E_kᵀQ + QE_k)_k over the units,
// padded with zero rows to be at least as tall as wide.
func invariance(a lie.Algebra, units []*mat.Dense) *mat.Dense {
	nn := a.Size() * a.Size()
	m := mat.NewDense(max(nn*a.Dim(), len(units)), len(units), nil)
	var left, right mat.Dense
	basis := a.Basis()
	for col, u := range units {
		for k, e := range basis {
			left.Mul(e.T(), u)
			right.Mul(u, e)
			left.Add(&left, &right)
			for i, v := range left.RawMatrix().Data {
				m.Set(k*nn+i, col, v)
			}
		}
	}
	return m
}

func newForm(q *mat.Dense, metric bool, defect, angle float64) Form {
	f := Form{Q: q, Symmetric: metric, Defect: defect}
	tol := formTolerance*angle + 1e-8
	if !metric {
		var qq mat.Dense
		qq.Mul(q.T(), q)
		s := SignatureOf(linalg.SymmetricPart(&qq), tol*tol*mat.Norm(q, 2)/2)
		f.Signature = Signature{s.Plus / 2, s.Plus / 2, s.Zero}
		return f
	}
	sym := linalg.SymmetricPart(q)
	values, _ := dense.EigenSym(sym)
	largest := max(values[len(values)-1], -values[0])
	s := SignatureOf(sym, tol*largest)
	if s.Minus > 0 && s.Plus == 0 || s.Plus > s.Minus && s.Minus > 0 || s.Plus == s.Minus && firstSign(q) < 0 {
		q.Scale(-1, q)
		s.Plus, s.Minus = s.Minus, s.Plus
	}
	f.Signature = s
	return f
}

// firstSign returns the sign of the first diagonal entry that is not small.
func firstSign(q *mat.Dense) float64 {
	n, _ := q.Dims()
	for i := range n {
		if v := q.At(i, i); math.Abs(v) > .1/float64(n) {
			return v
		}
	}
	return 1
}
