package lie

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// line is one summand of an abelian algebra that its spectrum names, of
// dimension 1 but for translations and R^k.
type line struct {
	name string
	h    *mat.Dense // its generator, nil for the longer ones
}

// Tolerances of spectra, per radian of angle error of unit generators:
// eigenvalues of diagonalisable ones are in error by about θ, the squares of
// those of nilpotent ones by about 2θ.
const (
	weightTolerance    = 3
	nilpotentTolerance = 2
	scalingTolerance   = 4
)

// abelianLines names an abelian algebra of matrices by its spectrum: so(2) for
// imaginary eigenvalues, scaling for one real one, so(1,1) for real ones in
// pairs ±λ, shear and translations for nilpotent matrices, R for the rest.
func abelianLines(a Algebra, angle float64) []line {
	var out []line
	if s := scalingIn(a, angle); s != nil {
		out = append(out, line{"scaling", s})
		a = traceless(a)
	}
	if a.Dim() == 0 {
		return out
	}
	w := weightsOf(a)
	nil0, rest := splitNull(w.both(), math.Sqrt(nilpotentTolerance*angle+1e-6))
	left := a.Dim() - width(nil0)
	if rest != nil {
		turning, straight := ellipticIn(a, w, rest, angle), hyperbolicIn(a, w, rest, angle)
		out = slices.Concat(turning, straight, out)
		left -= len(turning) + len(straight)
	}
	out = append(out, nilpotentLines(a.sub("", nil0), angle)...)
	if left > 0 {
		out = append(out, line{power(left), nil})
	}
	return out
}

// splitNull returns orthonormal bases of what m takes to less than tol, and of
// the complement; nil for {0}.
func splitNull(m *mat.Dense, tol float64) (null, rest *mat.Dense) {
	_, c := m.Dims()
	null = nullSpace(m, tol)
	if null == nil {
		return nil, identityMatrix(c)
	}
	return null, part(completed(null), width(null), c)
}

// linear returns the part of h that acts on vectors: h itself, or the linear
// part of an affine map.
func (a Algebra) linear(h *mat.Dense) *mat.Dense {
	if a.homogeneous() {
		return LinearPart(h)
	}
	return h
}

// scalingIn returns the element of a whose linear part is the identity, nil if
// there is none: that of the largest trace among those of unit norm.
func scalingIn(a Algebra, angle float64) *mat.Dense {
	h := mat.NewDense(a.n, a.n, nil)
	for _, e := range a.basis {
		addScaled(h, mat.Trace(e), e)
	}
	lin := mat.DenseCopyOf(a.linear(h))
	n, _ := lin.Dims()
	mean := mat.Trace(lin) / float64(n)
	norm := mat.Norm(lin, 2)
	shift(lin, -mean)
	if norm < .1*math.Sqrt(float64(n)) || mat.Norm(lin, 2) > (scalingTolerance*angle+1e-7)*norm {
		return nil
	}
	return h
}

// traceless is the subspace of trace 0.
func traceless(a Algebra) Algebra {
	t := mat.NewDense(1, a.Dim(), nil)
	for k, e := range a.basis {
		t.Set(0, k, mat.Trace(e))
	}
	return a.sub("", part(completed(mat.DenseCopyOf(t.T())), 1, a.Dim()))
}

// ellipticIn returns the rotations: elements whose eigenvalues are imaginary. A
// single one is so(2) if its frequencies are commensurate, so that it closes.
func ellipticIn(a Algebra, w weights, rest *mat.Dense, angle float64) []line {
	v := nullSpace(w.in(rest).re, weightTolerance*angle+1e-6)
	if v == nil {
		return nil
	}
	var in mat.Dense
	in.Mul(rest, v)
	if width(&in) == 1 && !commensurate(mat.Col(nil, 0, w.in(&in).im), weightTolerance*angle+1e-6) {
		return nil
	}
	return linesOf("so(2)", a.sub("", &in))
}

func linesOf(name string, a Algebra) []line {
	out := make([]line, a.Dim())
	for i, e := range a.basis {
		out[i] = line{name, e}
	}
	return out
}

// commensurate reports whether the frequencies are small fractions of the
// largest, to within tol of it.
func commensurate(ω []float64, tol float64) bool {
	largest := floatsMaxAbs(ω)
	return !slices.ContainsFunc(ω, func(v float64) bool {
		for q := 1.; q <= 12; q++ {
			if x := q * v / largest; math.Abs(x-math.Round(x)) <= q*tol/largest {
				return false
			}
		}
		return true
	})
}

func floatsMaxAbs(v []float64) float64 {
	var most float64
	for _, x := range v {
		most = max(most, math.Abs(x))
	}
	return most
}

// hyperbolicIn returns the elements with real eigenvalues where they have a
// name: boosts, with eigenvalues in pairs ±λ, as many pairs as there are
// boosts; or one scaling of a subspace.
func hyperbolicIn(a Algebra, w weights, rest *mat.Dense, angle float64) []line {
	tol := weightTolerance*angle + 1e-6
	v := nullSpace(w.in(rest).im, tol)
	if v == nil {
		return nil
	}
	var in mat.Dense
	in.Mul(rest, v)
	values := w.in(&in).re
	switch pairs, symmetric := pairsOf(values, tol); {
	case symmetric && pairs == width(&in):
		return linesOf("so(1,1)", a.sub("", &in))
	case width(&in) == 1 && oneValue(mat.Col(nil, 0, values), tol):
		return linesOf("scaling", a.sub("", &in))
	}
	return nil
}

// pairsOf counts the distinct pairs ±λ among the rows of m that are not zero,
// and reports whether every such row has its partner.
func pairsOf(m *mat.Dense, tol float64) (pairs int, symmetric bool) {
	var seen [][]float64
	n, _ := m.Dims()
	rows := make([][]float64, 0, n)
	for k := range n {
		if row := m.RawRowView(k); floatsMaxAbs(row) > tol {
			rows = append(rows, row)
		}
	}
	near := func(a []float64, sign float64) func([]float64) bool {
		return func(b []float64) bool {
			for i := range a {
				if math.Abs(a[i]-sign*b[i]) > tol {
					return false
				}
			}
			return true
		}
	}
	for _, row := range rows {
		if !slices.ContainsFunc(rows, near(row, -1)) {
			return 0, false
		}
		if !slices.ContainsFunc(seen, near(row, 1)) && !slices.ContainsFunc(seen, near(row, -1)) {
			seen = append(seen, row)
		}
	}
	return len(seen), true
}

// oneValue reports whether all entries that are not zero agree.
func oneValue(v []float64, tol float64) bool {
	largest := v[0]
	for _, x := range v {
		if math.Abs(x) > math.Abs(largest) {
			largest = x
		}
	}
	return !slices.ContainsFunc(v, func(x float64) bool {
		return math.Abs(x) > tol && math.Abs(x-largest) > 2*tol
	})
}

// nilpotentLines names translations, one shear (H² = 0), and R^k.
func nilpotentLines(a Algebra, angle float64) []line {
	if a.Dim() == 0 {
		return nil
	}
	square, linear := 0., 0.
	for _, e := range a.basis {
		var ee mat.Dense
		ee.Mul(e, e)
		square = max(square, mat.Norm(&ee, 2))
		linear = max(linear, mat.Norm(a.linear(e), 2))
	}
	tol := weightTolerance*angle + 1e-7
	switch {
	case a.homogeneous() && linear <= tol:
		return []line{{fmt.Sprintf("translations(%d)", a.Dim()), nil}}
	case a.Dim() == 1 && square <= tol:
		return []line{{"shear", a.basis[0]}}
	}
	return []line{{power(a.Dim()), nil}}
}

// power writes R^k with a raised k.
func power(k int) string {
	if k == 1 {
		return "R"
	}
	return "R" + strings.Map(func(r rune) rune { return []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[r-'0'] }, fmt.Sprint(k))
}
