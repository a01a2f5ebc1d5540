package network

import (
	"math"
	"slices"

	"github.com/liegg/lab/liegg"
)

// firstNotFinite names the first sample whose input or gradient is NaN or Inf, if
// what was computed from the chunk is not finite.
func firstNotFinite(c chunk, values [][]float64) error {
	if !slices.ContainsFunc(values, func(v []float64) bool { return slices.ContainsFunc(v, notFinite) }) {
		return nil
	}
	energy := values[2]
	if x, err := numbers(c.x); err == nil {
		if i := slices.IndexFunc(x, notFinite); i >= 0 {
			return &liegg.NotFiniteError{Sample: c.first + i/(len(x)/len(energy)), What: "input"}
		}
	}
	if i := slices.IndexFunc(energy, notFinite); i >= 0 {
		return &liegg.NotFiniteError{Sample: c.first + i, What: "gradient"}
	}
	return nil // liegg names the rows
}

func notFinite(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

// culprit is what is to blame for an output that is not finite.
func culprit(c chunk) string {
	if x, err := numbers(c.x); err == nil && slices.ContainsFunc(x, notFinite) {
		return "input"
	}
	return "output"
}
