package axes

import (
	"fmt"

	"gonum.org/v1/plot"
)

// DegreeTicks labels angles in degrees: 0, 15, …, 90 on an axis of about that
// length, 0, 45, …, 360 on longer ones, round numbers on others.
type DegreeTicks struct{}

// Ticks implements plot.Ticker.
func (DegreeTicks) Ticks(low, high float64) []plot.Tick {
	length, step := high-low, 15.0
	if length > 180 {
		step = 45
	}
	if !(length >= 50 && length <= 8.5*45) {
		return EvenTicks{}.Ticks(low, high)
	}
	return multiples(step, low, high, func(v float64) string { return fmt.Sprintf("%.0f", v) })
}
