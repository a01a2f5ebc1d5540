package plotting

import (
	"image"
	"image/color"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/liegg/lab/plotting/internal/colours"
	"github.com/liegg/lab/plotting/internal/look"
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
	c := vgimg.NewWith(vgimg.UseWH(w, h), vgimg.UseDPI(pngDPI))
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

func TestCellLabel(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 0.349: ".35", -0.02: "-.02", 1.25: "1.2", -9.94: "-9.9", 9.96: "10", 123: "123",
		0.999: "1.0", 0.0021: "2.1e-3", -2.5e-7: "-2.5e-7", 1e-12: "1e-12", 2e5: "2e5",
	} {
		if got := cellLabel(v); got != want {
			t.Errorf("cellLabel(%v) = %q, want %q", v, got, want)
		}
	}
}

// Orbits keep what the flow keeps: x² + y² for a rotation, x y for a saddle, a
// line for a translation, 4x² + y² for a rotation in other coordinates.
func TestOrbitsKeepInvariants(t *testing.T) {
	for name, test := range map[string]struct {
		m         []float64
		invariant func(x, y float64) float64
	}{
		"rotation":    {[]float64{0, -1, 0, 1, 0, 0, 0, 0, 0}, func(x, y float64) float64 { return x*x + y*y }},
		"about (1,2)": {[]float64{0, -3, 6, 3, 0, -3, 0, 0, 0}, func(x, y float64) float64 { return (x-1)*(x-1) + (y-2)*(y-2) }},
		"saddle":      {[]float64{1, 0, 0, 0, -1, 0, 0, 0, 0}, func(x, y float64) float64 { return x * y }},
		"translation": {[]float64{0, 0, 2, 0, 0, 1, 0, 0, 0}, func(x, y float64) float64 { return x - 2*y }},
		"ellipse":     {[]float64{0, -1, 0, 4, 0, 0, 0, 0, 0}, func(x, y float64) float64 { return 4*x*x + y*y }},
	} {
		t.Run(name, func(t *testing.T) {
			f := newAffine("test", mat.NewDense(3, 3, test.m))
			all := f.orbits(Plane{Radius: 3})
			if len(all) < 4 {
				t.Errorf("%d orbits do not fill the plane", len(all))
			}
			for _, o := range all {
				checkInvariant(t, o, test.invariant)
			}
		})
	}
}

func checkInvariant(t *testing.T, o plotter.XYs, invariant func(x, y float64) float64) {
	t.Helper()
	want := invariant(o[0].X, o[0].Y)
	for _, p := range o {
		if got := invariant(p.X, p.Y); math.Abs(got-want) > 1e-9 {
			t.Fatalf("the invariant moves from %v to %v", want, got)
		}
	}
}

// exp(tH)x₀ of a rotation comes back; that of a spiral does not, and is drawn for
// one turn.
// Orbits of translations are straight, and circles about a far centre round, whatever
// the unit of length.
func TestOrbitsInAnyUnit(t *testing.T) {
	for _, unit := range []float64{1e-200, 1e-16, 1, 1e16, 1e200} {
		p := Plane{Radius: unit}
		straight := affine{b: [2]float64{1, 0}}.orbits(p)
		round := affine{a: [2][2]float64{{0, -1}, {1, 0}}, b: [2]float64{0, 3 * unit}}.scaled().orbits(p) // about (−3, 0)
		if len(straight) < 4 || len(round) < 4 {
			t.Errorf("unit %g: %d straight and %d round orbits", unit, len(straight), len(round))
		}
		for _, o := range straight {
			for _, x := range o {
				if x.Y != o[0].Y {
					t.Fatalf("unit %g: a straight orbit goes from %v to %v", unit, o[0], x)
				}
			}
		}
		radius := func(x plotter.XY) float64 { return math.Hypot(x.X/unit+3, x.Y/unit) }
		for _, o := range round {
			for _, x := range o {
				if math.Abs(radius(x)-radius(o[0])) > 1e-12 {
					t.Fatalf("unit %g: a circle goes from %v to %v", unit, o[0], x)
				}
			}
		}
	}
}

func TestOrbitGoesAroundOnce(t *testing.T) {
	gap := func(trace float64) float64 {
		f := newAffine("test", mat.NewDense(2, 2, []float64{trace, -1, 1, trace}))
		o := f.orbit(Plane{Radius: 5}, plotter.XY{X: 1})
		return math.Hypot(o[len(o)-1].X, o[len(o)-1].Y) - 1
	}
	if g := gap(0); math.Abs(g) > 1e-9 {
		t.Errorf("the circle misses its radius by %v", g)
	}
	if g, want := gap(0.05), math.Exp(0.05*2*math.Pi)-1; math.Abs(g-want) > 0.01 {
		t.Errorf("the spiral widens by %v in a turn, want %v", g, want)
	}
}

func TestFixedPoint(t *testing.T) {
	f := newAffine("test", mat.NewDense(3, 3, []float64{0, -1, 2, 1, 0, -1, 0, 0, 0}))
	if x, y, ok := f.fixedPoint(); !ok || math.Abs(x-1) > 1e-12 || math.Abs(y-2) > 1e-12 {
		t.Errorf("fixed point (%v, %v), %v, want (1, 2)", x, y, ok)
	}
	shear := newAffine("test", mat.NewDense(2, 2, []float64{0, 1, 0, 0}))
	if _, _, ok := shear.fixedPoint(); ok {
		t.Error("a shear has a line of fixed points, not one")
	}
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

func TestInterpolateIsExactForLinear(t *testing.T) {
	p := Plane{X: 1, Y: -2, Radius: 3}
	s := sample(func(x, y float64) float64 { return 2*x - y }, p)
	for _, q := range [][2]float64{{1, -2}, {-2, -5}, {4, 1}, {0.123, -1.7}} {
		if got, want := interpolate(s, q[0], q[1]), 2*q[0]-q[1]; math.Abs(got-want) > 1e-12 {
			t.Errorf("at %v: %v, want %v", q, got, want)
		}
	}
	if got := interpolate(s, 5, 0); !math.IsNaN(got) {
		t.Errorf("outside the grid: %v, want NaN", got)
	}
}
