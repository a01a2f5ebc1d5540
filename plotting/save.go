package plotting

import (
	"bytes"
	"fmt"
	"image"
	imagedraw "image/draw"
	"image/gif"
	"math"
	"path/filepath"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	_ "gonum.org/v1/plot/vg/vgpdf" // registers its format
	_ "gonum.org/v1/plot/vg/vgsvg" // registers its format

	"github.com/liegg/lab/plotting/internal/pixels"
	"github.com/liegg/lab/plotting/internal/wholefile"
)

// Save writes f to the file at path, at the natural size of f, in the format
// given by the extension: .png (192 dots per inch), .svg, .pdf or .gif (96
// dots per inch, in which Frames move). An existing file is replaced only once
// the new picture is complete, and keeps its mode and owner.
//
// Save returns an error for other extensions and if the file cannot be
// written. A PDF can only show the characters of Windows code page 1252, a
// limit of gonum.org/v1/plot/vg/vgpdf: x² is among them, σ is not.
func Save(f Figure, path string) error {
	data, err := encode(f, strings.ToLower(filepath.Ext(path)))
	if err != nil {
		return fmt.Errorf("plotting: cannot save %s: %w", path, err)
	}
	if err := wholefile.Replace(path, data); err != nil {
		return fmt.Errorf("plotting: cannot save %s: %w", path, err)
	}
	return nil
}

func encode(f Figure, ext string) ([]byte, error) {
	switch ext {
	case ".png":
		data, _, _, err := encodePNG(f)
		return data, err
	case ".gif":
		return encodeGIF(f)
	case ".svg", ".pdf":
		w, h := sizeOf(f)
		c, err := draw.NewFormattedCanvas(w, h, ext[1:])
		if err != nil {
			return nil, err
		}
		f.Draw(draw.New(c))
		var buf bytes.Buffer
		_, err = c.WriteTo(&buf)
		return buf.Bytes(), err
	}
	return nil, fmt.Errorf("the extension is %q; use .png, .svg, .pdf or .gif", ext)
}

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
	dpi := pixels.DPI
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
	img := image.NewRGBA(c.Image().Bounds())
	imagedraw.Draw(img, img.Rect, c.Image(), img.Rect.Min, imagedraw.Src)
	return img
}

func cssPixels(l vg.Length) int { return int(math.Round(l.Dots(pixels.CSSDPI))) }

// framesPerSecond is how fast an animation runs.
const framesPerSecond = 8

// Animate writes what Strip would draw side by side to the file at path, a
// .gif that shows the images one after the other, each with its label, eight
// in a second and again from the start. Every page, slide and README shows a
// GIF; its 256 colours are as many as the PNGs of this package have.
//
// For frames of another kind, such as charts, use Save with Slider. Animate
// returns an error for another extension and if the file cannot be written. It
// panics if there are no images, and whenever Strip does.
func Animate(path string, images []mat.Matrix, labels []string) error {
	if len(images) == 0 {
		panic("plotting: Animate: there are no images")
	}
	pictures := Pictures(images, labels)
	if labels == nil {
		labels = make([]string, len(images))
	}
	if ext := filepath.Ext(path); strings.ToLower(ext) != ".gif" {
		return fmt.Errorf("plotting: cannot save %s: the extension is %q; Animate writes .gif", path, ext)
	}
	return Save(Slider(pictures, labels), path)
}

// encodeGIF returns f as a GIF of 96 dots per inch, in which the frames of
// Frames follow each other.
func encodeGIF(f Figure) ([]byte, error) {
	frames, ok := f.(*Frames)
	if !ok {
		frames = &Frames{Figures: []Figure{f}, Labels: []string{""}}
	}
	frames.check("Save")
	width, height := frames.Size()
	var g gif.GIF
	for _, figure := range frames.Figures {
		g.Image = append(g.Image, pixels.ReduceColors(pixelsOf(figure, width, height, pixels.CSSDPI), 256))
		g.Delay = append(g.Delay, 100/framesPerSecond) // hundredths of a second
	}
	var buf bytes.Buffer
	err := gif.EncodeAll(&buf, &g)
	return buf.Bytes(), err
}
