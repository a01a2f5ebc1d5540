package plotting

import (
	"cmp"
	"image"
	"image/color"
	"slices"
)

// reduceColors returns img with at most 256 opaque colours: the most frequent
// ones, and for each other the nearest of those. A plot has a handful of colours
// and the blends along the edges of its lines, where a near colour cannot be
// told from the right one; the PNG shrinks to about a third.
func reduceColors(img image.Image) *image.Paletted {
	b := img.Bounds()
	counts := map[color.RGBA]int{}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			counts[opaque(img.At(x, y))]++
		}
	}
	palette := frequent(counts, 256)
	index := make(map[color.RGBA]uint8, len(counts))
	for c := range counts {
		index[c] = uint8(palette.Index(c))
	}
	out := image.NewPaletted(b, palette)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			out.SetColorIndex(x, y, index[opaque(img.At(x, y))])
		}
	}
	return out
}

func opaque(c color.Color) color.RGBA {
	rgba := color.RGBAModel.Convert(c).(color.RGBA)
	rgba.A = 0xff
	return rgba
}

// frequent returns the n most frequent colours, in an order that depends on the
// counts alone.
func frequent(counts map[color.RGBA]int, n int) color.Palette {
	all := make([]color.RGBA, 0, len(counts))
	for c := range counts {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]),
			cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	palette := make(color.Palette, min(n, len(all)))
	for i := range palette {
		palette[i] = all[i]
	}
	return palette
}
