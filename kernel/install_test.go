package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestInstallAndUninstallLeaveNothing(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "jupyter")
	t.Setenv("JUPYTER_DATA_DIR", data)
	if _, stderr, err := do(t, "install"); err != nil {
		t.Fatal(err, stderr)
	}
	text, err := os.ReadFile(filepath.Join(specFolder(data), "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Argv []string
		Name string `json:"display_name"`
	}
	if err := json.Unmarshal(text, &spec); err != nil {
		t.Fatal(err)
	}
	if spec.Name != "Go (LieGG)" || !filepath.IsAbs(spec.Argv[0]) || !exists(spec.Argv[0]) {
		t.Errorf("the entry is %s", text)
	}
	if out, _, err := do(t, "doctor"); err != nil || !strings.Contains(out, specFolder(data)) {
		t.Errorf("doctor does not see the entry: %v\n%s", err, out)
	}
	if _, stderr, err := do(t, "uninstall"); err != nil {
		t.Fatal(err, stderr)
	}
	noneLeft(t, filepath.Join(dir, "*"))
}

func TestWithoutPythonItSaysWhatToDo(t *testing.T) {
	t.Setenv("LIEGG_CACHE", t.TempDir())
	t.Setenv("LIEGG_PYTHON", "no-python-of-this-name")
	notebook := writeNotebook(t, filepath.Join(t.TempDir(), "n.ipynb"), trivialCell(1))
	for _, args := range [][]string{{"run", notebook}, {"doctor"}} {
		out, _, err := do(t, args...)
		if err == nil {
			t.Errorf("%v: no error", args)
			continue
		}
		if said := out + err.Error(); !strings.Contains(said, "Python 3.10 or later") || !strings.Contains(said, "apt-get install python3 python3-venv") {
			t.Errorf("%v said %q", args, said)
		}
	}
}
