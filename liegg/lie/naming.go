package lie

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// naming is the way from a structured algebra to its name.
type naming struct {
	structured
	angle    float64
	ideals   []simpleIdeal // of the Levi part
	leviPart Algebra
}

// newNaming finds the Levi part and its ideals. It leaves both empty where
// there is no Levi part to rounding.
func newNaming(g structured, angle float64) naming {
	n := naming{structured: g, angle: angle, leviPart: Trivial(g.algebra.n).Renamed("{0}")}
	columns, ok := g.levi()
	if !ok || columns == nil {
		return n
	}
	n.leviPart = g.algebra.sub("Levi part", columns)
	s := Structure(n.leviPart)
	for _, v := range s.ideals() {
		n.ideals = append(n.ideals, newSimpleIdeal(n.leviPart.sub("", v)))
	}
	slices.SortStableFunc(n.ideals, func(a, b simpleIdeal) int {
		return cmp.Or(cmp.Compare(b.algebra.Dim(), a.algebra.Dim()), strings.Compare(b.name, a.name))
	})
	return n
}

// radical is the radical as an algebra.
func (g structured) radical() Algebra {
	return g.algebra.sub("radical", g.series.space(g.series.dims[0]))
}

// name returns the algebra's name, "" if it is none that is known.
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
	var lines []line
	if r[0] > 0 {
		lines = abelianLines(n.radical(), n.angle)
	}
	return reductiveName(n.ideals, lines, n.radical(), n.angle)
}

// reductiveName joins the names of simple ideals and of the centre, those that
// go together under one name.
func reductiveName(ideals []simpleIdeal, lines []line, centre Algebra, angle float64) string {
	var names []string
	ideals, lines = slices.Clone(ideals), slices.Clone(lines)
	for i := 0; i < len(ideals); i++ {
		name := ideals[i].name
		if j := slices.IndexFunc(ideals[i+1:], ideals[i].halfOf); j >= 0 {
			ideals = slices.Delete(ideals, i+1+j, i+2+j)
			name = map[string]string{"su(2)": "so(4)", "sl(2,R)": "so(2,2)"}[name]
		} else {
			name, lines = ideals[i].withCentre(lines, centre, angle)
		}
		names = append(names, name)
	}
	return strings.Join(append(names, lineNames(lines)...), " ⊕ ")
}

// halfOf reports whether the two ideals are the halves of so(4) or so(2,2) on
// its vectors: both act, as spinors, on one and the same R⁴.
func (s simpleIdeal) halfOf(t simpleIdeal) bool {
	if s.name != t.name || s.name != "su(2)" && s.name != "sl(2,R)" {
		return false
	}
	near := func(x, y float64) bool { return math.Abs(x-y) < 1e-4 }
	return near(mat.Trace(s.casimir), 1.5) && near(mat.Trace(t.casimir), 1.5) && near(traceProduct(s.casimir, t.casimir), 9./16)
}

// withCentre takes from the lines those that make gl of sl and u of su: the
// identity and the complex structure of the space that the ideal acts on.
func (s simpleIdeal) withCentre(lines []line, centre Algebra, angle float64) (string, []line) {
	scaling := -1
	if AngleTo(s.casimir, centre) < scalingTolerance*angle+1e-6 { // the identity on the ideal's space
		scaling = slices.IndexFunc(lines, func(l line) bool { return l.name == "scaling" })
	}
	turning := slices.IndexFunc(lines, func(l line) bool { return s.turns(l, angle) })
	_, arguments, _ := strings.Cut(s.name, "(")
	switch {
	case s.name == "sl(2,R)" && turning >= 0 && scaling < 0:
		return "u(1,1)", slices.Delete(lines, turning, turning+1)
	case strings.HasPrefix(s.name, "su(") && turning >= 0:
		return "u(" + arguments, slices.Delete(lines, turning, turning+1)
	case !strings.HasPrefix(s.name, "sl(") || scaling < 0:
		return s.name, lines
	case !strings.HasSuffix(s.name, ",C)"):
		if turning >= 0 || !s.defining() {
			return s.name, lines
		}
		return "gl(" + arguments, slices.Delete(lines, scaling, scaling+1)
	case turning >= 0:
		first, second := max(scaling, turning), min(scaling, turning)
		return "gl(" + arguments, slices.Delete(slices.Delete(lines, first, first+1), second, second+1)
	}
	return s.name, lines
}

// defining reports whether the ideal acts on one copy of its defining space.
func (s simpleIdeal) defining() bool {
	for _, f := range simpleForms(s.algebra.n) {
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
	return apart(&square, s.casimir) < 2*scalingTolerance*angle+1e-6
}

// apart is ‖x/‖x‖ + y/‖y‖‖, 0 where x is a negative multiple of y.
func apart(x, y *mat.Dense) float64 {
	var xx, yy mat.Dense
	xx.Scale(1/mat.Norm(x, 2), x)
	yy.Scale(1/mat.Norm(y, 2), y)
	xx.Add(&xx, &yy)
	return mat.Norm(&xx, 2)
}
