package rerun

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"math"
	"strings"
)

// mostInk is the share of the ink that may lie elsewhere. A picture drawn from a network
// trained on another processor moves less than .4 of it, another picture .8 or more.
const mostInk = .5

// alikePicture wants pictures of one size (within a fifth: labels may differ in width) whose
// ink lies in the same places, seen from afar.
func alikePicture(got, want Text) error {
	g, err := decode(got)
	if err != nil {
		return fmt.Errorf("the picture drawn: %w", err)
	}
	w, err := decode(want)
	if err != nil {
		return fmt.Errorf("the picture stored: %w", err)
	}
	near := func(a, b int) bool { return math.Abs(float64(a-b)) <= .2*float64(max(a, b)) }
	if !near(g.Bounds().Dx(), w.Bounds().Dx()) || !near(g.Bounds().Dy(), w.Bounds().Dy()) {
		return fmt.Errorf("the picture measures %v, stored is %v", g.Bounds(), w.Bounds())
	}
	if moved := movedInk(g, w); moved > mostInk {
		return fmt.Errorf("%.0f %% of the picture's ink lie elsewhere", 100*moved)
	}
	return nil
}

// movedInk is Σ|a_i − b_i| / max(Σa_i, Σb_i) of the ink in tiles of two pictures.
func movedInk(a, b image.Image) float64 {
	const tiles = 24
	x, y := ink(a, tiles), ink(b, tiles)
	moved, most := 0., [2]float64{}
	for i := range x {
		moved += math.Abs(x[i] - y[i])
		most[0] += x[i]
		most[1] += y[i]
	}
	return moved / math.Max(1e-9, math.Max(most[0], most[1]))
}

func decode(data Text) (image.Image, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(data), "\n", ""))
	if err != nil {
		return nil, err
	}
	return png.Decode(bytes.NewReader(raw))
}

// ink returns the mean darkness, in [0, 1], of n×n tiles.
func ink(m image.Image, n int) []float64 {
	dark, count := make([]float64, n*n), make([]float64, n*n)
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			tile := (y-b.Min.Y)*n/b.Dy()*n + (x-b.Min.X)*n/b.Dx()
			r, g, bl, _ := m.At(x, y).RGBA()
			dark[tile] += 1 - float64(r+g+bl)/(3*0xffff)
			count[tile]++
		}
	}
	for i := range dark {
		dark[i] /= math.Max(1, count[i])
	}
	return dark
}
