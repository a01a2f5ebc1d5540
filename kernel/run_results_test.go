package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
)

// brought is a notebook with all that a user may have put into one.
const brought = `{
 "cells": [
  {"cell_type": "code", "execution_count": 12, "metadata": {"slideshow": {"slide_type": "slide"}, "nbgrader": {"grade": true, "points": 2}, "tags": ["intro"]},
   "outputs": [], "source": "%%\nfmt.Println(\"first\")"},
  {"cell_type": "code", "execution_count": 13, "metadata": {"collapsed": true},
   "outputs": [], "source": "%%\nfmt.Println(\"second\")\nWAIT"},
  {"cell_type": "code", "execution_count": 14, "metadata": {},
   "outputs": [{"output_type": "stream", "name": "stdout", "text": ["before\n"]}], "source": "%%\nfmt.Println(\"third\")"}
 ],
 "metadata": {
  "authors": [{"name": "E. Noether"}],
  "jupytext": {"formats": "ipynb,go:percent"},
  "kernelspec": {"display_name": "Go (gonb)", "language": "go", "name": "gonb"},
  "language_info": {"name": "go", "version": "go1.20"},
  "title": "Invariante Variationsprobleme"
 },
 "nbformat": 4,
 "nbformat_minor": 4
}
`

func writeBrought(t *testing.T, name, wait string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(brought, "WAIT", wait)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRunKeepsWhatANotebookBrings(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	notebook := writeBrought(t, "kept.ipynb", "")
	before := readNotebook(t, notebook)
	if _, stderr, err := do(t, "run", notebook); err != nil {
		t.Fatal(err, stderr)
	}
	after := readNotebook(t, notebook)
	if !reflect.DeepEqual(after.Metadata, before.Metadata) {
		t.Errorf("the metadata is\n%v, was\n%v", after.Metadata, before.Metadata)
	}
	for i, cell := range after.Cells {
		if !reflect.DeepEqual(cell.Metadata, before.Cells[i].Metadata) {
			t.Errorf("cell %d: the metadata is %v, was %v", i+1, cell.Metadata, before.Cells[i].Metadata)
		}
		if cell.ExecutionCount == nil || *cell.ExecutionCount != i+1 || cell.ID != "" {
			t.Errorf("cell %d: the count is %v, the id %q", i+1, cell.ExecutionCount, cell.ID)
		}
	}
	if got, want := after.printed(), "first\nsecond\nthird\n"; got != want {
		t.Errorf("stored is %q, not %q", got, want)
	}
}

// A signal ends a run; what it has computed is stored, and the rest stays.
func TestRunInterruptedStoresWhatItHas(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			notebook := writeBrought(t, "slow.ipynb", `time.Sleep(2 * time.Second)\nos.WriteFile(\"ready\", nil, 0o600)\ntime.Sleep(time.Hour)`)
			folder := filepath.Dir(notebook)
			run := exec.Command(filepath.Join(prepared.Bin(), setup.KernelBinary), "run", notebook)
			run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			said := &strings.Builder{}
			run.Stderr = said
			if err := run.Start(); err != nil {
				t.Fatal(err)
			}
			waitUntil(t, "the second cell runs", func() bool { return system.Exists(filepath.Join(folder, "ready")) })
			run.Process.Signal(signal)
			if err := run.Wait(); run.ProcessState.ExitCode() != 130 {
				t.Errorf("it ended with %v, and said %s", err, said)
			}
			nb := readNotebook(t, notebook)
			if got, want := nb.printed(), "first\nsecond\nbefore\n"; got != want {
				t.Errorf("stored is %q, not %q", got, want)
			}
			outputs := nb.Cells[1].Outputs
			if last := outputs[len(outputs)-1]; last.OutputType != "error" || !strings.Contains(last.EValue, "interrupted") {
				t.Errorf("the cell that was interrupted ends with %+v", last)
			}
			if !strings.Contains(said.String(), "interrupted in cell 2/3") || !strings.Contains(said.String(), "1 of 3 cells") {
				t.Errorf("it said %s", said)
			}
			waitUntil(t, "all that ran in the notebook's folder has ended", func() bool { return !runsIn(folder) })
		})
	}
}

func TestRunWritesThroughALinkAndKeepsTheMode(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	real := writeNotebook(t, filepath.Join(t.TempDir(), "real.ipynb"), "%%\nfmt.Println(41+1)")
	folder := t.TempDir()
	link, victim := filepath.Join(folder, "link.ipynb"), filepath.Join(folder, "victim")
	out := filepath.Join(folder, "out")
	if err := errors.Join(os.Symlink(real, link), os.WriteFile(victim, []byte("mine"), 0o644), os.Mkdir(out, 0o755),
		os.Symlink(victim, link+".half-made"), os.Symlink(victim, filepath.Join(folder, "link.html")),
		os.Symlink(victim, filepath.Join(out, "link.ipynb"))); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"run", link}, {"run", "--html", link}, {"run", link, "-o", out}} {
		if _, stderr, err := do(t, args...); err != nil {
			t.Fatal(err, stderr)
		}
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is now %v, %v", info, err)
	}
	if got := read(t, victim); got != "mine" {
		t.Errorf("a file behind a planted link now holds %.40q", got)
	}
	for _, path := range []string{real, filepath.Join(folder, "link.html"), filepath.Join(out, "link.ipynb")} {
		if info, err := os.Lstat(path); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s has the mode %v, %v", path, info.Mode(), err)
		}
		if !strings.Contains(read(t, path), "42") {
			t.Errorf("%s does not hold what the cell has printed", path)
		}
	}
}

// All that keeps results from being stored is found before anything runs.
func TestRunRefusesBeforeItRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	for _, name := range []string{"A", "B", "n.html", "D"} {
		if err := os.Mkdir(at(name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"n.ipynb", "A/n.ipynb", "B/n.ipynb", "fixed.ipynb", "A/locked.ipynb"} {
		writeNotebook(t, at(name), "%%\nfmt.Println(1)")
	}
	if err := errors.Join(os.WriteFile(at("file"), nil, 0o600), os.Chmod(at("fixed.ipynb"), 0o400),
		os.Symlink(at("n.ipynb"), at("same.ipynb")), os.Mkdir(at("D/n.ipynb"), 0o755)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		said string
	}{
		"one over the other":  {[]string{at("A/n.ipynb"), at("B/n.ipynb"), "-o", at("out")}, "both be written to"},
		"twice":               {[]string{at("n.ipynb"), at("n.ipynb")}, "both be written to"},
		"twice, by a link":    {[]string{at("n.ipynb"), at("same.ipynb")}, "both be written to"},
		"over one that runs":  {[]string{at("A/n.ipynb"), at("B/n.ipynb"), "-o", at("B")}, "both be written to"},
		"a file as folder":    {[]string{at("n.ipynb"), "-o", at("file")}, "file"},
		"below a file":        {[]string{at("n.ipynb"), "-o", at("file/below")}, "file"},
		"a folder in the way": {[]string{at("n.ipynb"), "-o", at("D")}, "it is a folder"},
		"page":                {[]string{at("n.ipynb"), "--html"}, "it is a folder"},
		"two pages":           {[]string{at("A/n.ipynb"), at("A/n.ipynb"), "--html"}, "both be written to"},
		"read-only":           {[]string{at("fixed.ipynb")}, "read-only"},
		"no place":            {[]string{at("n.ipynb"), "-o", "/proc/nowhere"}, "/proc/nowhere"},
	} {
		_, stderr, err := do(t, append([]string{"run"}, c.args...)...)
		if err == nil || !strings.Contains(err.Error(), c.said) {
			t.Errorf("%s: error %v", name, err)
		}
		if strings.Contains(stderr, "cell 1") {
			t.Errorf("%s: it ran nevertheless: %s", name, stderr)
		}
	}
	if _, stderr, err := do(t, "run", at("fixed.ipynb"), "-o", at("out")); err != nil {
		t.Errorf("a notebook that may only be read is not written elsewhere: %v, %s", err, stderr)
	}
}

// What is computed is not thrown away because its folder has gone meanwhile.
func TestRunKeepsResultsElsewhereIfTheirPlaceIsGone(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Setenv("TMPDIR", t.TempDir())
	folder := filepath.Join(t.TempDir(), "out")
	notebook := writeNotebook(t, filepath.Join(t.TempDir(), "n.ipynb"),
		"%%\nos.RemoveAll("+quoted(folder)+")\nos.WriteFile("+quoted(folder)+", nil, 0o600)\nfmt.Println(41+1)")
	_, stderr, err := do(t, "run", notebook, "-o", folder)
	if !errors.Is(err, errReported) || !strings.Contains(stderr, "cannot write the results") {
		t.Errorf("error %v, stderr %s", err, stderr)
	}
	_, kept, _ := strings.Cut(stderr, "is kept in ")
	if got := readNotebook(t, strings.TrimSpace(kept)).printed(); got != "42\n" {
		t.Errorf("kept is %q", got)
	}
}

// An edit that is saved while the notebook runs is worth more than the results,
// which are kept elsewhere.
func TestRunLeavesWhatWasEditedMeanwhile(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Setenv("TMPDIR", t.TempDir())
	folder := t.TempDir()
	out := filepath.Join(folder, "out")
	for name, edited := range map[string]string{
		"in place": filepath.Join(folder, "n.ipynb"),
		"to -o":    filepath.Join(out, "n.ipynb"),
	} {
		t.Run(name, func(t *testing.T) {
			notebook := writeNotebook(t, filepath.Join(folder, "n.ipynb"),
				"%%\nos.WriteFile("+quoted(edited)+", []byte("+quoted("edited")+"), 0o600)\nfmt.Println(41+1)")
			args := []string{"run", notebook}
			if edited != notebook {
				args = append(args, "-o", out)
			}
			stdout, stderr, err := do(t, args...)
			if !errors.Is(err, errReported) || !strings.Contains(stderr, "was changed while the notebook ran") || stdout != "" {
				t.Errorf("error %v, stdout %q, stderr %s", err, stdout, stderr)
			}
			if got := read(t, edited); got != "edited" {
				t.Errorf("the edited file now holds %.60q", got)
			}
			_, kept, _ := strings.Cut(stderr, "is kept in ")
			if got := readNotebook(t, strings.TrimSpace(kept)).printed(); got != "42\n" {
				t.Errorf("kept is %q", got)
			}
			noneLeft(t, filepath.Join(filepath.Dir(edited), ".n.ipynb-*"))
		})
	}
}

func quoted(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// The fault may stand in another cell than the one that failed.
func TestRunBlamesTheCellOfTheFault(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for name, c := range map[string]struct {
		cells []string
		said  string
	}{
		"panic": {[]string{"func at(i int) int {\n\tx := []int{1}\n\treturn x[i]\n}\n%%\nfmt.Println(at(0))", "%%\nlog.SetFlags(log.Llongfile)\nlog.Print(\"here\")\nfmt.Println(at(3))"},
			"cell 2/2 failed at line 3 of cell 1:\n  return x[i]\n"},
		"compiler": {[]string{"func one() int {\n\treturn 1\n}\n\nfunc two() int {\n\treturn 1 + one()\n}", "func one() string {\n\treturn \"one\"\n}\n%%\nfmt.Println(one())"},
			"cell 2/2 failed at line 6 of cell 1:\n  return 1 + one()\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, stderr, err := do(t, "run", writeNotebook(t, filepath.Join(t.TempDir(), "early.ipynb"), c.cells...))
			if !errors.Is(err, errReported) || !strings.Contains(stderr, c.said) {
				t.Errorf("error %v, stderr %s", err, stderr)
			}
		})
	}
}

func TestRunTellsWhatIsWrongWithItsFlags(t *testing.T) {
	notebook := writeNotebook(t, filepath.Join(t.TempDir(), "n.ipynb"), "%%\nfmt.Println(1)")
	for _, c := range []struct{ flag, value, said string }{
		{"--timeout", "2", "write 2s for seconds"}, {"--timeout", "1.5", "write 1.5s"}, {"--timeout", "soon", "90s"},
		{"--timeout", "-3s", "positive"}, {"--timeout", "0", "positive"}, {"--timeout", "", "90s"},
		{"--backend", "nosuch", "no such backend"}, {"--backend", "xla:nosuch", "no plugin of this name"},
		{"--backend", "xla:/no/such/plugin.so", "no such file"}, {"--backend", "xla:./plugin.so", "absolute path"},
	} {
		t.Setenv("LIEGG_BACKEND", "")
		_, stderr, err := do(t, "run", notebook, c.flag, c.value)
		if err == nil || !strings.Contains(err.Error(), c.said) || strings.Contains(stderr, "cell 1") {
			t.Errorf("%s %q: error %v, stderr %s", c.flag, c.value, err, stderr)
		}
	}
	t.Setenv("LIEGG_BACKEND", "nonsense")
	for _, args := range [][]string{{"run", notebook}, {"lab", notebook}} {
		if _, _, err := do(t, args...); err == nil || !strings.Contains(err.Error(), "no such backend") {
			t.Errorf("%v: error %v", args, err)
		}
	}
	if out, _, err := do(t, "doctor"); err == nil || !strings.Contains(out, "no such backend") {
		t.Errorf("doctor: error %v, %s", err, out)
	}
}

// An event may be longer than any buffer.
func TestReportReadsLongEvents(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	said := &strings.Builder{}
	r := newReport(&call{stderr: said}, setup.NewProgress(said), "n.ipynb")
	long := strings.Repeat("x", 80<<20)
	line, err := json.Marshal(event{Event: "refused", Path: "n.ipynb", Value: long})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.read(bufio.NewReader(strings.NewReader(string(line) + "\n"))); err != nil || !strings.Contains(said.String(), long) {
		t.Errorf("%d bytes were shown, error %v", said.Len(), err)
	}
}

// GoNB leaves a position unnamed if the Go runtime writes it in two pieces.
func TestBlameTakesTheFirstPosition(t *testing.T) {
	program := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(program, []byte("package main\n\n\treturn x[i]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	notebook := writeNotebook(t, filepath.Join(t.TempDir(), "n.ipynb"), "func at(i int) int {\n\treturn x[i]\n}", "%%\nfmt.Println(at(3))")
	for name, c := range map[string]struct{ mark, said string }{
		"named":   {"[[ Cell [1] Line 3 ]] ", "1 3 }"},
		"unnamed": {"", "1 2 return x[i]"},
	} {
		trace := "panic: out of range\n\nmain.at(...)\n\t" + c.mark + program + ":3\nmain.main()\n\t[[ Cell [2] Line 2 ]] " + program + ":9 +0xcb\n"
		got := python(t, `
import nbformat
from blame import blame
nb = nbformat.read(sys.argv[1], as_version=4)
nb.cells[2].outputs = [nbformat.v4.new_output("stream", name="stderr", text=sys.argv[2])]
print(*blame(nb, 2))`, notebook, trace)
		if strings.TrimSpace(got) != c.said {
			t.Errorf("%s: %q, want %q", name, got, c.said)
		}
	}
}
