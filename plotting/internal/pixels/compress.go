// Package pixels writes pictures as small PNG files.
package pixels

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
	"math"
)

// PNG returns img as a PNG of 256 colours, or of 128, 64, 32 or 16 if
// the picture would otherwise be heavy. That happens with tables full of
// text, which needs few colours but whose edges compress badly.
func PNG(img *image.RGBA) (data []byte, err error) {
	for colors := 256; colors >= 16; colors /= 2 {
		if data, err = ReducedPNG(img, colors); err != nil || len(data) <= HeavyPNG {
			break
		}
	}
	return data, err
}

// ReducedPNG returns img as a PNG of at most n colours.
func ReducedPNG(img *image.RGBA, n int) ([]byte, error) {
	var buf bytes.Buffer
	err := png.Encode(&buf, ReduceColors(img, n))
	return buf.Bytes(), err
}

// WithDensity returns a PNG with a pHYs chunk for dpi dots per inch after its
// header, so that programs show the picture at its natural size. See the PNG
// specification, third edition, section 11.3.4.3.
func WithDensity(data []byte, dpi float64) []byte {
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

// HeavyPNG is the size in bytes above which a picture makes a notebook heavy.
const HeavyPNG = 60_000
