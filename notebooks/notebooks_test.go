// Package notebooks tests the notebooks that lie here: they run through the real
// kernel and still print and draw what is stored.
package notebooks

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// notebook is what these tests read of an .ipynb file.
type notebook struct {
	Cells    []cell         `json:"cells"`
	Metadata map[string]any `json:"metadata"`
}

type cell struct {
	Kind     string         `json:"cell_type"`
	Source   text           `json:"source"`
	Count    *int           `json:"execution_count"`
	Metadata map[string]any `json:"metadata"`
	Outputs  []output       `json:"outputs"`
}

type output struct {
	Kind string          `json:"output_type"`
	Name string          `json:"name"`
	Text text            `json:"text"`
	Data map[string]text `json:"data"`
}

// text is a string that notebooks also store as a list of lines.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	var lines []string
	if err := json.Unmarshal(data, &lines); err == nil {
		*t = text(strings.Join(lines, ""))
		return nil
	}
	return json.Unmarshal(data, (*string)(t))
}

func read(t *testing.T, path string) notebook {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var n notebook
	if err := json.Unmarshal(data, &n); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return n
}

func stored(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("*.ipynb")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no notebooks here: %v", err)
	}
	return paths
}

// Stored notebooks have one form, so that a change of theirs is a change of
// substance: executed without errors, no counts, no metadata of a front end.
func TestStoredForm(t *testing.T) {
	for _, path := range stored(t) {
		if info, err := os.Stat(path); err != nil || info.Size() > 500_000 {
			t.Errorf("%s: %v bytes (%v), the limit is 500 000", path, info.Size(), err)
		}
		n := read(t, path)
		for key := range n.Metadata {
			if key != "kernelspec" && key != "language_info" {
				t.Errorf("%s: metadata %q", path, key)
			}
		}
		drawn := 0
		for i, c := range n.Cells {
			if c.Count != nil {
				t.Errorf("%s, cell %d: execution count %d", path, i+1, *c.Count)
			}
			for key := range c.Metadata {
				if key != "tags" {
					t.Errorf("%s, cell %d: metadata %q", path, i+1, key)
				}
			}
			for _, o := range c.Outputs {
				if o.Kind == "error" || o.Name == "stderr" {
					t.Errorf("%s, cell %d: stored with an error: %s", path, i+1, o.Text)
				}
				if o.Data["image/png"] != "" {
					drawn++
				}
			}
		}
		if drawn == 0 {
			t.Errorf("%s shows no picture", path)
		}
	}
}

// The README's picture is one that a notebook draws.
func TestReadmePicture(t *testing.T) {
	want, err := os.ReadFile("learned_rotation.png")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range read(t, "02_rotated_mnist.ipynb").Cells {
		for _, o := range c.Outputs {
			raw, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(o.Data["image/png"]), "\n", ""))
			if err == nil && bytes.Equal(raw, want) {
				return
			}
		}
	}
	t.Error("learned_rotation.png is not drawn by 02_rotated_mnist: take it from the notebook again")
}

func TestNotebooksRepeat(t *testing.T) {
	paths := stored(t)
	folder := t.TempDir()
	run := exec.Command("go", append([]string{"run", "github.com/liegg/lab/kernel", "run", "-o", folder}, paths...)...)
	run.Stdout, run.Stderr = os.Stderr, os.Stderr
	if err := run.Run(); err != nil {
		t.Fatal("the notebooks do not run: ", err)
	}
	for _, path := range paths {
		want, got := read(t, path), read(t, filepath.Join(folder, path))
		if len(got.Cells) != len(want.Cells) {
			t.Fatalf("%s: %d cells, stored are %d", path, len(got.Cells), len(want.Cells))
		}
		for i := range want.Cells {
			if err := alike(got.Cells[i], want.Cells[i]); err != nil {
				t.Errorf("%s, cell %d: %v", path, i+1, err)
			}
		}
	}
}

// alike compares a cell with the one stored: its source and the kinds of its
// outputs exactly, words exactly, numbers and pictures nearly.
func alike(got, want cell) error {
	if got.Source != want.Source {
		return fmt.Errorf("running it changed the source")
	}
	if len(got.Outputs) != len(want.Outputs) {
		return fmt.Errorf("%d outputs, stored are %d", len(got.Outputs), len(want.Outputs))
	}
	for k := range want.Outputs {
		g, w := got.Outputs[k], want.Outputs[k]
		if g.Kind != w.Kind || g.Name != w.Name {
			return fmt.Errorf("output %d is %s %s, stored is %s %s", k+1, g.Kind, g.Name, w.Kind, w.Name)
		}
		if err := alikeText(string(g.Text), string(w.Text)); err != nil {
			return err
		}
		if err := alikePicture(g.Data["image/png"], w.Data["image/png"]); err != nil {
			return fmt.Errorf("output %d: %w", k+1, err)
		}
	}
	return nil
}

func TestAlike(t *testing.T) {
	for _, c := range []struct {
		got, want string
		alike     bool
	}{
		{"10 small, bias 0.0052", "10 small, bias 0.0060", true},
		{"9 small, bias 0.0052", "10 small, bias 0.0052", false},
		{"bias 0.0052", "variance 0.0052", false},
		{"bias 0.9", "bias 0.005", false},
		{"1.2e-15", "3.1e-16", true},
		{" 1° ", "0.98°", true},
	} {
		if err := alikeText(c.got, c.want); (err == nil) != c.alike {
			t.Errorf("%q for %q: %v", c.got, c.want, err)
		}
	}
}

var number = regexp.MustCompile(`[-+]?\d+(\.\d+)?([eE][-+]?\d+)?`)

// Training goes another way on another processor: figures of a trained network
// keep their size, not their digits. Whole numbers are counts and stay.
const (
	relative = .6
	absolute = .06
)

func alikeText(got, want string) error {
	words := func(s string) string { return strings.Join(strings.Fields(number.ReplaceAllString(s, "#")), " ") }
	if words(got) != words(want) {
		return fmt.Errorf("it printed\n%s\nstored is\n%s", got, want)
	}
	g, w := number.FindAllString(got, -1), number.FindAllString(want, -1)
	for i := range w {
		x, errX := strconv.ParseFloat(g[i], 64)
		y, errY := strconv.ParseFloat(w[i], 64)
		if errX != nil || errY != nil {
			return fmt.Errorf("%q, %q: no numbers", g[i], w[i])
		}
		count := !strings.ContainsAny(g[i]+w[i], ".eE") && math.Max(x, y) > 3 // 1° may be 0.98° rounded
		near := math.Abs(x-y) <= math.Max(absolute, relative*math.Max(math.Abs(x), math.Abs(y)))
		if count && x != y || !near {
			return fmt.Errorf("it printed %s where %s is stored, in\n%s", g[i], w[i], got)
		}
	}
	return nil
}

// alikePicture wants pictures of one size (within a fifth, labels may differ in
// width) whose grey values, seen from afar, differ by a tenth on average at most.
func alikePicture(got, want text) error {
	if got == "" && want == "" {
		return nil
	}
	g, err := decode(got)
	if err != nil {
		return fmt.Errorf("the picture drawn: %w", err)
	}
	w, err := decode(want)
	if err != nil {
		return fmt.Errorf("the picture stored: %w", err)
	}
	near := func(a, b int) bool { return math.Abs(float64(a-b)) <= .2*float64(max(a, b)) }
	if !near(g.Bounds().Dx(), w.Bounds().Dx()) || !near(g.Bounds().Dy(), w.Bounds().Dy()) {
		return fmt.Errorf("the picture measures %v, stored is %v", g.Bounds(), w.Bounds())
	}
	const tiles = 24
	a, b := afar(g, tiles), afar(w, tiles)
	sum := 0.0
	for i := range a {
		sum += math.Abs(a[i]-b[i]) / float64(len(a))
	}
	if sum > .1 {
		return fmt.Errorf("the picture differs from the one stored by %.0f %% on average", 100*sum)
	}
	return nil
}

func decode(data text) (image.Image, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(data), "\n", ""))
	if err != nil {
		return nil, err
	}
	return png.Decode(bytes.NewReader(raw))
}

// afar returns the mean grey, in [0, 1], of n×n tiles.
func afar(m image.Image, n int) []float64 {
	grey, count := make([]float64, n*n), make([]float64, n*n)
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			tile := (y-b.Min.Y)*n/b.Dy()*n + (x-b.Min.X)*n/b.Dx()
			r, g, bl, _ := m.At(x, y).RGBA()
			grey[tile] += float64(r+g+bl) / (3 * 0xffff)
			count[tile]++
		}
	}
	for i := range grey {
		grey[i] /= count[i]
	}
	return grey
}
