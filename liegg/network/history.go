package network

// Point is one record of a training: the mean loss since the previous one, the validation
// loss, and for classifiers the validation accuracy in [0, 1]. Values that were not measured
// are NaN.
type Point struct {
	Step                       int
	Loss, Validation, Accuracy float64
}

// History holds the records of a training.
type History []Point

// Steps returns the optimiser steps of the records.
func (h History) Steps() []float64 {
	return h.column(func(p Point) float64 { return float64(p.Step) })
}

// Losses returns the mean training losses between records.
func (h History) Losses() []float64 { return h.column(func(p Point) float64 { return p.Loss }) }

// Validations returns the validation losses, NaN without validation samples.
func (h History) Validations() []float64 {
	return h.column(func(p Point) float64 { return p.Validation })
}

// Accuracies returns the validation accuracies, NaN if they were not measured.
func (h History) Accuracies() []float64 {
	return h.column(func(p Point) float64 { return p.Accuracy })
}

func (h History) column(of func(Point) float64) []float64 {
	values := make([]float64, len(h))
	for i, p := range h {
		values[i] = of(p)
	}
	return values
}
