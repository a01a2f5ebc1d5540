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
	const find = "from jupyter_client.kernelspec import KernelSpecManager; print(KernelSpecManager().get_kernel_spec('liegg').display_name)"
	if found, err := output(child(t.Context(), 0, prepared.python(), "-c", find)); err != nil || strings.TrimSpace(string(found)) != displayName {
		t.Errorf("Jupyter finds the kernel %q, %v", found, err)
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

func TestUninstallTakesOnlyItsOwn(t *testing.T) {
	data := t.TempDir()
	t.Setenv("JUPYTER_DATA_DIR", data)
	other := filepath.Join(data, "kernels", "other", "kernel.json")
	if err := writeAside(other, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := laySpec(prepared, data); err != nil {
		t.Fatal(err)
	}
	if _, _, err := do(t, "uninstall"); err != nil || !exists(other) || exists(specFolder(data)) {
		t.Errorf("error %v", err)
	}
}

func TestUninstallAllLeavesNothing(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "liegg")
	t.Setenv("LIEGG_CACHE", cache)
	t.Setenv("JUPYTER_DATA_DIR", t.TempDir())
	if _, _, err := do(t, "prepare", "mnist"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(cache); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the private folder: %v, %v", info, err)
	}
	if _, _, err := do(t, "uninstall", "--all"); err != nil {
		t.Error(err)
	}
	noneLeft(t, cache)
}
