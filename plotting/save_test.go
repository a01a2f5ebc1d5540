package plotting

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot/vg"

	"github.com/liegg/lab/plotting/internal/pixels"
)

func TestPNGDensity(t *testing.T) {
	c := Bias([]float64{1, 2})
	c.Width, c.Height = 4*vg.Inch, 2*vg.Inch
	data, width, height, err := encodePNG(c)
	if err != nil {
		t.Fatal(err)
	}
	if width != 384 || height != 192 {
		t.Errorf("a page shows %d × %d, want 384 × 192", width, height)
	}
	if file, err := PNG(c); err != nil || !bytes.Equal(file, data) {
		t.Errorf("PNG returns other bytes: %v", err)
	}
	img, err := png.Decode(bytes.NewReader(data)) // checks the other chunks
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() != 768 || b.Dy() != 384 {
		t.Errorf("%v pixels, want 768 × 384", b)
	}
	chunk := data[bytes.Index(data, []byte("pHYs"))-4:][:21]
	x, y := binary.BigEndian.Uint32(chunk[8:]), binary.BigEndian.Uint32(chunk[12:])
	if x != 7559 || y != 7559 || chunk[16] != 1 { // 192 / 0.0254
		t.Errorf("density %d × %d of unit %d, want 7559 a metre", x, y, chunk[16])
	}
	if sum := binary.BigEndian.Uint32(chunk[17:]); sum != crc32.ChecksumIEEE(chunk[4:17]) {
		t.Error("the checksum of pHYs is wrong")
	}
}

// Fewer colours must not show: flat colours stay, others move little.
func TestReduceColors(t *testing.T) {
	f := func(x, y float64) float64 { return x*x + y }
	img, _ := pixelsWith(Function(f, Plane{}, mat.NewDense(2, 2, []float64{0, -1, 1, 0})), isRed)
	full := img.(*image.RGBA)
	reduced := pixels.ReduceColors(full, 256)
	if n := len(reduced.Palette); n > 256 || n < 200 {
		t.Errorf("%d colours", n)
	}
	far := 0
	for y := range full.Rect.Dy() {
		for x := range full.Rect.Dx() {
			a := full.RGBAAt(x, y)
			r, g, b, _ := reduced.At(x, y).RGBA()
			if apart(a.R, r) > 16 || apart(a.G, g) > 16 || apart(a.B, b) > 16 {
				far++
			}
		}
	}
	if share := float64(far) / float64(full.Rect.Dx()*full.Rect.Dy()); share > 0.002 {
		t.Errorf("%.2f %% of the pixels moved by more than 16 of 255", 100*share)
	}
	if again := pixels.ReduceColors(full, 256); !bytes.Equal(again.Pix, reduced.Pix) {
		t.Error("the same picture gave other colours")
	}
}

func apart(a uint8, b uint32) int { return max(int(a)-int(b>>8), int(b>>8)-int(a)) }

func TestSaveFormats(t *testing.T) {
	dir := t.TempDir()
	grid := Grid(2, Bias([]float64{1}), Heatmap(mat.NewDense(2, 2, nil), Cells{}),
		Function(func(x, _ float64) float64 { return x }, Plane{}, nil),
		Strip([]mat.Matrix{mat.NewDense(2, 2, nil)}, []string{"t = 0"}))
	for name, magic := range map[string]string{"a.png": "\x89PNG", "b.SVG": "<?xml", "c.pdf": "%PDF-"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := Save(grid, path); err != nil {
			t.Error(err)
		}
		if data, _ := os.ReadFile(path); !strings.HasPrefix(string(data), magic) {
			t.Errorf("%s starts with %.20q", name, data)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 3 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestSaveKeepsMode(t *testing.T) {
	dir := t.TempDir()
	victim, path, link := filepath.Join(dir, "victim"), filepath.Join(dir, "a.png"), filepath.Join(dir, "b.png")
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.WriteFile(victim, []byte("mine"), 0o600), os.Symlink(victim, link)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(Save(Bias([]float64{1}), path), Save(Bias([]float64{1}), link)); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode() != 0o600 || info.Size() == 0 {
		t.Errorf("the picture is %v, %v", info, err)
	}
	if text, err := os.ReadFile(victim); string(text) != "mine" {
		t.Errorf("behind the link stands %.20q, %v", text, err)
	}
}

func TestSaveErrors(t *testing.T) {
	dir := t.TempDir()
	taken := filepath.Join(dir, "folder.png")
	if err := os.Mkdir(taken, 0o755); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "a.bmp"):         `the extension is ".bmp"; use .png, .svg, .pdf or .gif`,
		filepath.Join(dir, "a"):             `the extension is ""`,
		filepath.Join(dir, "none", "a.png"): "no such file or directory",
		taken:                               "folder.png",
	} {
		err := Save(Bias(nil), path)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}
