package invariants

import (
	"fmt"
	"strings"

	"github.com/liegg/lab/liegg/internal/sheet"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// Head says in a line what an invariant function depends on, such as "f depends on x·x, x·y, y·y
// only".
func (v *Invariants) Head() string {
	const most = 12
	switch {
	case v.Expected == 0 && len(v.Generators) == 0:
		return "f is constant: a generic orbit fills the space"
	case len(v.Generators) == 0:
		return fmt.Sprintf("no polynomial invariants up to degree %d, of %d independent ones of any kind", v.Degree, v.Expected)
	}
	var names []string
	for _, p := range v.Generators {
		names = append(names, p.short())
	}
	more := ""
	if len(names) > most {
		names, more = names[:most], fmt.Sprintf(" and %d more", len(names)-most)
	}
	only := " only"
	if v.Independent < v.Expected {
		only = fmt.Sprintf(", and on %s beyond the polynomials of degree %d", spelling.Count(v.Expected-v.Independent, "other invariant"), v.Degree)
	}
	if len(v.Doubts) > 0 {
		only += ", with doubts"
	}
	return "f depends on " + strings.Join(names, ", ") + more + only
}

// String returns Head, how many invariants there are, and their formulas.
func (v *Invariants) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s up to degree %d, %d functionally independent of %d (%s − orbits of dimension %d)",
		v.Head(), spelling.Count(len(v.Generators), "polynomial invariant"), v.Degree, v.Independent, v.Expected, spelling.Count(v.Inputs, "input"), v.Orbits)
	for _, p := range v.Generators {
		fmt.Fprintf(&b, "\n%s", p.line())
	}
	for _, doubt := range v.Doubts {
		fmt.Fprintf(&b, "\ndoubt: %s", doubt)
	}
	return b.String()
}

// short returns the label, the formula, or the degree if the formula is long.
func (p Polynomial) short() string {
	const longest = 80
	if text := p.String(); len(text) <= longest {
		return text
	}
	return fmt.Sprintf("a polynomial of degree %d", p.Degree())
}

// line returns the label and the formula, and says if the polynomial is not independent.
func (p Polynomial) line() string {
	const longest = 300
	text := p.Formula(0)
	if len(text) > longest {
		text = fmt.Sprintf("%d terms of degree %d", len(p.coefficients), p.Degree())
	}
	if p.Label != "" {
		text = p.Label + " = " + text
	}
	if !p.Independent {
		text += " (the ones above determine it up to finitely many values)"
	}
	return text
}

// HTML returns what String says as HTML, for plotting.Show.
func (v *Invariants) HTML(draw sheet.Draw) string { return sheet.Of(draw, v.String()).HTML() }
