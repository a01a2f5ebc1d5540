package plotting

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// logScale is plot.LogScale without its panic: values ≤ 0 are placed far
// below the axis.
type logScale struct{}

// Normalize implements plot.Normalizer.
func (logScale) Normalize(min, max, x float64) float64 {
	return plot.LogScale{}.Normalize(positive(min), positive(max), positive(x))
}

// logTicks labels powers of ten, at most about nine of them, and one position
// that represents zero. If the axis holds hardly a power of ten, it labels
// round numbers.
type logTicks struct {
	zero  float64 // where zero is drawn; 0 if it is not
	label string  // label of that position
	first float64 // the lowest power of ten above it
}

// Ticks implements plot.Ticker.
func (t logTicks) Ticks(low, high float64) (ticks []plot.Tick) {
	if t.zero > 0 {
		ticks = append(ticks, plot.Tick{Value: t.zero, Label: t.label})
		low = math.Max(low, t.first) // the axis is broken below it
	}
	if !ordered(low, high) || !(high > 0) {
		return ticks
	}
	low = positive(low)
	first, last := int(math.Ceil(math.Log10(low)-1e-9)), int(math.Floor(math.Log10(high)+1e-9))
	if last <= first && t.zero == 0 {
		return t.within(first-1, last, low, high)
	}
	every := (last-first)/8 + 1
	for e := first; e <= last; e++ {
		if (last-e)%every == 0 {
			ticks = append(ticks, plot.Tick{Value: pow10(e), Label: powerLabel(e)})
		}
	}
	if last-first <= 5 {
		ticks = append(ticks, t.minor(first, last, low, high)...)
	}
	return ticks
}

// within labels 1, 2, 5, 10, … on an axis shorter than two powers of ten, or
// decimal numbers if those are too few.
func (logTicks) within(first, last int, low, high float64) (ticks []plot.Tick) {
	labelled := 0
	for e := first; e <= last; e++ {
		for k := 1.0; k < 10; k++ {
			tick := plot.Tick{Value: k * pow10(e)}
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
		return evenTicks{}.Ticks(low, high)
	}
	return ticks
}

// minor returns the unlabelled 2, 3, …, 9 between the powers of ten.
func (logTicks) minor(first, last int, low, high float64) (ticks []plot.Tick) {
	for e := first - 1; e <= last; e++ {
		for k := 2.0; k < 10; k++ {
			if v := k * pow10(e); v >= low && v <= high {
				ticks = append(ticks, plot.Tick{Value: v})
			}
		}
	}
	return ticks
}

// pow10 returns 10ᵉ, correctly rounded and within the positive float64 numbers.
func pow10(e int) float64 {
	v, _ := strconv.ParseFloat(fmt.Sprintf("1e%d", e), 64)
	return positive(v)
}

// positive returns the nearest positive finite number.
func positive(v float64) float64 {
	return math.Max(math.SmallestNonzeroFloat64, math.Min(math.MaxFloat64, v))
}

func powerLabel(e int) string {
	if e >= -1 && e <= 2 {
		return strconv.FormatFloat(pow10(e), 'f', -1, 64)
	}
	return fmt.Sprintf("1e%d", e)
}

// logRange returns the ends of a logarithmic axis for values in [low, high],
// both positive: a little wider, and wide enough for two labelled powers of
// ten.
func logRange(low, high float64) (min, max float64) {
	first, last := math.Floor(math.Log10(low)+1e-9), math.Ceil(math.Log10(high)-1e-9)
	if last-first >= 3 {
		return positive(low / 1.2), positive(high * 1.2)
	}
	if last <= first {
		last = first + 1
	}
	return pow10(int(first)), pow10(int(last))
}
