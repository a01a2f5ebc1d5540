package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
)

// inNewSession makes a session's folder, with the environment of its cells,
// the working directory.
func inNewSession(t *testing.T, p setup.Paths, program string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "gonb_plan")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	goPath, err := setup.RealGo()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	t.Setenv("LIEGG_GO", goPath)
	t.Setenv("LIEGG_CACHE", p.Cache)
	t.Setenv("LIEGG_CHECKOUT", p.Checkout)
	if err := setup.LaySession(p, dir, "gonb_plan"); err != nil {
		t.Fatal(err)
	}
	writeMain(t, program)
}

func writeMain(t *testing.T, program string) {
	t.Helper()
	if err := os.WriteFile("main.go", []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
}

// says is a program that prints text.
func says(text string) string {
	return "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Print(\"" + text + "\") }\n"
}

// built builds main.go with a go command and returns what the program prints,
// and whether a plan has built it: then it has no build ID.
func built(t *testing.T, goCommand string) (printed string, planned bool) {
	t.Helper()
	if out, err := exec.Command(goCommand, "build", "-o", "gonb_plan").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	out, err := exec.Command("./gonb_plan").Output()
	if err != nil {
		t.Fatal(err)
	}
	id, err := exec.Command(os.Getenv("LIEGG_GO"), "tool", "buildid", "gonb_plan").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out), strings.TrimSpace(string(id)) == ""
}

func TestPlanBuildsWhatGoBuilds(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	inNewSession(t, prepared, says("one"))
	shim, real := filepath.Join(prepared.Shim(), "go"), os.Getenv("LIEGG_GO")
	for _, c := range []struct {
		text, imports, goCommand string
		planned                  bool
	}{
		{"one", "_ \"strings\"", shim, false}, // and recorded
		{"two", "", shim, true},
		{"one", "_ \"strings\"", real, false}, // which does not take the program for its own
		{"three", "_ \"strings\"", shim, true},
		{"four", "_ \"encoding/xml\"", shim, false},
		{"five", "_ \"encoding/xml\"", shim, true},
	} {
		writeMain(t, strings.Replace(says(c.text), "\"fmt\"", "(\n\"fmt\"\n"+c.imports+"\n)", 1))
		if printed, planned := built(t, c.goCommand); printed != c.text || planned != c.planned {
			t.Errorf("%s built by %s prints %q; by a plan: %v", c.text, c.goCommand, printed, planned)
		}
	}
}

// Compile errors are reported in the words of the go command, with the nearest name, and have no lasting
// effect.
func TestPlanLeavesErrorsToGo(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	inNewSession(t, prepared, says("one"))
	shim := filepath.Join(prepared.Shim(), "go")
	built(t, shim)
	writeMain(t, strings.Replace(says("two"), "fmt.Print", "fmt.Paint", 1))
	out, err := exec.Command(shim, "build", "-o", "gonb_plan").CombinedOutput()
	if want := "# gonb_plan\n./main.go:5:19: undefined: fmt.Paint; did you mean fmt.Print?\n"; err == nil || string(out) != want {
		t.Errorf("it says %q, not %q; error %v", out, want, err)
	}
	writeMain(t, says("three"))
	if printed, _ := built(t, shim); printed != "three" {
		t.Errorf("after an error: %q", printed)
	}
	cleaned, err := filepath.Glob(".plan-*/importcfg.link") // as if what it names were gone
	if err != nil || len(cleaned) != 1 {
		t.Fatalf("there are the plans %q, error %v", cleaned, err)
	}
	if err := os.WriteFile(cleaned[0], []byte("packagefile fmt=gone.a\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	writeMain(t, says("four"))
	if printed, planned := built(t, shim); printed != "four" || planned {
		t.Errorf("after the cache was cleaned: %q, by a plan: %v", printed, planned)
	}
}

// A plan holds for one set of imports, sources, modules and settings.
func TestPlanKey(t *testing.T) {
	p := setup.Paths{Cache: t.TempDir(), Checkout: t.TempDir()}
	source := filepath.Join(p.Checkout, "liegg", "a.go")
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(p.Checkout, "go.mod"), "module "+setup.ModulePath+"\n\ngo 1.26.5\n")
	write(filepath.Join(p.Checkout, "go.sum"), "")
	write(source, "package liegg\n")
	inNewSession(t, p, says("one"))
	last := ""
	for _, c := range []struct {
		what    string
		do      func()
		changes bool
	}{
		{"the first cell", func() {}, true},
		{"another body", func() { writeMain(t, says("two")) }, false},
		{"another source", func() { write(source, "package liegg\n\nvar A int\n") }, true},
		{"a setting", func() { t.Setenv("GOFLAGS", "-race") }, true},
		{"a requirement", func() { write("go.sum", "a.org/b v1.0.0 h1:\n") }, true},
	} {
		c.do()
		key, err := planKey()
		if err != nil || (key != last) != c.changes {
			t.Errorf("%s: the key changes: %v, error %v", c.what, key != last, err)
		}
		last = key
	}
}

func TestNoPlanForMoreThanMain(t *testing.T) {
	inNewSession(t, prepared, says("one"))
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	planned := func() bool {
		_, first := mainImports()
		_, second := planKey()
		return first == nil && second == nil
	}
	for _, c := range []struct{ file, text string }{
		{"main.go", "//go:build linux\n\n" + says("one")},
		{"main.go", "package main\n\nimport \"C\"\n\nfunc main() {}\n"},
		{"main.go", "package other\n"},
		{"other.go", says("one")},
		{"go.work", "go 1.26\n"},
		{"go.mod", string(mod) + "\nreplace a.org/b => ../b\n"},
	} {
		before, err := os.ReadFile(c.file)
		if err := os.WriteFile(c.file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if planned() {
			t.Errorf("there is a plan for %s with %q", c.file, c.text)
		}
		if err != nil {
			os.Remove(c.file)
			continue
		}
		system.WriteAtomically(c.file, before, 0o600)
	}
	if !planned() {
		t.Error("there is no plan for the cell alone")
	}
}

func TestShellWords(t *testing.T) {
	got, err := shellWords(`GOROOT='/a b' link  -o "$WORK/b001=>" ''`)
	if want := "GOROOT=/a b|link|-o|$WORK/b001=>|"; err != nil || strings.Join(got, "|") != want {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := shellWords(`a\ b`); err == nil {
		t.Error("an escape is read")
	}
}

// In a real session the second cell is built by the plan of the first, and a
// panic in it names the line of the cell.
func TestPlanInKernel(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	cell := "%%\nid, err := exec.Command(\"go\", \"tool\", \"buildid\", os.Args[0]).Output()\n" +
		"fmt.Println(\"cell\", CELL, len(bytes.TrimSpace(id)) == 0, err)"
	panics := "%%\nfmt.Println(\"cell 3\")\n\npanic(\"on purpose\")"
	notebook := writeNotebook(t, filepath.Join(t.TempDir(), "plan.ipynb"),
		strings.ReplaceAll(cell, "CELL", "1"), strings.ReplaceAll(cell, "CELL", "2"), panics)
	_, stderr, err := do(t, "run", notebook)
	if printed := readNotebook(t, notebook).printed(); !strings.Contains(printed, "cell 1 false <nil>\ncell 2 true <nil>\n") {
		t.Errorf("the cells print %q", printed)
	}
	if err == nil || !strings.Contains(stderr, "cell 3/3 failed at its line 4:\n  panic(\"on purpose\")\n") {
		t.Errorf("error %v: %s", err, stderr)
	}
}
