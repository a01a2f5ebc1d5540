package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNewWritesANotebookOnce(t *testing.T) {
	folder := t.TempDir()
	path, err := newNotebook(folder, "my \"question\".ipynb")
	if err != nil || path != filepath.Join(folder, "my \"question\".ipynb") {
		t.Fatal(path, err)
	}
	n := readNotebook(t, path)
	if len(n.Cells) < 5 {
		t.Errorf("%d cells", len(n.Cells))
	}
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := newNotebook(folder, "my \"question\""); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("a notebook is replaced: %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "mine" {
		t.Error("what was there is gone")
	}
	if at, err := newNotebook("elsewhere", filepath.Join(folder, "other")); err != nil || at != filepath.Join(folder, "other.ipynb") {
		t.Error(at, err)
	}
	for name, want := range map[string]string{"": "no name", ".": "no name", "/": "no name", ".ipynb": "no name",
		".hidden": "JupyterLab does not show", filepath.Join(folder, "nowhere", "x"): "no folder " + filepath.Join(folder, "nowhere")} {
		if _, err := newNotebook(folder, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, not %q", name, err, want)
		}
	}
}

// The template runs as it is, and its hypothesis stands.
func TestNewNotebookRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	path, err := newNotebook(t.TempDir(), "hypothesis")
	if err != nil {
		t.Fatal(err)
	}
	if _, stderr, err := do(t, "run", path); err != nil {
		t.Fatal(err, stderr)
	}
	printed := readNotebook(t, path).printed()
	for _, want := range []string{"1 generator, Lie algebra so(2)", "invariant", "broken"} {
		if !strings.Contains(printed, want) {
			t.Errorf("printed no %q:\n%s", want, printed)
		}
	}
}
