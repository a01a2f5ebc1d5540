package classification

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// mixed names an algebra that is not reductive, by the indecomposable ideals
// of its direct sum.
func (n naming) mixed() string {
	central, rest := n.central()
	s := n.constants.In(rest)
	var names []string
	for _, v := range Ideals(s) { // the largest first
		var columns mat.Dense
		columns.Mul(rest, v)
		names = append(names, n.part(&columns))
	}
	if slices.Contains(names, "") {
		return ""
	}
	if central != nil {
		names = append(names, lineNames(abelianLines(Subspace(n.algebra, "centre", central), n.angle))...)
	}
	return strings.Join(names, " ⊕ ")
}

// central splits off the part of the centre outside [g,g], nil for none, and
// returns an ideal that complements it.
func (n naming) central() (central, rest *mat.Dense) {
	d, r := n.constants.Dim(), n.series.dims
	all := linalg.Identity(d)
	z := n.centre(n.angle)
	if z == nil {
		return nil, all
	}
	derived := dense.Range(derivedBrackets(n.constants), 0, d-r[0]+r[1])
	var along mat.Dense
	along.Mul(derived.T(), z)
	out := dense.NullSpace(&along, .5) // the part of the centre (nearly) orthogonal to [g,g]
	if out == nil {
		return nil, all
	}
	central = new(mat.Dense)
	central.Mul(z, out)
	var both mat.Dense
	both.Augment(derived, central)
	o := dense.Completed(&both)
	k, c := dense.Width(derived), dense.Width(central)
	rest = mat.NewDense(d, d-c, nil)
	rest.Slice(0, d, 0, k).(*mat.Dense).Copy(derived)
	if k+c < d {
		rest.Slice(0, d, k, d-c).(*mat.Dense).Copy(o.Slice(0, d, k+c, d))
	}
	return central, dense.Range(rest, 0, -1)
}

// part names an indecomposable ideal.
func (n naming) part(columns *mat.Dense) string {
	a := Subspace(n.algebra, "", columns)
	s := lie.Structure(a)
	tol := max(n.angle/2, Exactness)
	if c, ok := seriesOf(s, tol, true); ok && (structured{a, s, c}).isHeisenberg(tol) {
		return heisenberg(a.Dim())
	}
	c, ok := seriesOf(s, tol, false)
	switch g := (structured{a, s, c}); {
	case !ok:
		return ""
	case c.dims[0] == 0:
		return newSimpleIdeal(a).name
	case c.dims[1] == 0:
		return strings.Join(lineNames(abelianLines(a, n.angle)), " ⊕ ")
	default:
		return g.semidirect(n.angle)
	}
}

// isHeisenberg reports whether g is nilpotent and [g,g] is the centre and
// one-dimensional.
func (g structured) isHeisenberg(angle float64) bool {
	d, r := g.constants.Dim(), g.series.dims
	return d%2 == 1 && r[0] == d && r[1] == 1 && dense.Width(g.centre(angle)) == 1
}

func heisenberg(d int) string {
	if d == 3 {
		return "Heisenberg"
	}
	return fmt.Sprintf("Heisenberg(%d)", d)
}

// semidirect names L ⋉ R^m if R^m = [g,radical] is abelian, L acts on it
// faithfully, and the extension splits.
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
	l := identified(action, angle*min(3, max(1, 1/worst)), func(lie.Algebra) bool { return true })
	return semidirectName(l.Name, m)
}

// actionOn returns ad of the remaining elements, restricted to the ideal of
// the first m columns, as m×m matrices, and the smallest norm over unit
// elements. The basis of the ideal is rotated at random, so that no rows of
// zeros make the matrices look like affine maps.
func (g structured) actionOn(m int) (lie.Algebra, float64) {
	d := g.constants.Dim()
	ideal, rest := g.series.space(m), g.series.beyond(m)
	ideal.Mul(ideal, dense.RandomTurn(m))
	var gens []*mat.Dense
	flat := mat.NewDense(m*m, d-m, nil)
	for j := range d - m {
		h := mat.NewDense(m, m, nil)
		h.Product(ideal.T(), g.constants.AdjointOf(func(b int) float64 { return rest.At(b, j) }), ideal)
		gens = append(gens, h)
		flat.SetCol(j, h.RawMatrix().Data)
	}
	if d-m > m*m {
		return lie.Trivial(m), 0
	}
	return lie.Span("action", gens...), slices.Min(dense.SingularValues(flat))
}

// semidirectName writes L ⋉ R^m, or its usual name.
func semidirectName(l string, m int) string {
	var p, q int
	switch {
	case l == "" || l[0] == 'R' || strings.Contains(l, "⊕ R") || l == "shear":
		return "" // R^k does not say how it acts
	case l == fmt.Sprintf("so(%d)", m):
		return fmt.Sprintf("se(%d)", m)
	case l == "so(1,1)" && m == 2:
		return "se(1,1)"
	case m%2 == 0 && (l == repeated("so(2)", m/2) || l == repeated("so(1,1)", m/2)): // one per plane
		return repeated("se"+strings.TrimPrefix(l[:strings.Index(l, " ")], "so"), m/2)
	case l == fmt.Sprintf("gl(%d,R)", m) || l == "scaling" && m == 1:
		return fmt.Sprintf("aff(%d)", m)
	}
	if k, _ := fmt.Sscanf(l, "so(%d,%d)", &p, &q); k == 2 && p+q == m && !strings.Contains(l, "⊕") {
		return fmt.Sprintf("iso(%d,%d)", p, q)
	}
	if strings.Contains(l, "⊕") || strings.Contains(l, "⋉") {
		l = "(" + l + ")"
	}
	return l + " ⋉ " + spelling.Power(m)
}

// repeated writes the sum of k equal terms.
func repeated(name string, k int) string {
	return strings.Join(slices.Repeat([]string{name}, k), " ⊕ ")
}
