package plotting

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	imagedraw "image/draw"
	"image/png"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
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
		data, err = reduced(pixelsOf(f, w, h, dpi), one.colors)
	} else {
		data, err = compress(pixelsOf(f, w, h, dpi))
	}
	if err != nil {
		return nil, 0, 0, err
	}
	return withDensity(data, float64(dpi)), cssPixels(w), cssPixels(h), nil
}

// pixelsOf draws f in the given size and density.
func pixelsOf(f Figure, width, height vg.Length, dpi int) *image.RGBA {
	c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))
	f.Draw(draw.New(c))
	pixels := image.NewRGBA(c.Image().Bounds())
	imagedraw.Draw(pixels, pixels.Rect, c.Image(), pixels.Rect.Min, imagedraw.Src)
	return pixels
}

// heavyPNG is the size in bytes above which a picture makes a notebook heavy.
const heavyPNG = 60_000

// compress returns img as a PNG of 256 colours, or of 128, 64, 32 or 16 if
// the picture would otherwise be heavy. That happens with tables full of
// text, which needs few colours but whose edges compress badly.
func compress(img *image.RGBA) (data []byte, err error) {
	for colors := 256; colors >= 16; colors /= 2 {
		if data, err = reduced(img, colors); err != nil || len(data) <= heavyPNG {
			break
		}
	}
	return data, err
}

// reduced returns img as a PNG of at most n colours.
func reduced(img *image.RGBA, n int) ([]byte, error) {
	var buf bytes.Buffer
	err := png.Encode(&buf, reduceColors(img, n))
	return buf.Bytes(), err
}

func cssPixels(l vg.Length) int { return int(math.Round(l.Dots(cssDPI))) }

// withDensity returns a PNG with a pHYs chunk for dpi dots per inch after its
// header, so that programs show the picture at its natural size. See the PNG
// specification, third edition, section 11.3.4.3.
func withDensity(data []byte, dpi float64) []byte {
	const header = 8 + 4 + 4 + 13 + 4 // signature and IHDR chunk
	perMetre := uint32(math.Round(dpi / 0.0254))
	body := []byte("pHYs")
	body = binary.BigEndian.AppendUint32(body, perMetre)
	body = binary.BigEndian.AppendUint32(body, perMetre)
	body = append(body, 1) // the unit is the metre

	out := append([]byte(nil), data[:header]...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(body)-4))
	out = append(out, body...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(body))
	return append(out, data[header:]...)
}
