package plotting

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// evenTicks labels about half a dozen round numbers. plot.DefaultTicks labels
// three.
type evenTicks struct{}

// Ticks implements plot.Ticker.
func (evenTicks) Ticks(min, max float64) (ticks []plot.Tick) {
	step, digits := evenStep((max - min) / 6)
	first, last := math.Ceil(min/step-1e-9), math.Floor(max/step+1e-9)
	for k := first; k <= last; k++ {
		ticks = append(ticks, plot.Tick{Value: k * step, Label: tickLabel(k*step, digits)})
	}
	return ticks
}

// evenStep returns the smallest of …, 0.1, 0.2, 0.5, 1, 2, 5, 10, … that is not
// below min, and the number of decimals that writes its multiples.
func evenStep(min float64) (step float64, digits int) {
	e := int(math.Floor(math.Log10(min)))
	for _, k := range []float64{1, 2, 5, 10} {
		if step = k * pow10(e); step >= min {
			if k == 10 {
				e++
			}
			break
		}
	}
	return step, max(0, -e)
}

// shortExponent writes 2e-05 as 2e-5 and 1e+06 as 1e6.
func shortExponent(s string) string {
	return strings.NewReplacer("e-0", "e-", "e+0", "e", "e+", "e").Replace(s)
}

func tickLabel(v float64, digits int) string {
	if v == 0 {
		return "0"
	}
	if digits > 4 || math.Abs(v) >= 1e6 {
		return shortExponent(strconv.FormatFloat(v, 'g', 3, 64))
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}

// indexTicks labels whole numbers, at most about a dozen of them.
type indexTicks struct{}

// Ticks implements plot.Ticker.
func (indexTicks) Ticks(min, max float64) (ticks []plot.Tick) {
	step := 1
	for _, s := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000} {
		if step = s; (max-min)/float64(s) <= 12 {
			break
		}
	}
	for i := int(math.Ceil(min)); float64(i) <= max; i++ {
		if i%step == 0 || i == 1 && step != 2 || step == 2 && i%2 == 1 {
			if step == 2 && i%2 == 0 {
				continue // 1, 3, 5, … reads better than 1, 2, 4, 6, …
			}
			ticks = append(ticks, plot.Tick{Value: float64(i), Label: strconv.Itoa(i)})
		}
	}
	return ticks
}
