package network

import (
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/dataset"
)

// firstNotFinite names the first sample whose input or gradient is NaN or Inf, if
// what was computed from the chunk is not finite; energy holds ‖J_i‖²_F.
func firstNotFinite(c chunk, energy []float64, values [][]float64) error {
	if !slices.ContainsFunc(values, func(v []float64) bool { return slices.ContainsFunc(v, notFinite) }) {
		return nil
	}
	if i := sampleNotFinite(c.x); i >= 0 {
		return &liegg.NotFiniteError{Sample: c.first + i, What: "input"}
	}
	if i := slices.IndexFunc(energy, notFinite); i >= 0 {
		return &liegg.NotFiniteError{Sample: c.first + i, What: "gradient"}
	}
	return nil // liegg names the rows
}

// inputNotFinite names the first sample of x that holds NaN or Inf, nil if none
// does.
func inputNotFinite(x *tensors.Tensor) error {
	if i := sampleNotFinite(x); i >= 0 {
		return &liegg.NotFiniteError{Sample: i, What: "input"}
	}
	return nil
}

// sampleNotFinite is the index of the first sample of x that holds NaN or Inf, −1
// if none does.
func sampleNotFinite(x *tensors.Tensor) int {
	values, err := dataset.Values(x)
	if err != nil {
		return -1
	}
	i := slices.IndexFunc(values, notFinite)
	if i < 0 {
		return -1
	}
	return i / (len(values) / x.Shape().Dim(0))
}

func notFinite(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

// culprit is what is to blame for an output that is not finite.
func culprit(c chunk) string {
	if sampleNotFinite(c.x) >= 0 {
		return "input"
	}
	return "output"
}
