package axes

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
)

// PiTicks labels angles in radians: about half a dozen multiples of π, π/2,
// π/4 and so on, with labels such as 0, π/2, 3π/4, -π. On very short or very
// far-reaching axes it labels decimal numbers.
type PiTicks struct{}

// Ticks implements plot.Ticker.
func (PiTicks) Ticks(low, high float64) []plot.Tick {
	const far, short = 1e4, 1e-2 // beyond this, fractions of π are no easier to read
	if !ordered(low, high) || max(-low, high) > far || high-low < short {
		return EvenTicks{}.Ticks(low, high)
	}
	num, den := piStep(high - low)
	label := func(v float64) string { return piLabel(int(math.Round(v/math.Pi*float64(den))), den) }
	return multiples(math.Pi*float64(num)/float64(den), low, high, label)
}

// piStep returns the step num/den·π for an axis of the given length.
func piStep(length float64) (num, den int) {
	num, den = 1, 1
	for length/(math.Pi*float64(num)) > 8 {
		num *= 2
	}
	for num == 1 && length/(math.Pi/float64(den)) < 3.5 {
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
