package flow

import (
	"fmt"
	"math"

	"github.com/liegg/lab/liegg/flow/internal/sampling"
)

// Interval is an estimate with its 95 % confidence interval.
type Interval struct{ Value, Lower, Upper float64 }

// String is "0.012 (0.011…0.014)".
func (i Interval) String() string {
	return fmt.Sprintf("%.2g (%.2g…%.2g)", i.Value, i.Lower, i.Upper)
}

// root returns the interval of the square root.
func (i Interval) root() Interval {
	return Interval{math.Sqrt(i.Value), math.Sqrt(i.Lower), math.Sqrt(i.Upper)}
}

// intervals are estimates of the samples.
func intervals(of []sampling.Estimate) []Interval {
	all := make([]Interval, len(of))
	for i, e := range of {
		all[i] = Interval(e)
	}
	return all
}
