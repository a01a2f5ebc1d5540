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
		{"func unrelated", "func init() { scale = 3 }\n\nfunc unrelated", []string{"init is new", "what sets scale is new"}},
		{"println(v, aside)", "scale = 5", []string{"main is new", "unrelated is new", "what sets scale is new"}},
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

// What the kernel adds to a call changes nothing, and a function that is no source is refused.
func TestNamedVariablesAreNoSource(t *testing.T) {
	named := strings.Replace(cell, "return helper(n)\n\t})", "return helper(n)\n\t}, keep.Captured(\"n\", n), keep.Declared(\"scale\", &scale))", 1)
	if got := changes(parts(t, cell), parts(t, named)); named == cell || got != nil {
		t.Errorf("%q", got)
	}
	spread := strings.Replace(cell, "return helper(n)\n\t})", "return helper(n)\n\t}, on...)", 1)
	joined := strings.Replace(spread, "on...", "keep.Also(on, keep.Captured(\"n\", n), keep.Declared(\"scale\", &scale))...", 1)
	if got := changes(parts(t, spread), parts(t, joined)); joined == spread || got != nil {
		t.Errorf("with values that are spread: %q", got)
	}
	file := filepath.Join(t.TempDir(), "main.go")
	for _, f := range []string{"f", "fs[0]", "n.method", "made()"} {
		text := "package main\n\nfunc run(f func() int) {\n\tkeep.Value(\"v\", " + f + ")\n}\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := readProgram(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.sources("v", position{file, 4}); err == nil || !strings.Contains(err.Error(), "not written in the call") {
			t.Errorf("%s: %v", f, err)
		}
	}
}

// A session of a notebook gives its module a name at random.
func TestModulesOf(t *testing.T) {
	digests := func(mod string, files map[string]string) map[string]string {
		folder := t.TempDir()
		files["go.mod"] = mod
		for name, text := range files {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		found, err := modulesOf(folder)
		if err != nil {
			t.Fatal(err)
		}
		var values []string
		for _, v := range found {
			values = append(values, v)
		}
		slices.Sort(values)
		return map[string]string{"all": strings.Join(values, " ")}
	}
	session := digests("module gonb_1\n\ngo 1.26\n", map[string]string{"main.go": "package main", "data": "1"})
	embeds := digests("module a\n\ngo 1.26\n", map[string]string{"main.go": "package main\n\n//go:embed data\nvar s string", "data": "1"})
	for _, c := range []struct {
		name   string
		a, b   map[string]string
		differ bool
	}{
		{"another name", session, digests("module gonb_2\n\ngo 1.26\n", map[string]string{"main.go": "package main", "data": "1"}), false},
		{"another version", session, digests("module gonb_1\n\ngo 1.27\n", map[string]string{"main.go": "package main", "data": "1"}), true},
		{"other data", session, digests("module gonb_1\n\ngo 1.26\n", map[string]string{"main.go": "package main", "data": "2"}), false},
		{"other embedded data", embeds, digests("module a\n\ngo 1.26\n", map[string]string{"main.go": "package main\n\n//go:embed data\nvar s string", "data": "2"}), true},
	} {
		if differ := changes(c.a, c.b) != nil; differ != c.differ {
			t.Errorf("%s: changed %t, want %t", c.name, differ, c.differ)
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
