package network

import (
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
)

// allFinite returns a *liegg.NotFiniteError that counts the samples of t that hold NaN or
// Inf, or nil. Tensors of other types than float32 and float64 are not looked at.
func allFinite(t *tensors.Tensor, what string) error {
	var bad tally
	finite := finiteSamples(t)
	for i, ok := range finite {
		if !ok {
			bad.add(i)
		}
	}
	if bad.count == 0 {
		return nil
	}
	return &liegg.NotFiniteError{Sample: bad.first, What: what, Count: bad.count, Of: len(finite)}
}

// finiteSamples says for each sample of t, along its first axis, whether it is free of
// NaN and Inf.
func finiteSamples(t *tensors.Tensor) []bool {
	if t.Rank() == 0 {
		return nil
	}
	finite := make([]bool, t.Shape().Dim(0))
	for i := range finite {
		finite[i] = true
	}
	if t.Size() == 0 {
		return finite
	}
	err := t.ConstFlatData(func(flat any) {
		switch values := flat.(type) {
		case []float32:
			mark(finite, values)
		case []float64:
			mark(finite, values)
		}
	})
	if err != nil {
		return nil // it was freed, which whoever uses it says
	}
	return finite
}

func mark[T float32 | float64](finite []bool, values []T) {
	sample := len(values) / len(finite)
	for i := range finite {
		finite[i] = !slices.ContainsFunc(values[i*sample:(i+1)*sample], func(v T) bool { return v-v != 0 }) // NaN for NaN and ±Inf
	}
}

func notFinite(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }
