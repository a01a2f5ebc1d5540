package network

import (
	"fmt"
	"math"
	"strings"

	"github.com/liegg/lab/liegg/internal/sheet"
	"github.com/liegg/lab/liegg/internal/spelling"
)

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

// String returns, for example, "step 80: loss 0.012, validation loss 0.013, accuracy 0.97".
func (p Point) String() string {
	text := fmt.Sprintf("step %d: loss %.3g", p.Step, p.Loss)
	if !math.IsNaN(p.Validation) {
		text += fmt.Sprintf(", validation loss %.3g", p.Validation)
	}
	if !math.IsNaN(p.Accuracy) {
		text += fmt.Sprintf(", accuracy %.3g", p.Accuracy)
	}
	return text
}

// String returns a line for each record, or for ten of them if there are more: the first, the
// last and others between them.
func (h History) String() string {
	const most = 10
	if len(h) == 0 {
		return "no history"
	}
	lines := []string{spelling.Count(len(h), "look")}
	for i := range min(len(h), most) {
		at := i
		if len(h) > most {
			at = i * (len(h) - 1) / (most - 1)
		}
		lines = append(lines, "  "+h[at].String())
	}
	return strings.Join(lines, "\n")
}

// HTML returns the history as HTML, for plotting.Show: its last record, the losses over the steps,
// and some of the records. draw makes the HTML of a picture; it may be nil.
func (h History) HTML(draw sheet.Draw) string {
	if len(h) == 0 {
		return sheet.New(draw, h.String()).HTML()
	}
	s := sheet.New(draw, h[len(h)-1].String())
	s.Picture(h, "loss over the steps of the training")
	const most = 10
	var rows [][]string
	for i := range min(len(h), most) {
		at := i
		if len(h) > most {
			at = i * (len(h) - 1) / (most - 1)
		}
		p := h[at]
		rows = append(rows, []string{fmt.Sprint(p.Step), figureOf(p.Loss), figureOf(p.Validation), figureOf(p.Accuracy)})
	}
	s.Table("records of the training", []string{"step", "loss", "validation loss", "accuracy"}, rows)
	return s.HTML()
}

// figureOf writes a number for a table; NaN was not measured.
func figureOf(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return fmt.Sprintf("%.3g", x)
}
