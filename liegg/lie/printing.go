package lie

import (
	"fmt"
	"math"
	"strings"

	"github.com/liegg/lab/liegg/internal/spelling"
)

// String returns the name, the determinant, the sign of the form, and the
// matrix.
func (c Representative) String() string {
	text := fmt.Sprintf("%s, determinant %g", c.Name, c.Det)
	if c.Sign < 0 {
		text += ", takes the form to its negative"
	}
	if c.G == nil {
		return text
	}
	return text + "\n" + FormatMatrix(c.G, 0)
}

// String returns the name and the sizes: "R³ ⊗ R³: 3×3 to 9×9 matrices".
func (r Representation) String() string {
	return fmt.Sprintf("%s: %d×%d to %d×%d matrices", r.name, r.n, r.n, r.m, r.m)
}

// String returns a line for each non-zero bracket of two basis elements, such
// as "[E₁,E₂] = 0.71 E₃", numbered from 1. Coefficients below a twentieth of
// the largest are left out, and so are brackets beyond the first hundred.
func (s *StructureConstants) String() string {
	const most = 100
	d := s.Dim()
	lines := []string{fmt.Sprintf("structure constants of dimension %d", d)}
	least := s.largest() / 20
	for i := range d {
		for j := i + 1; j < d; j++ {
			if sum := s.bracket(i, j, least); sum != "" {
				lines = append(lines, fmt.Sprintf("[E%s,E%s] = %s", spelling.Subscript(i+1), spelling.Subscript(j+1), sum))
			}
		}
	}
	switch left := len(lines) - 1 - most; {
	case len(lines) == 1:
		lines[0] += ", all zero"
	case left > 0:
		lines = append(lines[:1+most], fmt.Sprintf("… %d more", left))
	}
	return strings.Join(lines, "\n")
}

// largest returns max |c_ij^k|.
func (s *StructureConstants) largest() (largest float64) {
	for _, m := range s.ad {
		largest = math.Max(largest, largestEntry(m))
	}
	return largest
}

// bracket writes Σ_k c_ij^k E_k without coefficients up to least, "" if none
// remains.
func (s *StructureConstants) bracket(i, j int, least float64) string {
	var b strings.Builder
	for k := range s.Dim() {
		c := s.At(i, j, k)
		if math.Abs(c) <= least {
			continue
		}
		if b.Len() > 0 && c > 0 {
			b.WriteString(" + ")
		} else if b.Len() > 0 {
			b.WriteString(" − ")
			c = -c
		}
		fmt.Fprintf(&b, "%s E%s", twoDigits(c), spelling.Subscript(k+1))
	}
	return b.String()
}
