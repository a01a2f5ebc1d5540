package lie

import (
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/sheet"
)

// mostDrawn is the largest dimension of an algebra whose Killing form is drawn.
const mostDrawn = 40

// HTML returns the algebra as HTML, for plotting.Show: its name, its basis as matrices, sparse if
// that is easier to read, and its Killing form. draw makes the HTML of a picture; it may be nil.
func (a Algebra) HTML(draw sheet.Draw) string {
	s := sheet.New(draw, a.String())
	if len(a.basis) == 0 {
		return s.HTML()
	}
	var list []sheet.Matrix
	for _, h := range Sparse(a) {
		list = append(list, sheet.Matrix{Name: Formula(h, a.affine, .01), H: h})
	}
	s.Matrices("generators, an orthonormal basis:", list)
	s.Picture(a, "Killing form and its eigenvalues")
	return s.HTML()
}

// KillingForm returns the Killing form in the basis of a, and the size of an eigenvalue that counts
// as zero, for plotting.Show. The form is nil if a has no generators, or more than 40.
func (a Algebra) KillingForm() (form *mat.SymDense, zero float64) {
	if a.Dim() == 0 || a.Dim() > mostDrawn {
		return nil, 0
	}
	s := Structure(a)
	const rounding = 1e-6
	return s.Killing(), rounding * max(1, s.largest()*s.largest()*float64(a.Dim()))
}

// HTML returns the structure constants as HTML, for plotting.Show: their brackets as String lists
// them.
func (s *StructureConstants) HTML(draw sheet.Draw) string {
	return sheet.Of(draw, s.String()).HTML()
}
