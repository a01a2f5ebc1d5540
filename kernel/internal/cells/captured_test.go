package cells

import (
	"strings"
	"testing"
)

func TestVariablesThatAKeptValueUsesAreNamed(t *testing.T) {
	const head = "package main\n\nimport \"github.com/liegg/lab/liegg/keep\"\n\nvar shared = 3\n\nfunc f(n int) int { return n }\n\n"
	for _, c := range []struct{ body, want string }{
		{"x := 1\n\tkeep.Value(\"v\", func() int { y := x; return f(y) })", `return f(y) }, keep.Captured("x", x), keep.Declared("shared", &shared))`},
		{"x, z := 1, 2\n\tkeep.Value[int](\"v\", func() int { return z + x + z }, 4)", `}, 4, keep.Captured("z", z), keep.Captured("x", x), keep.Declared("shared", &shared))`},
		{"keep.Value(\"v\", func() int { return shared })", `shared }, keep.Declared("shared", &shared))`},
		{"keep.Value(\"v\", func() int {\n\t\treturn f(1)\n\t},\n\t)", "return f(1)\n\t}, keep.Declared(\"shared\", &shared),\n\t)"},
		{"for i := range 3 {\n\t\tkeep.Value(\"v\", func() int { return keep.Value(\"w\", func() int { return i }) })\n\t}",
			`return i }, keep.Captured("i", i), keep.Declared("shared", &shared)) }, keep.Captured("i", i), keep.Declared("shared", &shared))`},
		{"x, on := 1, []any{2}\n\tkeep.Value(\"v\", func() int { return x }, on...)", `return x }, keep.Also(on, keep.Captured("x", x), keep.Declared("shared", &shared))...)`},
		{"keep.Value(\"v\", func() int { x := 1; return x })", `return x }, keep.Declared("shared", &shared))`},
	} {
		text := head + "func main() {\n\t" + c.body + "\n}\n"
		told := string(withCaptured([]byte(text)))
		if !strings.Contains(told, c.want) {
			t.Errorf("%s\nis told as\n%s\nwithout %s", c.body, told, c.want)
		}
		if strings.Count(told, "\n") != strings.Count(text, "\n") {
			t.Errorf("%s: lines have moved", c.body)
		}
	}
	for _, text := range []string{"package main", "no Go", strings.Replace(head, "keep\"", "other\"", 1) + "func main() { keep.Value(\"v\", func() int { return shared }) }"} {
		if told := string(withCaptured([]byte(text))); told != text {
			t.Errorf("%s\nis changed to\n%s", text, told)
		}
	}
}
