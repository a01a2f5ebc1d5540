package network

// Point is one look at a training: the mean loss since the look before it, the
// validation loss, and for classifiers the validation accuracy in [0, 1]. What was
// not measured is NaN.
type Point struct {
	Step                       int
	Loss, Validation, Accuracy float64
}

// History is a training, look by look.
type History []Point

// Steps are the optimiser steps at which the history looked.
func (h History) Steps() []float64 {
	return h.column(func(p Point) float64 { return float64(p.Step) })
}

// Losses are the mean training losses between looks.
func (h History) Losses() []float64 { return h.column(func(p Point) float64 { return p.Loss }) }

// Validations are the validation losses; NaN where there was no validation.
func (h History) Validations() []float64 {
	return h.column(func(p Point) float64 { return p.Validation })
}

// Accuracies are the validation accuracies; NaN where there was none.
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
