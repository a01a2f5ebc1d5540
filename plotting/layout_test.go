package plotting

import (
	"image/color"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/plotting/internal/look"
)

// One grey scale serves all images: 0.5 is the same grey beside 0 and beside 1.
func TestStripSharesItsScale(t *testing.T) {
	low := mat.NewDense(1, 2, []float64{0, 0.5})
	high := mat.NewDense(1, 2, []float64{0.5, 1})
	l := Strip([]mat.Matrix{low, high}, nil)
	first, second := l.Figures[0].(*picture).image(), l.Figures[1].(*picture).image()
	right := first.Bounds().Dx() - 1
	for _, test := range []struct {
		got, want color.Color
	}{
		{first.At(0, 0), color.NRGBA{A: 255}},
		{first.At(right, 0), second.At(0, 0)},
		{second.At(right, 0), color.NRGBA{R: 255, G: 255, B: 255, A: 255}},
	} {
		if test.got != test.want {
			t.Errorf("grey %v, want %v", test.got, test.want)
		}
	}
}

// Both layouts give the same colours, beside grey images on one scale.
func TestStripOfColours(t *testing.T) {
	first := ChannelsFirst(1, 2, []float64{1, 0, 0, .5, 0, 1})
	last := ChannelsLast(1, 2, []float32{1, 0, 0, 0, .5, 1})
	l := Strip([]mat.Matrix{first, last, mat.NewDense(1, 1, []float64{2}), first.T()}, nil)
	for i := range 2 {
		img := l.Figures[i].(*picture).image()
		if got, want := img.At(0, 0), color.Color(color.NRGBA{R: 128, A: 255}); got != want {
			t.Errorf("image %d: %v, want %v", i, got, want)
		}
		if got, want := img.At(img.Bounds().Dx()-1, 0), color.Color(color.NRGBA{G: 64, B: 128, A: 255}); got != want {
			t.Errorf("image %d: %v, want %v", i, got, want)
		}
	}
	down := l.Figures[3].(*picture).image()
	if got, want := down.At(0, down.Bounds().Dy()-1), color.Color(color.NRGBA{G: 64, B: 128, A: 255}); got != want {
		t.Errorf("transposed: %v, want %v", got, want)
	}
	if first.At(0, 1) != .5 {
		t.Errorf("as grey: %g", first.At(0, 1))
	}
	bad := Strip([]mat.Matrix{ChannelsLast(1, 1, []float64{0, math.NaN(), 1})}, nil)
	if got := bad.Figures[0].(*picture).image().At(0, 0); got != color.Color(look.Warning) || bad.warning != "1 pixel is NaN or infinite" {
		t.Errorf("a NaN is %v: %s", got, bad.warning)
	}
}

func TestStripOfBadPixels(t *testing.T) {
	m := mat.NewDense(2, 2, []float64{0, math.NaN(), math.Inf(1), 1})
	l := Strip([]mat.Matrix{m}, []string{"t = 0"})
	if l.warning != "2 pixels are NaN or infinite" {
		t.Errorf("warning %q", l.warning)
	}
	img := l.Figures[0].(*picture).image()
	if got := img.At(img.Bounds().Dx()-1, 0); got != color.Color(look.Warning) {
		t.Errorf("a NaN is %v, want the warning colour", got)
	}
	mustEncode(t, l)
	for _, flat := range []float64{0, 7, math.NaN()} {
		mustEncode(t, Strip([]mat.Matrix{mat.NewDense(1, 1, []float64{flat})}, nil))
	}
}

// Images that do not fill one row go on in the next; a grid nests.
func TestLayoutRows(t *testing.T) {
	images := make([]mat.Matrix, 25)
	for i := range images {
		images[i] = mat.NewDense(3, 3, nil)
	}
	strip := Strip(images, nil)
	if w, h := strip.Size(); strip.Columns != 11 || w > look.PageWidth || h < 2*imageSide/2 {
		t.Errorf("25 images: %d columns, %v × %v", strip.Columns, w, h)
	}
	for _, f := range []Figure{Grid(3), Strip(nil, nil), Grid(1, strip, Grid(2, Bias(nil), Bias(nil))).Titled("all")} {
		mustEncode(t, f)
	}
}
