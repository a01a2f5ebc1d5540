package classification

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// naming turns a structured algebra into its name.
type naming struct {
	structured
	angle    float64
	ideals   []simpleIdeal // of the Levi part
	leviPart lie.Algebra
}

// newNaming finds the Levi part and its ideals. Both stay empty if there is
// no Levi part to rounding.
func newNaming(g structured, angle float64) naming {
	n := naming{structured: g, angle: angle, leviPart: lie.Trivial(g.algebra.Size()).Renamed("{0}")}
	columns, ok := g.levi()
	if !ok || columns == nil {
		return n
	}
	n.leviPart = Subspace(g.algebra, "Levi part", columns)
	s := lie.Structure(n.leviPart)
	for _, v := range Ideals(s) {
		n.ideals = append(n.ideals, newSimpleIdeal(Subspace(n.leviPart, "", v)))
	}
	slices.SortStableFunc(n.ideals, func(a, b simpleIdeal) int {
		return cmp.Or(cmp.Compare(b.algebra.Dim(), a.algebra.Dim()), strings.Compare(b.name, a.name))
	})
	return n
}

// radical returns the radical as an algebra.
func (g structured) radical() lie.Algebra {
	return Subspace(g.algebra, "radical", g.series.space(g.series.dims[0]))
}

// name returns the algebra's name, "" if it is not a known one.
func (n naming) name() string {
	r := n.series.dims
	if r[1] > 0 {
		return n.mixed()
	}
	for _, i := range n.ideals {
		if i.name == "" {
			return ""
		}
	}
	if d := n.constants.Dim(); len(n.ideals) == 0 && r[0] < d {
		return ""
	}
	return n.reductive()
}

// degenerateTolerance is the eigenvalue of the trace form, per radian of angle error, below which it
// counts as degenerate. It is twice the ratio b/a squared of axes that formTolerance takes for 0.
const degenerateTolerance = 2 * formTolerance

// degenerate reports whether the Levi part could have a nilpotent element in the place of one that is
// not, within the error. Then the algebra may be a contraction of what its brackets say, whose
// invariant form is degenerate: as the axes of an ellipsoid become unequal, its so(3) tends to a
// rotation with two shears.
func (n naming) degenerate() bool {
	if n.leviPart.Dim() == 0 {
		return false
	}
	return dense.NullSpace(traceForm(n.leviPart), degenerateTolerance*n.angle+1e-9) != nil
}

// reductive joins the names of the simple ideals and of the centre. Ideals
// that share a name, such as gl(n), are written as one.
func (n naming) reductive() string {
	ideals, centre := n.scaled()
	lines := abelianLines(centre, n.angle)
	var names []string
	for i := 0; i < len(ideals); i++ {
		name := ideals[i].name
		if j := slices.IndexFunc(ideals[i+1:], ideals[i].halfOf); j >= 0 {
			ideals = slices.Delete(ideals, i+1+j, i+2+j)
			name = map[string]string{"su(2)": "so(4)", "sl(2,R)": "so(2,2)"}[name]
		} else {
			name, lines = ideals[i].withCentre(lines, n.angle)
		}
		names = append(names, name)
	}
	return strings.Join(append(names, lineNames(lines)...), " ⊕ ")
}

// scaled marks the sl ideals that act on one copy of their space and have the
// identity of that space in the centre. It returns the rest of the centre.
func (n naming) scaled() ([]simpleIdeal, lie.Algebra) {
	ideals, centre := slices.Clone(n.ideals), n.radical()
	for i, s := range ideals {
		if strings.HasPrefix(s.name, "sl(") && s.defining() && centre.Dim() > 0 && lie.AngleTo(s.casimir, centre) < scalingTolerance*n.angle+1e-6 {
			ideals[i].scaled = true
			centre = orthogonalTo(centre, s.casimir)
		}
	}
	return ideals, centre
}

// halfOf reports whether the two ideals are the halves of so(4) or so(2,2)
// acting on its vectors: both act, as spinors, on the same R⁴.
func (s simpleIdeal) halfOf(t simpleIdeal) bool {
	if s.name != t.name || s.name != "su(2)" && s.name != "sl(2,R)" {
		return false
	}
	near := func(x, y float64) bool { return math.Abs(x-y) < 1e-4 }
	return near(mat.Trace(s.casimir), 1.5) && near(mat.Trace(t.casimir), 1.5) && near(dense.TraceProduct(s.casimir, t.casimir), 9./16)
}

// withCentre turns sl with the identity into gl, and combines su, or gl over
// C, with the complex structure of the space that the ideal acts on. It takes
// that structure from the lines.
func (s simpleIdeal) withCentre(lines []line, angle float64) (string, []line) {
	_, arguments, _ := strings.Cut(s.name, "(")
	if s.scaled && !strings.HasSuffix(s.name, ",C)") {
		return "gl(" + arguments, lines
	}
	i := slices.IndexFunc(lines, func(l line) bool { return s.turns(l, angle) })
	if i < 0 {
		if s.scaled {
			lines = append(lines, line{name: "scaling"})
		}
		return s.name, lines
	}
	switch rest := slices.Delete(slices.Clone(lines), i, i+1); {
	case s.scaled:
		return "gl(" + arguments, rest
	case s.name == "sl(2,R)":
		return "u(1,1)", rest
	case strings.HasPrefix(s.name, "su("):
		return "u(" + arguments, rest
	}
	return s.name, lines
}

// defining reports whether the ideal acts on one copy of its defining space.
func (s simpleIdeal) defining() bool {
	for _, f := range simpleForms(s.algebra.Size()) {
		if f.name == s.name {
			return len(s.values) == f.size && math.Abs(s.values[0]-f.casimir) < 1e-4
		}
	}
	return false
}

// turns reports whether the line is a complex structure on the ideal's space.
func (s simpleIdeal) turns(l line, angle float64) bool {
	if l.name != "so(2)" || l.h == nil {
		return false
	}
	var square mat.Dense
	square.Mul(l.h, l.h)
	return distanceFromOpposite(&square, s.casimir) < 2*scalingTolerance*angle+1e-6
}

// distanceFromOpposite returns ‖x/‖x‖ + y/‖y‖‖, which is 0 if x is a negative multiple of y.
func distanceFromOpposite(x, y *mat.Dense) float64 {
	var xx, yy mat.Dense
	xx.Scale(1/mat.Norm(x, 2), x)
	yy.Scale(1/mat.Norm(y, 2), y)
	xx.Add(&xx, &yy)
	return mat.Norm(&xx, 2)
}
