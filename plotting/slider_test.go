package plotting

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"image/gif"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/pixels"
	"github.com/liegg/lab/plotting/internal/planar"
)

// turned returns frames that differ, of two sizes.
func turned() *Frames {
	wide := testChart().Titled("wide & <high>")
	return Slider([]Figure{Bars([]string{"a", "b"}, []float64{1, 2}), wide, Bars([]string{"a", "b"}, []float64{2, 1})}, []string{"t = 0", `t = "1"`, "t = 2"}).Starting(1)
}

// imagesOf returns the attributes of all images of a fragment, which must be well-formed, and its scripts.
func imagesOf(t *testing.T, fragment string) (images []map[string]string, scripts int) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader("<page>" + fragment + "</page>"))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return images, scripts
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "img" {
			attributes := map[string]string{}
			for _, a := range e.Attr {
				attributes[a.Name.Local] = a.Value
			}
			images = append(images, attributes)
		} else if ok && e.Name.Local == "script" {
			scripts++
		}
	}
}

// Frames are shown as pictures of one size with labels, of which one is visible without a script.
func TestSliderShowsOneFrameWithoutScripts(t *testing.T) {
	d, err := displayData(turned())
	if err != nil {
		t.Fatal(err)
	}
	fragment, _ := d.Data[protocol.MIMETextHTML].(string)
	images, scripts := imagesOf(t, fragment)
	if len(images) != 3 || scripts != 1 || !strings.Contains(fragment, "<figcaption>t = &#34;1&#34;</figcaption>") {
		t.Fatalf("%d images, %d scripts in %.300s", len(images), scripts, fragment)
	}
	for i, image := range images {
		_, hidden := image["hidden"]
		raw, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(image["src"], "data:image/png;base64,"))
		size, err := png.DecodeConfig(bytes.NewReader(raw))
		if err != nil || size.Width != 2*528 || size.Height != 2*336 || image["width"] != "528" {
			t.Errorf("frame %d is %v, shown at a width of %s: %v", i, size, image["width"], err)
		}
		if hidden != (i != 1) || image["title"] != turned().Labels[i] || !strings.HasPrefix(image["alt"], "wide & <high>; ") {
			t.Errorf("frame %d: hidden %v, label %q, text %q", i, hidden, image["title"], image["alt"])
		}
	}
	if strings.ContainsAny(sliderScript, "<&") {
		t.Error("the script cannot stand in XML")
	}
}

// Many frames take no more than 300 kB together.
func TestSliderIsLight(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	rotation := mat.NewDense(2, 2, []float64{0, -1, 1, 0})
	s := LevelSets(func(x, y float64) float64 { return math.Hypot(x, 2*y) }, Plane{}, rotation, math.Pi, 20)
	still := s.Figures[0]
	for i, f := range s.Figures {
		s.Figures[i] = Grid(2, f, still)
	}
	fragment, err := HTML(s)
	if err != nil || len(fragment) > 300_000 {
		t.Errorf("21 frames take %d bytes: %v", len(fragment), err)
	}
}

// Frame t shows the values of f after the flow.
func TestLevelSetsFollowTheFlow(t *testing.T) {
	boost := planar.NewAffine("", mat.NewDense(2, 2, []float64{0, 1, 1, 0}))
	grids, _ := alongFlow(func(x, y float64) float64 { return x }, Plane{Radius: 2}, boost, 1, 2)
	for k, g := range grids {
		time := float64(k) / 2
		for _, at := range [][2]int{{0, 0}, {10, 70}, {80, 40}} {
			x, y := g.X(at[0]), g.Y(at[1])
			if got, want := g.Z(at[0], at[1]), x*math.Cosh(time)+y*math.Sinh(time); math.Abs(got-want) > 1e-12 {
				t.Errorf("frame %d at (%v, %v): %v, want %v", k, x, y, got, want)
			}
		}
	}
}

// Level sets of an invariant function stay, but for rounding at their edges. Others move, and keep their colours.
func TestLevelSetsOfAnInvariantFunctionStay(t *testing.T) {
	rotation := mat.NewDense(2, 2, []float64{0, -1, 1, 0})
	changed := func(f func(x, y float64) float64, frame int) (share float64) {
		s := LevelSets(f, Plane{}, rotation, math.Pi, 4)
		a, b := pixelsOf(s.Figures[0], look.MapWidth, look.MapHeight, pixels.CSSDPI), pixelsOf(s.Figures[frame], look.MapWidth, look.MapHeight, pixels.CSSDPI)
		for i := 0; i < len(a.Pix); i += 4 {
			if !bytes.Equal(a.Pix[i:i+4], b.Pix[i:i+4]) {
				share += 4 / float64(len(a.Pix))
			}
		}
		return share
	}
	if share := changed(math.Hypot, 2); share > .005 {
		t.Errorf("circles: %.3f of the pixels change", share)
	}
	ellipses := func(x, y float64) float64 { return math.Hypot(x, 2*y) }
	if share := changed(ellipses, 2); share < .1 {
		t.Errorf("ellipses: %.3f of the pixels change after a quarter of a turn", share)
	}
	if share := changed(ellipses, 4); share > .005 {
		t.Errorf("ellipses: %.3f of the pixels change after half a turn", share)
	}
}

func TestAnimate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "moved.GIF")
	images := []mat.Matrix{mat.NewDense(2, 2, []float64{0, 0, 0, 1}), mat.NewDense(2, 2, []float64{0, 0, .5, 0}), mat.NewDense(2, 2, nil)}
	if err := Animate(path, images, []string{"a", "b", "c"}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	g, err := gif.DecodeAll(bytes.NewReader(data))
	if err != nil || len(g.Image) != 3 || g.LoopCount != 0 {
		t.Fatalf("%d frames, loops %d: %v", len(g.Image), g.LoopCount, err)
	}
	for i, want := range []uint32{0xffff, 0, 0} { // the brightest pixel of all images is white in its own only
		at := g.Image[i].Bounds()
		if r, _, _, _ := g.Image[i].At(3*at.Dx()/4, at.Dx()*3/4).RGBA(); r != want {
			t.Errorf("image %d: the lower right pixel is %x, want %x", i, r, want)
		}
	}
	if err := Animate(filepath.Join(t.TempDir(), "a.mp4"), images, nil); err == nil || !strings.Contains(err.Error(), "Animate writes .gif") {
		t.Errorf("%v", err)
	}
}

func TestFramesMisuse(t *testing.T) {
	one := []Figure{testChart()}
	for want, misuse := range map[string]func(){
		"Slider: there are no figures":                func() { Slider(nil, nil) },
		"Slider: 2 labels for 1 figures":              func() { Slider(one, []string{"a", "b"}) },
		"Slider: figures[0] is nil":                   func() { Slider([]Figure{nil}, []string{"a"}) },
		"Starting: First is 1, want 0 … 0":            func() { Slider(one, []string{"a"}).Starting(1) },
		"Animate: there are no images":                func() { _ = Animate("a.gif", nil, nil) },
		"Pictures: images[0] is nil":                  func() { Pictures([]mat.Matrix{nil}, nil) },
		"Beside: 1 frames beside 3":                   func() { turned().Beside(Slider(one, []string{"a"})) },
		"WithOutputs: 0 rows of outputs for 1 images": func() { WithOutputs([]mat.Matrix{mat.NewDense(1, 1, nil)}, nil, nil) },
		"Bars: 1 names for 2 values":                  func() { Bars([]string{"a"}, []float64{1, 2}) },
		"LevelSets: f is nil":                         func() { LevelSets(nil, Plane{}, mat.NewDense(2, 2, nil), 1, 1) },
		"LevelSets: end is NaN and steps is 3, want a fin": func() {
			LevelSets(math.Hypot, Plane{}, mat.NewDense(2, 2, nil), math.NaN(), 3)
		},
	} {
		func() {
			defer func() {
				if p, _ := recover().(string); !strings.HasPrefix(p, "plotting: "+want) {
					t.Errorf("panics with %q, want %q", p, want)
				}
			}()
			misuse()
		}()
	}
}
