package plotting

import (
	"cmp"
	"image"
	"image/color"
	"slices"
)

// reduceColors returns img in at most 256 opaque colours. A plot has a handful
// of colours and the blends along the edges of its lines: the box in colour space
// that is widest in any channel is halved until there are 256 boxes, and each
// keeps its most frequent colour, so that flat colours stay exact and blends move
// by a few steps of 255. The PNG shrinks to a half or a third.
//
// The halving is that of Heckbert 1982, "Color image quantization for frame
// buffer display", at the middle rather than the median, which bounds the error.
func reduceColors(img image.Image) *image.Paletted {
	counts := countColors(img)
	palette, index := color.Palette(nil), make(map[color.RGBA]uint8, len(counts))
	for i, b := range halve(counts, 256) {
		palette = append(palette, b.mostFrequent(counts))
		for _, c := range b {
			index[c] = uint8(i)
		}
	}
	b := img.Bounds()
	out := image.NewPaletted(b, palette)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			out.SetColorIndex(x, y, index[opaque(img.At(x, y))])
		}
	}
	return out
}

func countColors(img image.Image) map[color.RGBA]int {
	counts, b := map[color.RGBA]int{}, img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			counts[opaque(img.At(x, y))]++
		}
	}
	return counts
}

func opaque(c color.Color) color.RGBA {
	rgba := color.RGBAModel.Convert(c).(color.RGBA)
	rgba.A = 0xff
	return rgba
}

// A colorBox holds the colours within a box of colour space, in a fixed order.
type colorBox []color.RGBA

// halve sorts the colours into at most n boxes.
func halve(counts map[color.RGBA]int, n int) []colorBox {
	all := make(colorBox, 0, len(counts))
	for c := range counts {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	boxes, widths := []colorBox{all}, []int{all.width()}
	for len(boxes) < n {
		widest := slices.Index(widths, slices.Max(widths))
		if widths[widest] == 0 {
			break
		}
		low, high := boxes[widest].split()
		boxes[widest], widths[widest] = low, low.width()
		boxes, widths = append(boxes, high), append(widths, high.width())
	}
	return boxes
}

func channels(c color.RGBA) [3]int { return [3]int{int(c.R), int(c.G), int(c.B)} }

// extent returns the channel in which b is widest, and its ends there.
func (b colorBox) extent() (channel, low, high int) {
	for k := range 3 {
		l, h := 255, 0
		for _, c := range b {
			v := channels(c)[k]
			l, h = min(l, v), max(h, v)
		}
		if h-l > high-low {
			channel, low, high = k, l, h
		}
	}
	return channel, low, high
}

func (b colorBox) width() int {
	_, low, high := b.extent()
	return high - low
}

// split halves b in its widest channel; both halves hold colours.
func (b colorBox) split() (lower, upper colorBox) {
	channel, low, high := b.extent()
	for _, c := range b {
		if channels(c)[channel] <= (low+high)/2 {
			lower = append(lower, c)
		} else {
			upper = append(upper, c)
		}
	}
	return lower, upper
}

func (b colorBox) mostFrequent(counts map[color.RGBA]int) color.RGBA {
	best := b[0]
	for _, c := range b[1:] {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}
