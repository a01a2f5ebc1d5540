package plotting

import (
	"image"
	"image/color"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/liegg/lab/plotting/internal/colours"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/pixels"
)

func TestDivergingIsCentred(t *testing.T) {
	zero := colours.Of(colours.Diverging(1), 0)
	for _, limit := range []float64{0, 1e-300, 0.3, 1e300} {
		m := colours.Diverging(limit)
		if m.Min() != -m.Max() {
			t.Errorf("limit %v: the scale is [%v, %v]", limit, m.Min(), m.Max())
		}
		if c := colours.Of(m, 0); c != zero {
			t.Errorf("limit %v: zero is %v, want %v", limit, c, zero)
		}
		if colours.Of(m, 2*m.Max()) != colours.Of(m, m.Max()) {
			t.Errorf("limit %v: what lies beyond does not take the colour of the end", limit)
		}
		for i := range 201 {
			if v := m.Max() * (float64(i)/100 - 1); colours.Of(m, v) == color.Color(look.Missing) {
				t.Errorf("limit %v: %v has no colour", limit, v)
			}
		}
	}
	if c := color.RGBAModel.Convert(zero).(color.RGBA); max(c.R, c.G, c.B)-min(c.R, c.G, c.B) > 1 || c.R < 0xf0 {
		t.Errorf("zero is %v, want nearly white", c)
	}
}

// pixelsWith draws f and returns it with the box of the pixels that has accepts.
func pixelsWith(f Figure, has func(r, g, b uint32) bool) (img image.Image, box image.Rectangle) {
	w, h := sizeOf(f)
	c := vgimg.NewWith(vgimg.UseWH(w, h), vgimg.UseDPI(pixels.DPI))
	f.Draw(draw.New(c))
	img = c.Image()
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if r, g, b, _ := img.At(x, y).RGBA(); has(r>>8, g>>8, b>>8) {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return img, box
}

func isRed(r, _, b uint32) bool  { return r > 150 && b < 70 }
func isBlue(r, _, b uint32) bool { return b > 150 && r < 70 }

func TestHeatmapOrientation(t *testing.T) {
	c := Heatmap(mat.NewDense(2, 2, []float64{1, 0, 0, -1}), Cells{NoBar: true})
	_, red := pixelsWith(c, isRed)
	_, blue := pixelsWith(c, isBlue)
	if red.Empty() || red.Max.X > blue.Min.X+1 || red.Max.Y > blue.Min.Y+1 {
		t.Errorf("m₁₁ fills %v and m₂₂ %v: row 1 is not on top", red, blue)
	}
	for _, cell := range []image.Rectangle{red, blue} {
		if d := cell.Dx() - cell.Dy(); d < -2 || d > 2 {
			t.Errorf("a cell of %v is no square", cell)
		}
	}
}

func TestHeatmapShapes(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		name    string
		m       mat.Matrix
		warning string
	}{
		{"all zero", mat.NewDense(4, 4, nil), ""},
		{"1×1", mat.NewDense(1, 1, []float64{-3}), ""},
		{"25×25", mat.NewDense(25, 25, nil), "no numbers: too many columns"},
		{"100×100", mat.NewDense(100, 100, nil), "no numbers: too many columns"},
		{"wide", mat.NewDense(2, 20, nil), ""},
		{"tall", mat.NewDense(20, 2, nil), ""},
		{"NaN", mat.NewDense(2, 2, []float64{1, nan, 0, math.Inf(1)}), "2 cells are NaN or infinite (×)"},
		{"all NaN", mat.NewDense(1, 2, []float64{nan, nan}), "2 cells are NaN or infinite (×)"},
		{"transposed", mat.NewDense(2, 3, nil).T(), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := Heatmap(test.m, Cells{Numbers: true})
			if got := warnings(c); got != test.warning {
				t.Errorf("warning %q, want %q", got, test.warning)
			}
			mustEncode(t, c)
		})
	}
}

func TestFixedPointAboveField(t *testing.T) {
	c := Field(mat.NewDense(3, 3, []float64{0, -1, 2, 1, 0, -1, 0, 0, 0}), Plane{Radius: 14})
	if got := warnings(c); got != "fixed point (1.00, 2.00)" {
		t.Errorf("above the field stands %q", got)
	}
	outside := Field(mat.NewDense(3, 3, []float64{0, -1, 2, 1, 0, -1, 0, 0, 0}), Plane{})
	if got := warnings(outside); got != "" {
		t.Errorf("a fixed point outside the plane gives %q", got)
	}
}

func TestFieldOfBadMatrix(t *testing.T) {
	for want, v := range map[string]float64{
		"the field holds NaN or infinite numbers": math.NaN(), "the field is zero": 0,
	} {
		c := Field(mat.NewDense(2, 2, []float64{v, 0, 0, 0}), Plane{})
		if got := warnings(c); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
		mustEncode(t, c)
	}
}

// Large y is at the top of the picture, or at the bottom where y points down.
func TestFunctionOrientation(t *testing.T) {
	isYellow := func(r, g, b uint32) bool { return r > 230 && g > 200 && b < 80 }
	f := func(_, y float64) float64 { return y }
	for _, down := range []bool{false, true} {
		img, _ := pixelsWith(Function(f, Plane{Down: down}, nil), isYellow)
		x, height := img.Bounds().Dx()*2/5, img.Bounds().Dy() // left of the colour bar
		at := 0
		for y := range height {
			if r, g, b, _ := img.At(x, y).RGBA(); isYellow(r>>8, g>>8, b>>8) {
				at = y
			}
		}
		if atBottom := at > height/2; at == 0 || atBottom != down {
			t.Errorf("down %v: the largest values are at pixel %d of %d", down, at, height)
		}
	}
}
