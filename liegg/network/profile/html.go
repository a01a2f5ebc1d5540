package profile

import (
	"fmt"
	"math"

	"github.com/liegg/lab/liegg/internal/sheet"
)

// HTML returns the profile as HTML, for plotting.Show: the smallest relative defects of each layer,
// in depth. draw makes the HTML of a picture; it may be nil.
func (p Profile) HTML(draw sheet.Draw) string {
	s := sheet.New(draw, fmt.Sprintf("symmetry over the depth of a network of %d layers", len(p)))
	s.Picture(p, "the smallest relative defect of invariance, layer by layer")
	var rows [][]string
	for _, l := range p {
		row := []string{l.Name, "–", "–", "–"}
		if l.Invariance != nil {
			row[1], row[2] = fmt.Sprint(l.Width()), smallestDefects(l.Invariance.Defects())
		}
		if l.Equivariance != nil {
			row[3] = smallestDefects(l.Equivariance.Defects())
		}
		rows = append(rows, row)
	}
	s.Table("the smallest ρ of invariance and ε of equivariance", []string{"layer", "width", "ρ", "ε"}, rows)
	return s.HTML()
}

// SmallestDefects returns the smallest relative defect of invariance of each layer, NaN if it is not
// known, for plotting.Show.
func (p Profile) SmallestDefects() []float64 {
	values := make([]float64, len(p))
	for i, l := range p {
		values[i] = math.NaN()
		if l.Invariance != nil && len(l.Invariance.Defects()) > 0 {
			values[i] = l.Invariance.Defects()[0]
		}
	}
	return values
}
