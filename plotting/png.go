package plotting

import (
	"fmt"
	"image"
	imagedraw "image/draw"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/liegg/lab/plotting/internal/pixels"
)

const (
	cssDPI = 96         // browsers show this many pixels per inch
	pngDPI = 2 * cssDPI // twice as many, for high-density screens
)

// PNG returns f as a PNG file of 192 dots per inch, at the natural size of f.
func PNG(f Figure) ([]byte, error) {
	data, _, _, err := encodePNG(f)
	if err != nil {
		return nil, fmt.Errorf("plotting: cannot draw the figure: %w", err)
	}
	return data, nil
}

// encodePNG draws f at twice the density of a page. It returns a PNG of at
// most 256 colours that states its density, and the size in pixels at which a
// page should show it.
func encodePNG(f Figure) (data []byte, width, height int, err error) {
	w, h := sizeOf(f)
	dpi := pngDPI
	if one, ok := f.(frame); ok {
		dpi = one.dpi
		data, err = pixels.ReducedPNG(pixelsOf(f, w, h, dpi), one.colors)
	} else {
		data, err = pixels.PNG(pixelsOf(f, w, h, dpi))
	}
	if err != nil {
		return nil, 0, 0, err
	}
	return pixels.WithDensity(data, float64(dpi)), cssPixels(w), cssPixels(h), nil
}

// pixelsOf draws f in the given size and density.
func pixelsOf(f Figure, width, height vg.Length, dpi int) *image.RGBA {
	c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))
	f.Draw(draw.New(c))
	pixels := image.NewRGBA(c.Image().Bounds())
	imagedraw.Draw(pixels, pixels.Rect, c.Image(), pixels.Rect.Min, imagedraw.Src)
	return pixels
}

func cssPixels(l vg.Length) int { return int(math.Round(l.Dots(cssDPI))) }
