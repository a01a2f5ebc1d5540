// Package participation measures how many of its terms a sum rests on.
package participation

import "math"

// BoundedBy is κ, the largest weight of a sample in units of a typical one if the influence
// of samples is bounded.
const BoundedBy = 4

// Sum sums numbers and their squares, in units of the largest so far: the squares of
// singular gradients leave the range of float64. The zero value is empty.
type Sum struct {
	Largest float64
	Numbers float64 // Σx, in units of the largest
	squares float64
}

// Add adds a number. It ignores numbers that are not positive.
func (s *Sum) Add(x float64) {
	if x > 0 {
		s.Merge(Sum{Largest: x, Numbers: 1, squares: 1})
	}
}

// Merge adds the numbers of another sum.
func (s *Sum) Merge(t Sum) {
	if t.Largest > s.Largest {
		*s, t = t, *s
	}
	if t.Largest > 0 {
		r := t.Largest / s.Largest
		s.Numbers += r * t.Numbers
		s.squares += r * r * t.squares
	}
}

// Ratio returns the participation ratio n_eff = (Σx)²/Σx²: the number of equal terms with the
// same ratio. It is 0 if there are no terms, or infinite ones.
func (s Sum) Ratio() float64 {
	if s.squares == 0 || math.IsInf(s.Largest, 1) {
		return 0
	}
	return s.Numbers * s.Numbers / s.squares
}

// Ratio returns the participation ratio of a slice of numbers.
func Ratio(xs []float64) float64 {
	var s Sum
	for _, x := range xs {
		s.Add(x)
	}
	return s.Ratio()
}
