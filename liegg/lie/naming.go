package lie

import (
	"cmp"
	"fmt"
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
		return cmp.Or(cmp.Compare(b.algebra.Dim(), a.algebra.Dim()), strings.Compare(a.name, b.name))
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
	return reductiveName(n.ideals, lines, n.angle)
}

// reductiveName joins the names of simple ideals and of the centre, those that
// go together under one name.
func reductiveName(ideals []simpleIdeal, lines []line, angle float64) string {
	var names []string
	ideals, lines = slices.Clone(ideals), slices.Clone(lines)
	for i := 0; i < len(ideals); i++ {
		name := ideals[i].name
		if j := slices.IndexFunc(ideals[i+1:], ideals[i].halfOf); j >= 0 {
			ideals = slices.Delete(ideals, i+1+j, i+2+j)
			name = map[string]string{"su(2)": "so(4)", "sl(2,R)": "so(2,2)"}[name]
		} else {
			name, lines = ideals[i].withCentre(lines, angle)
		}
		names = append(names, name)
	}
	for _, l := range lines {
		names = append(names, l.name)
	}
	return strings.Join(names, " ⊕ ")
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
func (s simpleIdeal) withCentre(lines []line, angle float64) (string, []line) {
	scaling := slices.IndexFunc(lines, func(l line) bool { return s.scales(l, angle) })
	turning := slices.IndexFunc(lines, func(l line) bool { return s.turns(l, angle) })
	arguments := s.name[strings.Index(s.name, "("):]
	switch {
	case s.name == "sl(2,R)" && turning >= 0 && scaling < 0:
		return "u(1,1)", slices.Delete(lines, turning, turning+1)
	case strings.HasPrefix(s.name, "su(") && turning >= 0:
		return "u" + arguments, slices.Delete(lines, turning, turning+1)
	case !strings.HasPrefix(s.name, "sl(") || scaling < 0:
		return s.name, lines
	case !strings.HasSuffix(s.name, ",C)"):
		if turning >= 0 || !s.defining() {
			return s.name, lines
		}
		return "gl" + arguments, slices.Delete(lines, scaling, scaling+1)
	case turning >= 0:
		first, second := max(scaling, turning), min(scaling, turning)
		return "gl" + arguments, slices.Delete(slices.Delete(lines, first, first+1), second, second+1)
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

// scales reports whether the line is the identity on the ideal's space.
func (s simpleIdeal) scales(l line, angle float64) bool {
	return l.name == "scaling" && l.h != nil && parallel(l.h, s.casimir, 1) < scalingTolerance*angle+1e-6
}

// turns reports whether the line is a complex structure on the ideal's space.
func (s simpleIdeal) turns(l line, angle float64) bool {
	if l.name != "so(2)" || l.h == nil {
		return false
	}
	var square mat.Dense
	square.Mul(l.h, l.h)
	return parallel(&square, s.casimir, -1) < 2*scalingTolerance*angle+1e-6
}

// parallel is ‖x/‖x‖ − sign·y/‖y‖‖, for sign = 1 the smaller for x and −x.
func parallel(x, y *mat.Dense, sign float64) float64 {
	var xx, yy, diff mat.Dense
	xx.Scale(1/mat.Norm(x, 2), x)
	yy.Scale(sign/mat.Norm(y, 2), y)
	if sign > 0 && inner(&xx, &yy) < 0 {
		xx.Scale(-1, &xx)
	}
	diff.Sub(&xx, &yy)
	return mat.Norm(&diff, 2)
}

// mixed names an algebra that is not reductive, by the indecomposable ideals
// that it is the direct sum of.
func (n naming) mixed() string {
	central, rest := n.central()
	s := n.constants.in(rest)
	var names []string
	for _, v := range s.ideals() {
		var columns mat.Dense
		columns.Mul(rest, v)
		names = append(names, n.part(&columns))
	}
	if slices.Contains(names, "") {
		return ""
	}
	slices.Sort(names)
	slices.Reverse(names)
	if central != nil {
		for _, l := range abelianLines(n.algebra.sub("centre", central), n.angle) {
			names = append(names, l.name)
		}
	}
	return strings.Join(names, " ⊕ ")
}

// central splits off what of the centre is not in [g,g], nil for none, and
// returns an ideal that complements it.
func (n naming) central() (central, rest *mat.Dense) {
	d, r := n.constants.Dim(), n.series.dims
	all := identityMatrix(d)
	z := n.centre(n.angle)
	if z == nil {
		return nil, all
	}
	derived := rangeOf(n.constants.brackets(all, all), 0, d-r[0]+r[1])
	var along mat.Dense
	along.Mul(derived.T(), z)
	out := nullSpace(&along, .5) // of the centre, what is (nearly) orthogonal to [g,g]
	if out == nil {
		return nil, all
	}
	central = new(mat.Dense)
	central.Mul(z, out)
	var both mat.Dense
	both.Augment(derived, central)
	o := completed(&both)
	k, c := width(derived), width(central)
	rest = mat.NewDense(d, d-c, nil)
	rest.Slice(0, d, 0, k).(*mat.Dense).Copy(derived)
	if k+c < d {
		rest.Slice(0, d, k, d-c).(*mat.Dense).Copy(o.Slice(0, d, k+c, d))
	}
	return central, rangeOf(rest, 0, -1)
}

// part names an indecomposable ideal.
func (n naming) part(columns *mat.Dense) string {
	a := n.algebra.sub("", columns)
	s := Structure(a)
	c, ok := seriesOf(s, n.angle/2)
	if !ok {
		return ""
	}
	g := structured{a, s, c}
	switch {
	case c.dims[0] == 0:
		return newSimpleIdeal(a).name
	case c.dims[1] == 0:
		return reductiveName(nil, abelianLines(a, n.angle), n.angle)
	case g.isHeisenberg(n.angle):
		return heisenberg(a.Dim())
	}
	return g.semidirect(n.angle)
}

// isHeisenberg reports whether [g,g] is the centre, and a line.
func (g structured) isHeisenberg(angle float64) bool {
	d, r := g.constants.Dim(), g.series.dims
	return d%2 == 1 && r[0] == d && r[1] == 1 && width(g.centre(angle)) == 1
}

func heisenberg(d int) string {
	if d == 3 {
		return "Heisenberg"
	}
	return fmt.Sprintf("Heisenberg(%d)", d)
}

// semidirect names L ⋉ R^m, with R^m = [g,radical] abelian, L acting on it
// faithfully, and the extension split.
func (g structured) semidirect(angle float64) string {
	d, r := g.constants.Dim(), g.series.dims
	m := r[1]
	if r[2] != 0 || m == d {
		return ""
	}
	order := mat.NewDense(d, d, nil)
	order.Slice(0, d, 0, d-m).(*mat.Dense).Copy(g.series.beyond(m))
	order.Slice(0, d, d-m, d).(*mat.Dense).Copy(g.series.space(m))
	if _, split := complement(g.constants, order, d-m); !split {
		return ""
	}
	action, worst := g.actionOn(m)
	if worst < angle+1e-7 {
		return ""
	}
	l := identified(action, angle*min(3, max(1, 1/worst)))
	return semidirectName(l.Name, m)
}

// actionOn returns ad restricted to the ideal of the first m columns, for the
// elements beyond, as m×m matrices, and the least norm over unit elements.
func (g structured) actionOn(m int) (Algebra, float64) {
	d := g.constants.Dim()
	ideal, rest := g.series.space(m), g.series.beyond(m)
	var gens []*mat.Dense
	flat := mat.NewDense(m*m, d-m, nil)
	for j := range d - m {
		h := mat.NewDense(m, m, nil)
		h.Product(ideal.T(), g.constants.combine(func(b int) float64 { return rest.At(b, j) }), ideal)
		gens = append(gens, h)
		flat.SetCol(j, h.RawMatrix().Data)
	}
	if d-m > m*m {
		return Trivial(m), 0
	}
	return Span("action", gens...), slices.Min(singularValues(flat))
}

// semidirectName writes L ⋉ R^m, or the name that it goes by.
func semidirectName(l string, m int) string {
	var p, q int
	switch {
	case l == "" || l[0] == 'R' || l == "shear":
		return ""
	case l == fmt.Sprintf("so(%d)", m):
		return fmt.Sprintf("se(%d)", m)
	case l == "so(1,1)" && m == 2:
		return "se(1,1)"
	case l == fmt.Sprintf("gl(%d,R)", m) || l == "scaling" && m == 1:
		return fmt.Sprintf("aff(%d)", m)
	}
	if k, _ := fmt.Sscanf(l, "so(%d,%d)", &p, &q); k == 2 && p+q == m && !strings.Contains(l, "⊕") {
		return fmt.Sprintf("iso(%d,%d)", p, q)
	}
	if strings.Contains(l, "⊕") || strings.Contains(l, "⋉") {
		l = "(" + l + ")"
	}
	return l + " ⋉ " + power(m)
}
