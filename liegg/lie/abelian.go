package lie

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// line is one summand of an abelian algebra that its spectrum names, of
// dimension 1 but for translations and R^k.
type line struct {
	name    string
	h       *mat.Dense // its generator, nil for the longer ones
	unnamed int        // k for R^k, else 0
}

// Tolerances of spectra, per radian of angle error of unit generators:
// eigenvalues of diagonalisable ones are in error by about θ, the squares of
// those of nilpotent ones by about 2θ.
const (
	weightTolerance    = 3
	nilpotentTolerance = 2
	scalingTolerance   = 4
)

// spectralRounding is what rounding may leave of the eigenvalues of Jordan
// blocks: ε^(1/4) of blocks of four.
const spectralRounding = 1e-4

// abelianLines names an abelian algebra of matrices by its spectrum: so(2) for
// imaginary eigenvalues, scaling for one real one, so(1,1) for real ones in
// pairs ±λ, shear and translations for nilpotent matrices, R for the rest.
func abelianLines(a Algebra, angle float64) []line {
	var out []line
	if s := scalingIn(a, angle); s != nil {
		out = append(out, line{name: "scaling", h: s})
		a = a.against(identityMatrix(a.n))
	}
	if a.Dim() == 0 {
		return out
	}
	w := weightsOf(a)
	nil0, rest := nilpotentIn(a, w, angle)
	left := a.Dim() - width(nil0)
	if rest != nil {
		turning, straight := ellipticIn(a, w, rest, angle), hyperbolicIn(a, w, rest, angle)
		out = slices.Concat(turning, straight, out)
		left -= len(turning) + len(straight)
	}
	out = append(out, nilpotentLines(a.sub("", nil0), angle)...)
	if left > 0 {
		out = append(out, line{unnamed: left})
	}
	return out
}

// lineNames are the names of the lines, one R^k for all that have none.
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
		names = append(names, power(unnamed))
	}
	return names
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
	addIdentity(lin, -mean)
	if norm < .1*math.Sqrt(float64(n)) || mat.Norm(lin, 2) > (scalingTolerance*angle+1e-7)*norm {
		return nil
	}
	return h
}

// against is the subspace {h : tr(ch) = 0}.
func (a Algebra) against(c *mat.Dense) Algebra {
	t := mat.NewDense(a.Dim(), 1, nil)
	for k, e := range a.basis {
		t.Set(k, 0, traceProduct(c, e))
	}
	return a.sub("", part(completed(t), 1, a.Dim()))
}

// ellipticIn returns the rotations: elements whose eigenvalues are imaginary. A
// single one is so(2) if its frequencies are commensurate, so that it closes.
func ellipticIn(a Algebra, w weights, rest *mat.Dense, angle float64) []line {
	v := nullSpace(w.in(rest).re, weightTolerance*angle+spectralRounding)
	if v == nil {
		return nil
	}
	var in mat.Dense
	in.Mul(rest, v)
	if width(&in) == 1 && !commensurate(mat.Col(nil, 0, w.in(&in).im), weightTolerance*angle+spectralRounding) {
		return nil
	}
	return linesOf("so(2)", a.sub("", &in))
}

func linesOf(name string, a Algebra) []line {
	out := make([]line, a.Dim())
	for i, e := range a.basis {
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

// hyperbolicIn returns the elements with real eigenvalues where they have a
// name: boosts, with eigenvalues in pairs ±λ, as many pairs as there are
// boosts; and one scaling of the subspace where any eigenvalue is not zero.
func hyperbolicIn(a Algebra, w weights, rest *mat.Dense, angle float64) []line {
	tol := weightTolerance*angle + spectralRounding
	v := nullSpace(w.in(rest).im, tol)
	if v == nil {
		return nil
	}
	in := new(mat.Dense)
	in.Mul(rest, v)
	var out []line
	if unit := allOnes(w.in(in).re, tol); unit != nil {
		out = linesOf("scaling", a.sub("", mulDense(in, unit)))
		sum := new(mat.Dense)
		sum.Mul(w.in(in).re.T(), ones(a.n))
		in = mulDense(in, part(completed(sum), 1, width(in)))
	}
	if in == nil {
		return out
	}
	if pairs, symmetric := pairsOf(w.in(in).re, tol); symmetric && pairs == width(in) {
		out = append(linesOf("so(1,1)", a.sub("", in)), out...)
	}
	return out
}

// mulDense is x·y, nil for y without columns.
func mulDense(x, y *mat.Dense) *mat.Dense {
	if y == nil {
		return nil
	}
	var out mat.Dense
	out.Mul(x, y)
	return &out
}

func ones(n int) *mat.Dense {
	m := mat.NewDense(n, 1, nil)
	for i := range n {
		m.Set(i, 0, 1)
	}
	return m
}

// allOnes returns the h, as a column, for which all rows of m·h that are not
// zero whatever the h are 1; nil if there is none.
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

// pairsOf counts the distinct pairs ±λ among the rows of m that are not zero,
// and reports whether every such row has its partner.
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
