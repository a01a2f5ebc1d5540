package keep

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const cell = `package main

import "github.com/liegg/lab/liegg/keep"

type network struct{ width int }

func (n network) depth() int { return layers }

const layers = 3

var scale = 2.0

func helper(n network) float64 { return scale * float64(n.depth()) }

func unrelated() {}

func main() {
	unrelated()
	width := 4
	aside := 5
	n := network{width}
	for i := range 3 {
		n.width += i
	}
	if aside > 3 {
		aside = 6
	}
	_ = aside
	v := keep.Value("v", func() float64 {
		return helper(n)
	})
	println(v, aside)
}
`

// parts returns what the call in a program depends on.
func parts(t *testing.T, text string) map[string]string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := readProgram(file)
	if err != nil {
		t.Fatal(err)
	}
	line := strings.Count(text[:strings.Index(text, "keep.Value")], "\n") + 1
	digests, err := p.sources("v", position{file, line})
	if err != nil {
		t.Fatal(err)
	}
	return digests
}

// A value depends on exactly the code that it reaches.
func TestSources(t *testing.T) {
	before := parts(t, cell)
	for _, c := range []struct {
		old, new string
		want     []string
	}{
		{"return scale *", "return 2 * scale *", []string{"helper has changed"}},
		{"return layers", "return layers + 1", []string{"network has changed"}},
		{"layers = 3", "layers = 4", []string{"layers has changed"}},
		{"scale = 2.0", "scale = 2.5", []string{"scale has changed"}},
		{"width int", "width int64", []string{"network has changed"}},
		{"width := 4", "width := 5", []string{"the cell has changed"}},
		{"n.width += i", "n.width -= i", []string{"the cell has changed"}},
		{"range 3", "range 4", []string{"the cell has changed"}},
		{"return helper(n)", "return -helper(n)", []string{"the cell has changed"}},
		{"aside := 5", "aside := 7", nil},
		{"aside = 6", "aside = 8", nil},
		{"func unrelated() {}", "func unrelated() { println() }", nil},
		{"println(v, aside)", "println(aside)", nil},
		{"return helper(n)", "// why\n\t\treturn   helper(n)", nil},
		{"func unrelated", "func init() { scale = 3 }\n\nfunc unrelated", []string{"init is new"}},
	} {
		changed := strings.Replace(cell, c.old, c.new, 1)
		if changed == cell {
			t.Fatalf("%q is not in the cell", c.old)
		}
		if got := changes(before, parts(t, changed)); !slices.Equal(got, c.want) {
			t.Errorf("%q for %q: %q, want %q", c.new, c.old, got, c.want)
		}
	}
}

// In a loop, statements below the call run before its next turn.
func TestSourcesInALoop(t *testing.T) {
	text := `package main

import "github.com/liegg/lab/liegg/keep"

func main() {
	x := 0
	for i := 0; i < 3; i++ {
		keep.Value("v", func() int { return x })
		x += 2
	}
}
`
	for _, change := range [][2]string{{"x += 2", "x += 3"}, {"x := 0", "x := 1"}} {
		if changes(parts(t, text), parts(t, strings.Replace(text, change[0], change[1], 1))) == nil {
			t.Errorf("%s makes no difference", change[1])
		}
	}
}
