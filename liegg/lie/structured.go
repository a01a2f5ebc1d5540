package lie

import (
	"iter"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// structured is an algebra that is closed and has its chain of ideals to
// rounding.
type structured struct {
	algebra   Algebra
	constants *StructureConstants
	series    series
}

// Claims about the radical are tried from the largest to the smallest: with
// tolerances of these multiples of the angle error, then of rounding. The first
// that an algebra within reach bears out is taken. An algebra with a larger
// radical claims less: near se(3) lie so(4) and so(1,3), and near the
// Heisenberg algebra sl(2,R), so that noise makes those of these, never these
// of those.
var claims = []float64{4, 2, 1, .5, .25, 0}

// claimReach is how far, in units of the angle error, an algebra may have to be
// moved beyond closure to bear out a claim.
const claimReach = 1.3

// chains visits the chains that the structure constants have within the angle
// error, those that claim less first, each once.
func chains(s *StructureConstants, angle float64) iter.Seq[series] {
	return func(yield func(series) bool) {
		var seen []series
		for _, multiple := range claims {
			for _, nilpotent := range []bool{true, false} {
				c, ok := seriesOf(s, multiple*angle, nilpotent)
				if !ok || slices.ContainsFunc(seen, c.alike) {
					continue
				}
				seen = append(seen, c)
				if !yield(c) {
					return
				}
			}
		}
	}
}

// alike reports whether two chains claim the same.
func (c series) alike(d series) bool {
	return slices.Equal(c.dims, d.dims) && (c.nilpotent == d.nilpotent || c.dims[1] == 0)
}

// refine returns the algebra nearest to the closed a with the structure that a
// has within the angle error, and the others that it might have had. It passes
// over algebras that are not within reach of what a is an estimate of. ok is false
// where a itself has no chain of ideals, not even to rounding.
func refine(a Algebra, angle float64, within func(Algebra) bool) (best structured, others []structured, ok bool) {
	s := Structure(a)
	for c := range chains(s, angle) {
		if len(others) == 2 { // the best and the next
			break
		}
		if slices.ContainsFunc(others, func(g structured) bool { return slices.Equal(g.series.dims, c.dims) }) {
			continue // the nilpotent one, which claims less, is borne out
		}
		if c.dims[0] == 0 { // semisimple: closure is all that it asks
			others = append(others, structured{a, s, c})
			continue
		}
		reach := claimReach*angle + 1e-7
		g, moved, left := c.exact(a, reach)
		if left < nearlyClosed && moved <= reach && within(g.algebra) && g.attains(left) {
			others = append(others, g)
		}
	}
	if len(others) == 0 {
		c, ok := seriesOf(s, 0, false)
		return structured{a, s, c}, nil, ok
	}
	return others[0], others[1:], true
}

// attains reports whether the ideals of the chain are as large as it says, with
// brackets up to a residual counting as zero. Closure asks only that brackets lie
// in them: no nilpotent algebra of dimension 2 has a chain 2, 1, 0, and what
// closes under its equations is abelian.
func (g structured) attains(residual float64) bool {
	tol := 10*residual + 1e-9
	all, dims := identityMatrix(g.constants.Dim()), g.series.dims
	for i, d := range dims[1:] {
		by := all
		if i > 0 {
			by = g.series.space(dims[1])
			if g.series.nilpotent {
				by = g.series.space(dims[0])
			}
		}
		if width(g.constants.ideal(by, g.series.space(dims[i]), tol)) != d {
			return false
		}
	}
	return true
}

// nearlyClosed is the residual at which a chain counts as exact in decisions.
const nearlyClosed = 1e-6

// exact moves a to where the chain holds to rounding. It returns the angle
// moved and the residual left. It gives up well beyond the reach, in radians.
func (c series) exact(a Algebra, reach float64) (g structured, moved, left float64) {
	w := ambientOf(a)
	d := a.Dim()
	var v mat.Dense
	v.Mul(w.coordinates(a), c.basis)
	f := c.flag(w, completed(&v), d)
	moved, left = f.settle(reach)
	g.algebra = w.algebra(a.name, f.basis, d)
	g.algebra.affine = a.affine
	g.constants = Structure(g.algebra)
	g.series = series{identityMatrix(d), c.dims, c.nilpotent}
	return g, moved, left
}

// flag asks for the brackets of the chain. Spaces of the chain that coincide
// are one level of the flag, of which the most is asked that any of them asks.
func (c series) flag(ambient brackets, basis *mat.Dense, d int) *flag {
	dims := append([]int{d}, c.dims...) // g, R_0, R_1, …, {0}
	f := &flag{ambient: ambient, basis: basis}
	for _, k := range dims {
		if k > 0 && !slices.Contains(f.sizes, k) {
			f.sizes = append(f.sizes, k)
		}
	}
	f.target = make([][]int, len(f.sizes))
	for p := range f.target {
		f.target[p] = make([]int, len(f.sizes))
	}
	for i, k := range dims {
		for j, l := range dims {
			if k > 0 && l > 0 {
				f.ask(k, l, dims[min(c.target(i, j), len(dims)-1)])
			}
		}
	}
	return f
}

// ask demands that the brackets of the spaces of dimensions k and l be in that
// of dimension t.
func (f *flag) ask(k, l, t int) {
	p, q := slices.Index(f.sizes, k), slices.Index(f.sizes, l)
	to := slices.Index(f.sizes, t)
	if t == 0 {
		to = len(f.sizes)
	}
	f.target[p][q] = max(f.target[p][q], to)
}

// target is the place in g, R_0, R_1, … of the space that holds the brackets of
// those at places i and j: [g,R_0] = R_1, R_1 and what is below are ideals, and
// [R_i,R_j] ⊂ R_i+j; of a nilpotent radical [R_0,R_j] ⊂ R_j+1.
func (c series) target(i, j int) int {
	if i > j {
		i, j = j, i
	}
	switch {
	case j == 0:
		return 0
	case i > 0 && c.nilpotent:
		return j + 1
	case j == 1:
		return 2
	case i < 2:
		return j
	}
	return i + j - 1
}
