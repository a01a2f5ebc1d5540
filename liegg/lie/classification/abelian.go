package classification

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// line is one summand of an abelian algebra, as named by its spectrum. Its
// dimension is 1, except for translations and R^k.
type line struct {
	name    string
	h       *mat.Dense // its generator; nil if the dimension is above 1
	unnamed int        // k of R^k, 0 for named lines
}

// Tolerances of spectra, per radian of angle error of unit generators.
// Eigenvalues of diagonalisable generators are off by about θ; squared
// eigenvalues of nilpotent ones by about 2θ.
const (
	weightTolerance    = 3
	nilpotentTolerance = 2
	scalingTolerance   = 4
)

// spectralRounding bounds the rounding error of the eigenvalues of Jordan
// blocks: ε^(1/4) for blocks of size four.
const spectralRounding = 1e-4

// abelianLines names an abelian algebra of matrices by its spectrum: so(2)
// for imaginary eigenvalues, scaling for one real eigenvalue, so(1,1) for
// real pairs ±λ, shear and translations for nilpotent matrices, R for the
// rest.
func abelianLines(a lie.Algebra, angle float64) []line {
	var out []line
	if s := scalingIn(a, angle); s != nil {
		out = append(out, line{name: "scaling", h: s})
		a = orthogonalTo(a, linalg.Identity(a.Size()))
	}
	if a.Dim() == 0 {
		return out
	}
	w := weightsOf(a)
	nil0, rest := nilpotentIn(a, w, angle)
	left := a.Dim() - dense.Width(nil0)
	if rest != nil {
		turning, straight := certain(ellipticIn(a, w, rest, angle), angle), certain(hyperbolicIn(a, w, rest, angle), angle)
		out = slices.Concat(turning, straight, out)
		left -= len(turning) + len(straight)
	}
	out = append(out, nilpotentLines(Subspace(a, "", nil0), angle)...)
	if left > 0 {
		out = append(out, line{unnamed: left})
	}
	return out
}

// certain returns the lines that their spectrum identifies in spite of the error: no nilpotent
// lines are near, and the lines themselves have no nilpotent part.
func certain(lines []line, angle float64) []line {
	return slices.DeleteFunc(lines, func(l line) bool { return !semisimple(l.h, angle) || mayBeNilpotent(l.h, angle) })
}

// lineNames returns the names of the lines, with one R^k for all unnamed
// ones.
func lineNames(lines []line) []string {
	var names []string
	unnamed := 0
	for _, l := range lines {
		if l.unnamed > 0 {
			unnamed += l.unnamed
		} else {
			names = append(names, l.name)
		}
	}
	if unnamed > 0 {
		names = append(names, spelling.Power(unnamed))
	}
	return names
}

// splitNull returns orthonormal bases of the vectors that m shrinks below
// tol, and of their complement. A basis of {0} is nil.
func splitNull(m *mat.Dense, tol float64) (null, rest *mat.Dense) {
	_, c := m.Dims()
	null = dense.NullSpace(m, tol)
	if null == nil {
		return nil, linalg.Identity(c)
	}
	return null, dense.Columns(dense.Completed(null), dense.Width(null), c)
}

// linear returns the part of h that acts on vectors: h itself, or the linear
// part of an affine map.
func linear(a lie.Algebra, h *mat.Dense) *mat.Dense {
	if homogeneous(a) {
		return lie.LinearPart(h)
	}
	return h
}

// scalingIn returns the element of a whose linear part is the identity, or
// nil if there is none. It is the unit element of largest trace.
func scalingIn(a lie.Algebra, angle float64) *mat.Dense {
	h := mat.NewDense(a.Size(), a.Size(), nil)
	for _, e := range a.Basis() {
		dense.AddScaled(h, mat.Trace(e), e)
	}
	lin := mat.DenseCopyOf(linear(a, h))
	n, _ := lin.Dims()
	mean := mat.Trace(lin) / float64(n)
	norm := mat.Norm(lin, 2)
	dense.AddIdentity(lin, -mean)
	if norm < .1*math.Sqrt(float64(n)) || mat.Norm(lin, 2) > (scalingTolerance*angle+1e-7)*norm {
		return nil
	}
	return h
}

// orthogonalTo returns the subspace {h : tr(ch) = 0}.
func orthogonalTo(a lie.Algebra, c *mat.Dense) lie.Algebra {
	t := mat.NewDense(a.Dim(), 1, nil)
	for k, e := range a.Basis() {
		t.Set(k, 0, dense.TraceProduct(c, e))
	}
	return Subspace(a, "", dense.Columns(dense.Completed(t), 1, a.Dim()))
}

// ellipticIn returns the rotations: elements with imaginary eigenvalues. A
// single one is so(2) if its frequencies are commensurate, so that its flow
// closes.
func ellipticIn(a lie.Algebra, w weights, rest *mat.Dense, angle float64) []line {
	v := dense.NullSpace(w.in(rest).re, weightTolerance*angle+spectralRounding)
	if v == nil {
		return nil
	}
	var in mat.Dense
	in.Mul(rest, v)
	if dense.Width(&in) == 1 && !commensurate(mat.Col(nil, 0, w.in(&in).im), weightTolerance*angle+spectralRounding) {
		return nil
	}
	return linesOf("so(2)", Subspace(a, "", &in))
}

func linesOf(name string, a lie.Algebra) []line {
	out := make([]line, a.Dim())
	for i, e := range a.Basis() {
		out[i] = line{name: name, h: e}
	}
	return out
}

// commensurate reports whether the frequencies are small fractions of the
// largest, to within tol of it.
func commensurate(ω []float64, tol float64) bool {
	largest := floats.Norm(ω, math.Inf(1))
	return !slices.ContainsFunc(ω, func(v float64) bool {
		for q := 1.; q <= 12; q++ {
			if x := q * v / largest; math.Abs(x-math.Round(x)) <= q*tol/largest {
				return false
			}
		}
		return true
	})
}

// hyperbolicIn names elements with real eigenvalues. One may be the scaling
// of the subspace where eigenvalues are non-zero. The others are boosts if
// their eigenvalues come in pairs ±λ, as many pairs as there are elements.
func hyperbolicIn(a lie.Algebra, w weights, rest *mat.Dense, angle float64) []line {
	tol := weightTolerance*angle + spectralRounding
	v := dense.NullSpace(w.in(rest).im, tol)
	if v == nil {
		return nil
	}
	in := new(mat.Dense)
	in.Mul(rest, v)
	var out []line
	if unit := allOnes(w.in(in).re, tol); unit != nil {
		out = linesOf("scaling", Subspace(a, "", dense.Mul(in, unit)))
		sum := new(mat.Dense)
		sum.Mul(w.in(in).re.T(), ones(a.Size()))
		in = dense.Mul(in, dense.Columns(dense.Completed(sum), 1, dense.Width(in)))
	}
	if in == nil {
		return out
	}
	if pairs, symmetric := pairsOf(w.in(in).re, tol); symmetric && pairs == dense.Width(in) {
		out = append(linesOf("so(1,1)", Subspace(a, "", in)), out...)
	}
	return out
}

func ones(n int) *mat.Dense {
	m := mat.NewDense(n, 1, nil)
	for i := range n {
		m.Set(i, 0, 1)
	}
	return m
}

// allOnes returns the column h for which every row of m·h that can be
// non-zero is 1, or nil if there is none.
func allOnes(m *mat.Dense, tol float64) *mat.Dense {
	target := mat.NewDense(m.RawMatrix().Rows, 1, nil)
	for k := range m.RawMatrix().Rows {
		if floats.Norm(m.RawRowView(k), math.Inf(1)) > tol {
			target.Set(k, 0, 1)
		}
	}
	var h, off mat.Dense
	if h.Solve(m, target) != nil {
		return nil
	}
	off.Mul(m, &h)
	off.Sub(&off, target)
	if mat.Norm(&off, 2) > 2*tol*mat.Norm(&h, 2) {
		return nil
	}
	return &h
}

// pairsOf counts the distinct pairs ±λ among the non-zero rows of m, and
// reports whether every such row has its partner.
func pairsOf(m *mat.Dense, tol float64) (pairs int, symmetric bool) {
	var seen [][]float64
	n, _ := m.Dims()
	rows := make([][]float64, 0, n)
	for k := range n {
		if row := m.RawRowView(k); floats.Norm(row, math.Inf(1)) > tol {
			rows = append(rows, row)
		}
	}
	near := func(a []float64, sign float64) func([]float64) bool {
		return func(b []float64) bool {
			for i := range a {
				if math.Abs(a[i]-sign*b[i]) > 1.5*tol {
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
