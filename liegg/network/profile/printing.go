package profile

import (
	"fmt"
	"strings"
)

// String returns a line with the smallest relative defects of invariance, and of equivariance
// if it was measured.
func (l Layer) String() string {
	if l.Invariance == nil {
		return l.Name + ": no profile"
	}
	text := fmt.Sprintf("%s, width %d: ρ of invariance %s", l.Name, l.Width(), smallestDefects(l.Invariance.Defects()))
	if l.Equivariance != nil {
		text += ", ε of equivariance " + smallestDefects(l.Equivariance.Defects())
	}
	return text
}

// String returns a line for each layer.
func (p Profile) String() string {
	lines := make([]string, len(p))
	for i, l := range p {
		lines[i] = l.String()
	}
	return strings.Join(lines, "\n")
}

// smallestDefects lists some of the defects, which ascend.
func smallestDefects(defects []float64) string {
	const most = 5
	var figures []string
	for _, d := range defects[:min(most, len(defects))] {
		figures = append(figures, fmt.Sprintf("%.2g", d))
	}
	if len(defects) > most {
		figures = append(figures, "…")
	}
	return strings.Join(figures, " ")
}
