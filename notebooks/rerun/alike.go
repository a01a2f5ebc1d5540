package rerun

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// alike compares a cell with the one stored: its source and the kinds of its
// outputs exactly, words exactly, numbers and pictures nearly.
func alike(got, want Cell) error {
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
func alikePicture(got, want Text) error {
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

func decode(data Text) (image.Image, error) {
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
