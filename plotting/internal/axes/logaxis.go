package axes

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/plot"

	"github.com/liegg/lab/plotting/internal/numbers"
)

// LogScale is plot.LogScale without its panic: values ≤ 0 are placed far
// below the axis.
type LogScale struct{}

// Normalize implements plot.Normalizer.
func (LogScale) Normalize(min, max, x float64) float64 {
	return plot.LogScale{}.Normalize(numbers.Positive(min), numbers.Positive(max), numbers.Positive(x))
}

// LogTicks labels powers of ten, at most about nine of them, and one position
// that represents zero. If the axis holds hardly a power of ten, it labels
// round numbers.
type LogTicks struct {
	Zero  float64 // where zero is drawn; 0 if it is not
	Label string  // label of that position
	First float64 // the lowest power of ten above it
}

// Ticks implements plot.Ticker.
func (t LogTicks) Ticks(low, high float64) (ticks []plot.Tick) {
	if t.Zero > 0 {
		ticks = append(ticks, plot.Tick{Value: t.Zero, Label: t.Label})
		low = math.Max(low, t.First) // the axis is broken below it
	}
	if !ordered(low, high) || !(high > 0) {
		return ticks
	}
	low = numbers.Positive(low)
	first, last := int(math.Ceil(math.Log10(low)-1e-9)), int(math.Floor(math.Log10(high)+1e-9))
	if last <= first && t.Zero == 0 {
		return t.within(first-1, last, low, high)
	}
	every := (last-first)/8 + 1
	for e := first; e <= last; e++ {
		if (last-e)%every == 0 {
			ticks = append(ticks, plot.Tick{Value: Pow10(e), Label: powerLabel(e)})
		}
	}
	if last-first <= 5 {
		ticks = append(ticks, t.minor(first, last, low, high)...)
	}
	return ticks
}

// within labels 1, 2, 5, 10, … on an axis shorter than two powers of ten, or
// decimal numbers if those are too few.
func (LogTicks) within(first, last int, low, high float64) (ticks []plot.Tick) {
	labelled := 0
	for e := first; e <= last; e++ {
		for k := 1.0; k < 10; k++ {
			tick := plot.Tick{Value: k * Pow10(e)}
			if tick.Value < low || tick.Value > high {
				continue
			}
			if k == 1 || k == 2 || k == 5 {
				tick.Label = newTickFormat(e, tick.Value).label(tick.Value)
				labelled++
			}
			ticks = append(ticks, tick)
		}
	}
	if labelled < 3 {
		return EvenTicks{}.Ticks(low, high)
	}
	return ticks
}

// minor returns the unlabelled 2, 3, …, 9 between the powers of ten.
func (LogTicks) minor(first, last int, low, high float64) (ticks []plot.Tick) {
	for e := first - 1; e <= last; e++ {
		for k := 2.0; k < 10; k++ {
			if v := k * Pow10(e); v >= low && v <= high {
				ticks = append(ticks, plot.Tick{Value: v})
			}
		}
	}
	return ticks
}

// Pow10 returns 10ᵉ, correctly rounded and within the positive float64 numbers.
func Pow10(e int) float64 {
	v, _ := strconv.ParseFloat(fmt.Sprintf("1e%d", e), 64)
	return numbers.Positive(v)
}

func powerLabel(e int) string {
	if e >= -1 && e <= 2 {
		return strconv.FormatFloat(Pow10(e), 'f', -1, 64)
	}
	return fmt.Sprintf("1e%d", e)
}

// LogRange returns the ends of a logarithmic axis for values in [low, high],
// both positive: a little wider, and wide enough for two labelled powers of
// ten.
func LogRange(low, high float64) (min, max float64) {
	first, last := math.Floor(math.Log10(low)+1e-9), math.Ceil(math.Log10(high)-1e-9)
	if last-first >= 3 {
		return numbers.Positive(low / 1.2), numbers.Positive(high * 1.2)
	}
	if last <= first {
		last = first + 1
	}
	return Pow10(int(first)), Pow10(int(last))
}
