package group

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/check"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// normalising is the largest angle, in radians, by which a candidate may move
// an algebra. It is several times the effect of noise on an estimate, and far
// less than the effect of a wrong candidate.
const normalising = .1

// DiscreteCandidates returns finite maps that a function with the symmetry a
// may respect besides, and that must be tried one by one: the ComponentRepresentatives of
// the invariant forms that are given, reflections of single coordinate axes,
// and −1. All of them normalise the algebra, G·a·G⁻¹ = a to .1 rad: no other
// can be a symmetry if a is all of the algebra. Candidates that one already
// listed and a rotation in a coordinate plane of a give together are left out;
// −1 is always tried.
//
// For homogeneous algebras the maps keep the origin, −1 is the point inversion
// diag(−1, …, −1, 1), and forms are those of the linear part, one size smaller.
// Forms without representatives (degenerate, or of no symmetry) are passed over.
// DiscreteCandidates panics if a form has another size.
func DiscreteCandidates(a lie.Algebra, forms ...*mat.Dense) []Representative {
	d := a.Size()
	if a.Homogeneous() {
		d--
	}
	var out []Representative
	for _, c := range append(representativesOf(a, d, forms), axisReflections(d)...) {
		c.G = embedded(c.G, a.Size())
		if normalisedBy(a, c.G) && !reaches(a, out, c.G) {
			out = append(out, c)
		}
	}
	minus := embedded(flipAxes(d, axes(d)...), a.Size())
	if normalisedBy(a, minus) {
		out = append(out, Representative{Name: "−1", G: minus, Det: math.Pow(-1, float64(d))})
	}
	return out
}

// representativesOf lists the representatives of those forms that have any.
func representativesOf(a lie.Algebra, d int, forms []*mat.Dense) []Representative {
	var out []Representative
	for i, q := range forms {
		if n := check.Square("DiscreteCandidates", q); n != d {
			panic(fmt.Sprintf("lie: DiscreteCandidates: form %d is %d×%d, want %d×%d for %v", i, n, n, d, d, a))
		}
		found, err := ComponentRepresentatives(q)
		if err == nil {
			out = append(out, found...)
		}
	}
	return out
}

// axisReflections returns the reflection of each single axis of R^d.
func axisReflections(d int) []Representative {
	out := make([]Representative, d)
	for i := range d {
		out[i] = Representative{Name: fmt.Sprintf("reflection of axis %d", i+1), G: flipAxes(d, i), Det: -1}
	}
	return out
}

// flipAxes returns the identity of R^d with the signs of some axes flipped.
func flipAxes(d int, which ...int) *mat.Dense {
	g := mat.NewDense(d, d, nil)
	dense.AddIdentity(g, 1)
	for _, i := range which {
		g.Set(i, i, -1)
	}
	return g
}

// axes returns 0 … d−1.
func axes(d int) []int {
	out := make([]int, d)
	for i := range out {
		out[i] = i
	}
	return out
}

// embedded extends g to an n×n matrix that leaves the other coordinates
// alone.
func embedded(g *mat.Dense, n int) *mat.Dense {
	d, _ := g.Dims()
	out := flipAxes(n)
	out.Slice(0, d, 0, d).(*mat.Dense).Copy(g)
	return out
}

// normalisedBy reports whether g·a·g⁻¹ = a within normalising.
func normalisedBy(a lie.Algebra, g *mat.Dense) bool {
	moved, err := a.Conjugate(g)
	return err == nil && lie.LargestAngle(moved, a) <= normalising
}

// reaches reports whether exp(a) visibly connects one of the listed maps with
// g: whether g·c⁻¹ is the identity, or turns by π a coordinate plane that a
// can turn.
func reaches(a lie.Algebra, listed []Representative, g *mat.Dense) bool {
	for _, c := range listed {
		var rest, inverse mat.Dense
		if inverse.Inverse(c.G) != nil {
			continue
		}
		rest.Mul(g, &inverse)
		turned, plain := turnedAxes(&rest)
		if plain && (len(turned) == 0 || len(turned) == 2 && turns(a, turned[0], turned[1])) {
			return true
		}
	}
	return false
}

// turnedAxes lists the axes that m maps to their negatives. plain reports
// whether m leaves all others alone.
func turnedAxes(m *mat.Dense) (turned []int, plain bool) {
	n, _ := m.Dims()
	for i := range n {
		if m.At(i, i) < 0 {
			turned = append(turned, i)
		}
	}
	var rest mat.Dense
	rest.Sub(m, flipAxes(n, turned...))
	return turned, mat.Norm(&rest, 2) <= normalising
}

// turns reports whether a holds some α·E_ij + β·E_ji with αβ < 0, a generator
// that turns the plane of axes i and j. It checks the combination nearest to
// a, or finds that E_ij and E_ji both lie in a.
func turns(a lie.Algebra, i, j int) bool {
	x, y := dense.Unit(a.Size(), i, j), dense.Unit(a.Size(), j, i)
	px := lie.Project(x, a)
	gram := mat.NewSymDense(2, []float64{dense.Inner(px, x), dense.Inner(px, y), dense.Inner(px, y), dense.Inner(lie.Project(y, a), y)})
	var eigen mat.EigenSym
	if !eigen.Factorize(gram, true) {
		return false
	}
	least := math.Pow(math.Cos(normalising), 2)
	λ := eigen.Values(nil)
	var v mat.Dense
	eigen.VectorsTo(&v)
	return λ[0] >= least || λ[1] >= least && v.At(0, 1)*v.At(1, 1) < 0
}
