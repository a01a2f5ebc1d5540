// Package colours maps values to colours.
package colours

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/palette/moreland"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// Diverging returns the map of signed values in [-limit, limit]: from blue
// over near-white, at exactly zero, to red. Both arms gain saturation and
// lose luminance at the same pace (Moreland 2009, "Diverging Color Maps for
// Scientific Visualization"), and blue against red is safe for the
// colour-blind. A limit of zero, from an all-zero matrix, counts as 1.
func Diverging(limit float64) palette.ColorMap {
	if !(limit > 0) {
		limit = 1
	}
	m := moreland.NewSmoothDiverging(
		color.NRGBA{R: 0x21, G: 0x5f, B: 0xa8, A: 0xff},
		color.NRGBA{R: 0xb4, G: 0x1f, B: 0x2c, A: 0xff}, 96)
	m.SetMax(1)
	m.SetMin(-1)
	return ranged{m, -limit, limit}
}

// Sequential returns the map of unsigned values in [low, high]: the upper
// part of viridis, uniform in perceived lightness and light enough for dark
// lines on top.
func Sequential(low, high float64) palette.ColorMap {
	m, err := moreland.NewLuminance([]color.Color{
		color.NRGBA{R: 0x2f, G: 0x70, B: 0x8e, A: 0xff},
		color.NRGBA{R: 0x1f, G: 0x98, B: 0x8b, A: 0xff},
		color.NRGBA{R: 0x54, G: 0xc5, B: 0x68, A: 0xff},
		color.NRGBA{R: 0xb5, G: 0xde, B: 0x2b, A: 0xff},
		color.NRGBA{R: 0xfd, G: 0xe7, B: 0x25, A: 0xff},
	})
	if err != nil {
		panic("plotting: colours out of order: " + err.Error()) // impossible
	}
	if !(high > low) {
		low, high = axes.Around(low)
	}
	m.SetMax(1)
	return ranged{m, low, high}
}

// ranged is a colour map for the values from low to high, whose difference
// may overflow.
type ranged struct {
	palette.ColorMap
	low, high float64
}

// At implements palette.ColorMap, and so do Min and Max.
func (r ranged) At(v float64) (color.Color, error) {
	part := axes.LinearScale{}.Normalize(r.low, r.high, v)
	return r.ColorMap.At(Between(r.ColorMap.Min(), r.ColorMap.Max(), part))
}
func (r ranged) Min() float64 { return r.low }
func (r ranged) Max() float64 { return r.high }

// Between returns the number at the given fraction of the way from low to
// high, never beyond them.
func Between(low, high, part float64) float64 {
	return max(low, min(high, low*(1-part)+high*part))
}

// Of returns the colour of v. Values beyond the ends take the colour of
// the end; NaN and infinities take the colour of missing values.
func Of(m palette.ColorMap, v float64) color.Color {
	if !numbers.Finite(v) {
		return look.Missing
	}
	col, err := m.At(math.Max(m.Min(), math.Min(m.Max(), v)))
	if err != nil {
		return look.Missing
	}
	return col
}

// Dark reports whether white text reads better on c than black text does.
func Dark(c color.Color) bool {
	r, g, b, _ := c.RGBA()
	return 0.299*float64(r)+0.587*float64(g)+0.114*float64(b) < 0.5*0xffff
}

// Log colours a value by its decimal logarithm.
type Log struct{ palette.ColorMap }

// At implements palette.ColorMap, and so do Min and Max.
func (l Log) At(v float64) (color.Color, error) {
	log := math.Log10(v) // clamped again, because 10^log rounds
	return l.ColorMap.At(math.Max(l.ColorMap.Min(), math.Min(l.ColorMap.Max(), log)))
}
func (l Log) Min() float64 { return math.Pow(10, l.ColorMap.Min()) }
func (l Log) Max() float64 { return math.Pow(10, l.ColorMap.Max()) }
