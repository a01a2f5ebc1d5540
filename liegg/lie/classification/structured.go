package classification

import (
	"iter"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/dense"
	"github.com/liegg/lab/liegg/lie/internal/flags"
)

// structured is an algebra that is closed and has its chain of ideals, both
// to rounding.
type structured struct {
	algebra   lie.Algebra
	constants *lie.StructureConstants
	series    series
}

// claims are the tolerances with which claims about the radical are tried, as
// multiples of the angle error: from the largest down to rounding. The first
// one that an algebra within reach supports is taken. An algebra with a
// larger radical claims less symmetry. so(4) and so(1,3) lie near se(3), and
// sl(2,R) near the Heisenberg algebra, so noise turns the latter into the
// former, never the reverse.
var claims = []float64{4, 2, 1, .5, .25, 0}

// claimReach is how far, in units of the angle error, an algebra may have to
// move beyond closure to support a claim.
const claimReach = 1.3

// chains visits the chains that the structure constants have within the angle
// error, each once, those that claim less first.
func chains(s *lie.StructureConstants, angle float64) iter.Seq[series] {
	return func(yield func(series) bool) {
		var seen []series
		for _, multiple := range claims {
			for _, nilpotent := range []bool{true, false} {
				c, ok := seriesOf(s, multiple*angle, nilpotent)
				if !ok || slices.ContainsFunc(seen, c.sameClaims) {
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

// sameClaims reports whether two chains make the same claims.
func (c series) sameClaims(d series) bool {
	return slices.Equal(c.dims, d.dims) && (c.nilpotent == d.nilpotent || c.dims[1] == 0)
}

// refine returns the algebra nearest to the closed algebra a with the
// structure that a has within the angle error, and others that it might have
// had. It skips algebras that are out of reach of what a is an estimate of.
// ok is false if a itself has no chain of ideals, not even to rounding.
func refine(a lie.Algebra, angle float64, within func(lie.Algebra) bool) (best structured, others []structured, ok bool) {
	s := lie.Structure(a)
	for c := range chains(s, angle) {
		if len(others) == 2 { // the best and the next
			break
		}
		if slices.ContainsFunc(others, func(g structured) bool { return slices.Equal(g.series.dims, c.dims) }) {
			continue // the nilpotent chain, which claims less, holds
		}
		if c.dims[0] == 0 { // semisimple: closure is all it needs
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

// attains reports whether the ideals of the chain are as large as it says,
// with brackets up to residual counting as zero. The equations only require
// brackets to lie in the ideals: no nilpotent algebra of dimension 2 has the
// chain 2, 1, 0, and the solution they find is abelian.
func (g structured) attains(residual float64) bool {
	tol := 10*residual + 1e-9
	all, dims := linalg.Identity(g.constants.Dim()), g.series.dims
	for i, d := range dims[1:] {
		by := all
		if i > 0 {
			by = g.series.space(dims[1])
			if g.series.nilpotent {
				by = g.series.space(dims[0])
			}
		}
		if dense.Width(ideal(g.constants, by, g.series.space(dims[i]), tol)) != d {
			return false
		}
	}
	return true
}

// nearlyClosed is the residual at which a chain counts as exact in decisions.
const nearlyClosed = 1e-6

// exact moves a to where the chain holds to rounding. It returns the angle
// moved and the remaining residual. It gives up well beyond reach, in
// radians.
func (c series) exact(a lie.Algebra, reach float64) (g structured, moved, left float64) {
	w := ambientOf(a)
	d := a.Dim()
	var v mat.Dense
	v.Mul(w.coordinates(a), c.basis)
	f := c.flag(w, dense.Completed(&v), d)
	moved, left = f.Settle(reach)
	g.algebra = w.algebra(a, f.Basis)
	g.constants = lie.Structure(g.algebra)
	g.series = series{linalg.Identity(d), c.dims, c.nilpotent}
	return g, moved, left
}

// flag requires the brackets of the chain. Spaces of the chain that coincide
// form one level of the flag, with the strictest requirement of any of them.
func (c series) flag(ambient flags.Brackets, basis *mat.Dense, d int) *flags.Flag {
	dims := append([]int{d}, c.dims...) // g, R_0, R_1, …, {0}
	f := &flags.Flag{Ambient: ambient, Basis: basis}
	for _, k := range dims {
		if k > 0 && !slices.Contains(f.Sizes, k) {
			f.Sizes = append(f.Sizes, k)
		}
	}
	f.Target = make([][]int, len(f.Sizes))
	for p := range f.Target {
		f.Target[p] = make([]int, len(f.Sizes))
	}
	for i, k := range dims {
		for j, l := range dims {
			if k > 0 && l > 0 {
				f.Ask(k, l, dims[min(c.target(i, j), len(dims)-1)])
			}
		}
	}
	return f
}

// target returns the index in g, R_0, R_1, … of the space that holds the
// brackets of spaces i and j: [g,R_0] = R_1, R_1 and below are ideals, and
// [R_i,R_j] ⊂ R_i+j; for a nilpotent radical [R_0,R_j] ⊂ R_j+1.
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
