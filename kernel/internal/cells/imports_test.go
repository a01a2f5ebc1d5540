package cells

import (
	"os"
	"strings"
	"testing"
)

func TestUnusedDotImportsAreBlanked(t *testing.T) {
	exported := func(path string) []string {
		return map[string][]string{"a/graph": {"Node", "Square"}, "b/more": {"Add"}, "c/none": {}}[path]
	}
	const used = "\t. \"a/graph\"\n"
	cases := map[string]struct {
		body string
		kept bool
	}{
		"a type":                       {"var n *Node", true},
		"a function":                   {"func f() { Square(1) }", true},
		"a key of a map":               {"var m = map[int]int{Square: 1}", true},
		"nothing":                      {"func f() {}", false},
		"a selector of the name":       {"func f() { x.Square() }", false},
		"a function of its own":        {"func Square() {}\nfunc f() { Square() }", false},
		"a variable of its own":        {"func f() { Square := 1; _ = Square }", false},
		"a method":                     {"type T int\nfunc (T) Square() {}", false},
		"a name in a string":           {"const c = `\nNode\n`", false},
		"a name in a comment":          {"// Node\nvar x int", false},
		"what cannot be parsed, kept ": {"func f( {", true},
	}
	for name, c := range cases {
		text := "package main\n\nimport (\n" + used + "\t\"fmt\"\n)\n\n" + c.body + "\n"
		got := string(withoutDotImports([]byte(text), exported))
		if strings.Contains(got, used) != c.kept {
			t.Errorf("%s: got\n%s", name, got)
		}
		if strings.Count(got, "\n") != strings.Count(text, "\n") || len(got) != len(text) {
			t.Errorf("%s: lines have moved:\n%s", name, got)
		}
	}
	several := "package main\nimport . \"a/graph\"\nimport (. \"b/more\"; . \"c/none\"; . \"d/unknown\"; _ \"e\")\nvar x = Add(1)\n"
	want := "package main\nimport            \nimport (. \"b/more\";           ; . \"d/unknown\"; _ \"e\")\nvar x = Add(1)\n"
	if got := string(withoutDotImports([]byte(several), exported)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestReportedImportsAreDropped(t *testing.T) {
	t.Chdir(t.TempDir())
	const program = "package main\n\nimport (\n\t. \"a/graph\"\n\tg \"b/c\"\n\t\"fmt\"\n)\n"
	if err := os.WriteFile("main.go", []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	said := "# gonb_1\n./main.go:4:2: \"a/graph\" imported and not used\n./main.go:5:2: \"b/c\" imported as g and not used\n./main.go:9:2: undefined: x\n"
	if !DropReported([]byte(said)) {
		t.Error("nothing is dropped")
	}
	if got, want := read(t, "main.go"), "package main\n\nimport (\n            \n        \n\t\"fmt\"\n)\n"; len(got) != len(program) || strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("got %q", got)
	}
	if DropReported([]byte("./main.go:1:1: \"fmt\" imported and not used\n./main.go:99:1: \"fmt\" imported and not used\n./main.go:9:2: undefined: x")) {
		t.Error("something is dropped that is not there")
	}
}
