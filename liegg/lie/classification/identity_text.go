package classification

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg/internal/sheet"
)

// String returns the name, or the reason that there is none, and what the
// algebra leaves unchanged, in one line. Details adds the figures.
func (id *Identity) String() string {
	if id.Name == "" {
		return "no name: " + id.Reason
	}
	text := fmt.Sprintf("%s, in %d×%d matrices", id.Name, id.Algebra.Size(), id.Algebra.Size())
	if kept := id.kept(); len(kept) > 0 {
		text += ": leaves unchanged " + strings.Join(kept, " and ")
	}
	if len(id.Alternatives) > 0 {
		text += "; within its error it could also be " + strings.Join(id.Alternatives, " or ")
	}
	return text
}

// kept describes the invariant forms in words if they are few.
func (id *Identity) kept() (words []string) {
	const mostForms = 2
	if id.Algebra.Dim() == 0 || len(id.Forms) > mostForms { // nothing moves, so every form is invariant
		return nil
	}
	for _, f := range id.Forms {
		words = append(words, f.words())
	}
	return words
}

// words returns, for example, "a metric with the signs + − − −".
func (f Form) words() string {
	s, n := f.Signature, f.Signature.Plus+f.Signature.Minus+f.Signature.Zero
	switch {
	case !f.Symmetric && s.Zero == 0:
		return "a symplectic form"
	case !f.Symmetric:
		return fmt.Sprintf("an antisymmetric form of rank %d", 2*s.Plus)
	case s.Plus == n:
		return "a length (a positive quadratic form)"
	case s.Zero == 0:
		return fmt.Sprintf("a metric with the signs %s", s.signs())
	}
	return fmt.Sprintf("a quadratic form with the signs %s", s.signs())
}

// signs returns, for example, "+ − − −", zeros last.
func (s Signature) signs() string {
	signs := slices.Repeat([]string{"+"}, s.Plus)
	signs = append(signs, slices.Repeat([]string{"−"}, s.Minus)...)
	return strings.Join(append(signs, slices.Repeat([]string{"0"}, s.Zero)...), " ")
}

// Details returns String followed by lines for: how well the given space
// closes under the bracket, and how far away the algebra is, in degrees; the
// dimensions of Fingerprint; the simple ideals; and the invariant forms.
func (id *Identity) Details() string {
	if id.Algebra.Dim() == 0 {
		return id.String()
	}
	lines := []string{id.String(), id.distances()}
	if id.Name == "" && id.Fingerprint == (Fingerprint{Dim: id.Algebra.Dim()}) { // the brackets were not examined
		return strings.Join(append(lines, fmt.Sprintf("dimension %d", id.Algebra.Dim())), "\n")
	}
	lines = append(lines, id.Fingerprint.String())
	if len(id.IdealNames) > 1 {
		lines = append(lines, "simple ideals: "+strings.Join(id.IdealNames, ", "))
	}
	if len(id.Forms) > 0 {
		lines = append(lines, id.forms())
	}
	return strings.Join(lines, "\n")
}

// distances says how far the given space is from the named algebra.
func (id *Identity) distances() string {
	text := fmt.Sprintf("brackets of the generators leave their span by at most %.2g of a unit generator (closure residual)", id.Residual)
	if id.Name != "" {
		text += fmt.Sprintf("; the nearest algebra of this kind is %.2g° away", id.Moved*180/math.Pi)
	}
	return text
}

// forms lists the invariant forms, or counts them if there are many.
func (id *Identity) forms() string {
	const mostForms = 3
	if len(id.Forms) > mostForms {
		return fmt.Sprintf("%d invariant forms", len(id.Forms))
	}
	var forms []string
	for _, f := range id.Forms {
		forms = append(forms, f.String())
	}
	return strings.Join(forms, "; ")
}

// HTML returns the identity as HTML, for plotting.Show: what Details says, with its terms explained.
func (id *Identity) HTML(draw sheet.Draw) string {
	return sheet.Of(draw, id.Details()).HTML()
}
