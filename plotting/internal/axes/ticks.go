package axes

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"

	"github.com/liegg/lab/plotting/internal/numbers"
)

// MostTicks is the largest number of labels on an axis of numbers.
const MostTicks = 13

// EvenTicks labels about half a dozen round numbers; plot.DefaultTicks labels
// only three.
type EvenTicks struct{}

// Ticks implements plot.Ticker.
func (EvenTicks) Ticks(low, high float64) []plot.Tick {
	if !ordered(low, high) {
		return nil
	}
	step, exponent := evenStep(high/6 - low/6) // the difference of the ends may overflow
	return multiples(step, low, high, newTickFormat(exponent, max(math.Abs(low), math.Abs(high))).label)
}

// ordered reports whether ticks fit between two numbers: both are finite and
// the second is larger.
func ordered(low, high float64) bool {
	return numbers.Finite(low) && numbers.Finite(high) && low < high
}

// multiples labels the multiples of step from low to high, at most mostTicks
// of them. If the step is below the rounding error of its multiples, it stops
// at the first.
func multiples(step, low, high float64, label func(v float64) string) (ticks []plot.Tick) {
	first, last := math.Ceil(low/step-1e-9), math.Floor(high/step+1e-9)
	for i := range MostTicks {
		k := first + float64(i)
		v := k * step
		if !(k <= last) || !numbers.Finite(v) || i > 0 && v <= ticks[i-1].Value {
			break
		}
		ticks = append(ticks, plot.Tick{Value: v, Label: label(v)})
	}
	return ticks
}

// evenStep returns the smallest of …, 0.1, 0.2, 0.5, 1, 2, 5, 10, … that is
// at least least, and the exponent of its first digit.
func evenStep(least float64) (step float64, exponent int) {
	e := int(math.Floor(math.Log10(numbers.Positive(least))))
	for _, k := range []float64{1, 2, 5} {
		if step = k * Pow10(e); step >= least {
			return step, e
		}
	}
	return Pow10(e + 1), e + 1
}

// ShortExponent writes 2e-05 as 2e-5 and 1e+06 as 1e6.
func ShortExponent(s string) string {
	return strings.NewReplacer("e-0", "e-", "e+0", "e", "e+", "e").Replace(s)
}

// tickFormat formats multiples of a step with just enough digits to
// distinguish them.
type tickFormat struct{ decimals, digits int }

// newTickFormat returns the format for steps with a first digit of the given
// exponent, and values up to largest.
func newTickFormat(exponent int, largest float64) tickFormat {
	first := int(math.Floor(math.Log10(numbers.Positive(largest)) + 1e-9))
	return tickFormat{max(0, -exponent), min(17, max(3, first-exponent+1))}
}

func (f tickFormat) label(v float64) string {
	switch {
	case v == 0:
		return "0"
	case f.decimals > 4 || math.Abs(v) >= 1e6:
		return ShortExponent(strconv.FormatFloat(v, 'g', f.digits, 64))
	}
	return strconv.FormatFloat(v, 'f', f.decimals, 64)
}

// IndexTicks labels whole numbers, at most about a dozen of them.
type IndexTicks struct{}

// Ticks implements plot.Ticker.
func (IndexTicks) Ticks(low, high float64) []plot.Tick {
	if low != high && !ordered(low, high) {
		return nil
	}
	step, exponent := evenStep(max(1, high/12-low/12))
	label := newTickFormat(exponent, max(math.Abs(low), math.Abs(high))).label
	if step == 2 { // 1, 3, 5, … reads better than 2, 4, 6, …
		ticks := multiples(step, low-1, high-1, label)
		for i := range ticks {
			ticks[i].Value++
			ticks[i].Label = label(ticks[i].Value)
		}
		return ticks
	}
	ticks := multiples(step, low, high, label)
	if at, found := slices.BinarySearchFunc(ticks, 1, func(t plot.Tick, v float64) int { return cmp.Compare(t.Value, v) }); !found && low <= 1 && high >= 1 {
		ticks = slices.Insert(ticks, at, plot.Tick{Value: 1, Label: "1"}) // counting begins there
	}
	return ticks
}
