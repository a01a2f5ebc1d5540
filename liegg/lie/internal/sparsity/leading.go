package sparsity

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// LeadingEntry returns the index of the first of the largest entries.
func LeadingEntry(row []float64) int {
	least := nearEqual * floats.Norm(row, math.Inf(1))
	return slices.IndexFunc(row, func(v float64) bool { return math.Abs(v) >= least })
}

// nearEqual is the factor of the largest within which entries count as equally large, so that
// noise does not choose between them.
const nearEqual = .9
