package effects

import (
	"fmt"

	"github.com/liegg/lab/liegg/study/sweep"
)

// Measure is a number of each row: a factor that the sweep varied, or what was measured.
type Measure struct {
	Name string
	Of   func(sweep.Row) float64
	unit string // follows a value in the label of a group of rows
}

// Factors: the number of training samples, the neurons of a hidden layer, the hidden layers.
var (
	Samples = Measure{"samples", func(r sweep.Row) float64 { return float64(r.Samples) }, "samples"}
	Width   = Measure{"width", func(r sweep.Row) float64 { return float64(r.Width) }, "wide"}
	Depth   = Measure{"depth", func(r sweep.Row) float64 { return float64(r.Depth) }, "deep"}
)

// Measurements, as sweep.Row describes them. Accuracy, and Wrong, the share of wrong answers, are
// measures of classifiers.
var (
	Loss     = Measure{"test loss", func(r sweep.Row) float64 { return r.TestLoss }, ""}
	Accuracy = Measure{"accuracy", func(r sweep.Row) float64 { return r.Fit }, ""}
	Wrong    = Measure{"wrong answers", func(r sweep.Row) float64 { return 1 - r.Fit }, ""}
	Variance = Measure{"variance", func(r sweep.Row) float64 { return r.Variance }, ""}
	Bias     = Measure{"bias", func(r sweep.Row) float64 { return r.Bias }, ""}
	Defect   = Measure{"ρ", func(r sweep.Row) float64 { return r.Defect }, ""}
	Angle    = Measure{"angle / °", func(r sweep.Row) float64 { return r.Angle }, ""}
)

// label describes the rows in which the measure has a value, such as "32 wide".
func (m Measure) label(value float64) string {
	if m.unit == "" {
		return fmt.Sprintf("%s %v", m.Name, value)
	}
	return fmt.Sprintf("%v %s", value, m.unit)
}

// names returns the names of measures.
func names(measures []Measure) (list []string) {
	for _, m := range measures {
		list = append(list, m.Name)
	}
	return list
}
