package rerun

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// folder holds the notebooks, seen from the packages below this one.
const folder = "../.."

// Repeat runs the notebooks of the given names, in the form in which they are stored, and
// compares them with what is stored. It takes minutes, and -short skips it.
func Repeat(t *testing.T, names ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("slow")
	}
	out := t.TempDir()
	args := []string{"run", "github.com/liegg/lab/kernel", "run", "--canonical", "-o", out}
	for _, name := range names {
		args = append(args, filepath.Join(folder, name))
	}
	run := exec.Command("go", args...)
	run.Stdout, run.Stderr = os.Stderr, os.Stderr
	if err := run.Run(); err != nil {
		t.Fatal("the notebooks do not run: ", err)
	}
	for _, name := range names {
		compare(t, name, Read(t, filepath.Join(out, name)), Read(t, filepath.Join(folder, name)))
	}
}

// RepeatInGo is Repeat on the backend in pure Go, for notebooks with many small programs, which XLA
// takes minutes to compile. What is stored was computed on XLA: the answers must not depend on it.
func RepeatInGo(t *testing.T, names ...string) {
	t.Helper()
	t.Setenv("LIEGG_BACKEND", "go")
	Repeat(t, names...)
}

func compare(t *testing.T, name string, got, want Notebook) {
	t.Helper()
	if len(got.Cells) != len(want.Cells) {
		t.Fatalf("%s: %d cells, stored are %d", name, len(got.Cells), len(want.Cells))
	}
	for i := range want.Cells {
		if err := alike(got.Cells[i], want.Cells[i]); err != nil {
			t.Errorf("%s, cell %d: %v", name, i+1, err)
		}
	}
}
