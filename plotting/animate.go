package plotting

import (
	"bytes"
	"fmt"
	"image/gif"
	"path/filepath"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/plotting/internal/pixels"
)

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
		g.Image = append(g.Image, pixels.ReduceColors(pixelsOf(figure, width, height, cssDPI), 256))
		g.Delay = append(g.Delay, 100/framesPerSecond) // hundredths of a second
	}
	var buf bytes.Buffer
	err := gif.EncodeAll(&buf, &g)
	return buf.Bytes(), err
}
