package pixels

import (
	"cmp"
	"image"
	"image/color"
	"slices"
)

// ReduceColors returns img in at most n colours, n ≤ 256. A plot has a
// handful of colours and the blends along the edges of its lines. The box in
// colour space with the largest error (pixels times squared width) is halved
// until there are n boxes, and each keeps its most frequent colour, so that
// flat colours stay exact. The PNG shrinks to a half or a third.
//
// After Heckbert 1982, "Color image quantization for frame buffer display",
// but halving at the middle instead of the median.
func ReduceColors(img *image.RGBA, n int) *image.Paletted {
	counts := countColors(img)
	palette, index := color.Palette(nil), make(map[color.RGBA]uint8, len(counts))
	for i, b := range halve(counts, n) {
		palette = append(palette, b.mostFrequent(counts))
		for _, c := range b {
			index[c] = uint8(i)
		}
	}
	out := image.NewPaletted(img.Rect, palette)
	eachRun(img, func(x0, x1, y int, c color.RGBA) {
		row, i := out.Pix[out.PixOffset(x0, y):out.PixOffset(x1, y)], index[c]
		for x := range row {
			row[x] = i
		}
	})
	return out
}

func countColors(img *image.RGBA) map[color.RGBA]int {
	counts := map[color.RGBA]int{}
	eachRun(img, func(x0, x1, _ int, c color.RGBA) { counts[c] += x1 - x0 })
	return counts
}

// eachRun calls f for each stretch x0 ≤ x < x1 of one colour in a row of img.
// Plots consist mostly of such stretches; visiting every pixel would take as
// long as drawing.
func eachRun(img *image.RGBA, f func(x0, x1, y int, c color.RGBA)) {
	for y := img.Rect.Min.Y; y < img.Rect.Max.Y; y++ {
		for x0 := img.Rect.Min.X; x0 < img.Rect.Max.X; {
			c, x1 := img.RGBAAt(x0, y), x0+1
			for x1 < img.Rect.Max.X && img.RGBAAt(x1, y) == c {
				x1++
			}
			f(x0, x1, y, c)
			x0 = x1
		}
	}
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
	boxes, errors := []colorBox{all}, []int{all.error(counts)}
	for len(boxes) < n {
		worst := slices.Index(errors, slices.Max(errors))
		if errors[worst] == 0 {
			break
		}
		low, high := boxes[worst].split()
		boxes[worst], errors[worst] = low, low.error(counts)
		boxes, errors = append(boxes, high), append(errors, high.error(counts))
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

// error is the number of pixels times the square of the width of b.
func (b colorBox) error(counts map[color.RGBA]int) int {
	pixels := 0
	for _, c := range b {
		pixels += counts[c]
	}
	_, low, high := b.extent()
	return pixels * (high - low) * (high - low)
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
