package plotting

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
)

// piTicks labels angles in radians: about half a dozen multiples of π, π/2, π/4
// and so on, with 0, π/2, 3π/4, -π as labels.
type piTicks struct{}

// Ticks implements plot.Ticker.
func (piTicks) Ticks(min, max float64) (ticks []plot.Tick) {
	num, den := piStep(max - min)
	step := math.Pi * float64(num) / float64(den)
	for k := int(math.Ceil(min/step - 1e-9)); float64(k) <= max/step+1e-9; k++ {
		ticks = append(ticks, plot.Tick{Value: step * float64(k), Label: piLabel(k*num, den)})
	}
	return ticks
}

// piStep returns the step num/den·π for an axis of the given length.
func piStep(length float64) (num, den int) {
	num, den = 1, 1
	for length/(math.Pi*float64(num)/float64(den)) > 8 {
		num *= 2
	}
	for num == 1 && den < 1024 && length/(math.Pi/float64(den)) < 3.5 {
		den *= 2
	}
	return num, den
}

// piLabel writes num/den·π in lowest terms; den is a power of two.
func piLabel(num, den int) string {
	for den > 1 && num%2 == 0 {
		num, den = num/2, den/2
	}
	label := fmt.Sprintf("%dπ", num)
	switch num {
	case 0:
		return "0"
	case 1:
		label = "π"
	case -1:
		label = "-π"
	}
	if den > 1 {
		label += fmt.Sprintf("/%d", den)
	}
	return label
}
