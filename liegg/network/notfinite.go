package network

import (
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
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

// allFinite returns a *liegg.NotFiniteError that counts the samples of t that hold NaN or
// Inf, or nil. Tensors of other types than float32 and float64 are not looked at.
func allFinite(t *tensors.Tensor, what string) error {
	count, first := samplesNotFinite(t)
	if count == 0 {
		return nil
	}
	return &liegg.NotFiniteError{Sample: first, What: what, Count: count, Of: t.Shape().Dim(0)}
}

// samplesNotFinite counts the samples of t, along its first axis, that hold NaN or Inf;
// first is −1 if there are none.
func samplesNotFinite(t *tensors.Tensor) (count, first int) {
	first = -1
	if t.Rank() == 0 || t.Size() == 0 {
		return 0, first
	}
	sample := t.Size() / t.Shape().Dim(0)
	err := t.ConstFlatData(func(flat any) {
		switch values := flat.(type) {
		case []float32:
			count, first = countNotFinite(values, sample)
		case []float64:
			count, first = countNotFinite(values, sample)
		}
	})
	if err != nil {
		return 0, -1 // it was freed, which whoever uses it says
	}
	return count, first
}

func countNotFinite[T float32 | float64](values []T, sample int) (count, first int) {
	first = -1
	for i := 0; i < len(values); i += sample {
		if !slices.ContainsFunc(values[i:i+sample], func(v T) bool { return v-v != 0 }) { // NaN for NaN and ±Inf
			continue
		}
		if count++; first < 0 {
			first = i / sample
		}
	}
	return count, first
}

// sampleNotFinite is the index of the first sample of x that holds NaN or Inf, −1
// if none does.
func sampleNotFinite(x *tensors.Tensor) int {
	_, first := samplesNotFinite(x)
	return first
}

func notFinite(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

// culprit is what is to blame for an output that is not finite.
func culprit(c chunk) string {
	if sampleNotFinite(c.x) >= 0 {
		return "input"
	}
	return "output"
}
