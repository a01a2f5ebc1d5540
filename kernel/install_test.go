package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/kernel/internal/setup"
	"github.com/liegg/lab/kernel/internal/system"
)

func TestInstallAndUninstallLeaveNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	dir := t.TempDir()
	data := filepath.Join(dir, "jupyter")
	t.Setenv("JUPYTER_DATA_DIR", data)
	if _, stderr, err := do(t, "install"); err != nil {
		t.Fatal(err, stderr)
	}
	text, err := os.ReadFile(filepath.Join(setup.SpecFolder(data), "kernel.json"))
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
	if spec.Name != "Go (LieGG)" || !filepath.IsAbs(spec.Argv[0]) || !system.Exists(spec.Argv[0]) {
		t.Errorf("the entry is %s", text)
	}
	const find = "from jupyter_client.kernelspec import KernelSpecManager; print(KernelSpecManager().get_kernel_spec('liegg').display_name)"
	if found, err := system.Output(system.Child(t.Context(), 0, prepared.Python(), "-c", find)); err != nil || strings.TrimSpace(string(found)) != setup.DisplayName {
		t.Errorf("Jupyter finds the kernel %q, %v", found, err)
	}
	if out, _, err := do(t, "doctor"); err != nil || !strings.Contains(out, setup.SpecFolder(data)) {
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

func TestUninstallTakesOnlyTheLabsKernel(t *testing.T) {
	data := t.TempDir()
	t.Setenv("JUPYTER_DATA_DIR", data)
	other := filepath.Join(data, "kernels", "other", "kernel.json")
	if err := system.WriteAtomically(other, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := setup.LaySpec(prepared, data); err != nil {
		t.Fatal(err)
	}
	if _, _, err := do(t, "uninstall"); err != nil || !system.Exists(other) || system.Exists(setup.SpecFolder(data)) {
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

// A folder with things of the user's is neither taken nor made private, and never
// removed.
func TestForeignFolderIsLeftAlone(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("LIEGG_CACHE", cache)
	t.Setenv("JUPYTER_DATA_DIR", t.TempDir())
	thesis := filepath.Join(cache, "thesis.tex")
	if err := errors.Join(os.WriteFile(thesis, nil, 0o644), os.Mkdir(filepath.Join(cache, "venv"), 0o755), os.Chmod(cache, 0o755)); err != nil {
		t.Fatal(err)
	}
	notebook := writeNotebook(t, filepath.Join(t.TempDir(), "n.ipynb"), trivialCell(1))
	for _, args := range [][]string{{"doctor"}, {"prepare", "mnist"}, {"run", notebook}, {"lab"}, {"install"}, {"uninstall", "--all"}} {
		out, stderr, err := do(t, args...)
		if err == nil || !strings.Contains(out+stderr+err.Error(), "holds other things (thesis.tex)") {
			t.Errorf("%v: error %v", args, err)
		}
	}
	entries, err := os.ReadDir(cache)
	info, errStat := os.Stat(cache)
	if err != nil || errStat != nil || len(entries) != 2 || info.Mode().Perm() != 0o755 {
		t.Errorf("the folder now holds %v, with the mode %v", entries, info.Mode())
	}
}

func TestDoctorMakesNoFolder(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "liegg")
	t.Setenv("LIEGG_CACHE", cache)
	do(t, "doctor")
	if system.Exists(cache) {
		t.Error("doctor has made the private folder")
	}
}

// A name that the lab uses, too, does not make a folder the lab's.
func TestUnmarkedFolderIsLeftAlone(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Setenv("JUPYTER_DATA_DIR", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	hex := strings.Repeat("0a", 16)
	for name, text := range map[string]string{"venv/x": "mine", "networks/x": "", "tmp/x": "", "trainings/x.unfinished": "", "lean/x": "", "checkout/x": "",
		"stamp/x": "", "xla/x": "", "gopls/x": "", "stamp/xla": "mine", "stamp/penny-black": hex + hex, "networks/mine/network.json": "", "checkout/a/stamp/mine": hex + hex} {
		cache := t.TempDir()
		t.Setenv("LIEGG_CACHE", cache)
		if err := system.WriteAtomically(filepath.Join(cache, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"doctor"}, {"prepare", "mnist"}, {"uninstall", "--all"}} {
			out, _, err := do(t, args...)
			if err == nil || !strings.Contains(out+err.Error(), "but not the mark file") {
				t.Errorf("%s: %v: error %v", name, args, err)
			}
		}
		if entries, err := os.ReadDir(cache); err != nil || len(entries) != 1 || read(t, filepath.Join(cache, name)) != text {
			t.Errorf("%s: the folder now holds %v, %v", name, entries, err)
		}
	}
}

// What shows that the lab has prepared a folder, or trained in it, makes it the lab's.
func TestFolderThatWasUsedIsTheLabs(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Setenv("JUPYTER_DATA_DIR", t.TempDir())
	hex := strings.Repeat("0a", 16)
	for name, text := range map[string]string{markFile: "", "stamp/xla": hex + hex, "stamp/python-0a0a0a0a0a0a": hex + hex, "checkout/a/stamp/warm": "failed " + hex + hex,
		"networks/" + hex + "/network.json": "{}", "trainings/" + hex + ".unfinished": ""} {
		cache := t.TempDir()
		t.Setenv("LIEGG_CACHE", cache)
		if err := errors.Join(system.WriteAtomically(filepath.Join(cache, name), []byte(text), 0o600), os.Mkdir(filepath.Join(cache, "venv"), 0o700)); err != nil {
			t.Fatal(err)
		}
		if out, _, err := do(t, "doctor"); err != nil {
			t.Errorf("%s: doctor: %v\n%s", name, err, out)
		}
		if _, _, err := do(t, "uninstall", "--all"); err != nil || system.Exists(cache) {
			t.Errorf("%s: the folder is still there: %v", name, err)
		}
	}
}

// A private folder from before the mark is the lab's; what others put into a marked
// one stays when the lab goes.
func TestUninstallAllTakesOnlyItsOwn(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("LIEGG_CACHE", cache)
	t.Setenv("JUPYTER_DATA_DIR", t.TempDir())
	for _, name := range []string{"networks/1", "venv/2/bin", "kept/value", "judge/5", "stamp", system.UnfinishedMark + "3", "tmp/k4"} {
		if err := os.MkdirAll(filepath.Join(cache, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(cache, "stamp", "xla"), []byte(system.Digest()), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, stderr, err := do(t, "prepare", "mnist"); err != nil {
		t.Fatal(err, stderr)
	}
	if info, err := os.Stat(cache); err != nil || info.Mode().Perm() != 0o700 || !system.Exists(filepath.Join(cache, markFile)) {
		t.Errorf("the folder was not taken: %v, %v", info.Mode(), err)
	}
	leavesTheRest(t, cache)
}

// The usual folder is the lab's by its name, whatever else lies there.
func TestUsualFolderIsTaken(t *testing.T) {
	t.Setenv("LIEGG_CACHE", "")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir()) // on macOS the caches lie there
	t.Setenv("JUPYTER_DATA_DIR", t.TempDir())
	p, err := setup.FindPaths()
	if err != nil {
		t.Fatal(err)
	}
	cache := p.Cache
	claim := func() error {
		return setup.Prepare(t.Context(), p, setup.NewProgress(io.Discard), nil, false) // of no step
	}
	if err := errors.Join(system.WriteAtomically(filepath.Join(cache, "stamp", "xla"), []byte(system.Digest()), 0o600), os.MkdirAll(filepath.Join(cache, "kept by hand"), 0o700)); err != nil {
		t.Fatal(err)
	}
	if err := claim(); err != nil || !system.Exists(filepath.Join(cache, markFile)) {
		t.Error("the folder was not taken:", err)
	}
	if err := errors.Join(os.Remove(filepath.Join(cache, markFile)), os.RemoveAll(filepath.Join(cache, "stamp")), os.Remove(filepath.Join(cache, "kept by hand")),
		os.Mkdir(filepath.Join(cache, "venv"), 0o700), claim()); err != nil {
		t.Fatal(err)
	}
	leavesTheRest(t, cache)
}

// markFile marks a private folder as the lab's.
const markFile = ".liegg-lab"

// leavesTheRest wants uninstall --all to leave a file of the user's, and to remove
// the folder once nothing of the user's is in it.
func leavesTheRest(t *testing.T, cache string) {
	t.Helper()
	thesis := filepath.Join(cache, "thesis.tex")
	if err := os.WriteFile(thesis, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, err := do(t, "uninstall", "--all")
	if entries, _ := os.ReadDir(cache); err != nil || len(entries) != 2 || !system.Exists(thesis) || !strings.Contains(out, "thesis.tex") {
		t.Errorf("left are %v; it said %s, error %v", entries, out, err)
	}
	if err := os.Remove(thesis); err != nil {
		t.Fatal(err)
	}
	if _, _, err := do(t, "uninstall", "--all"); err != nil || system.Exists(cache) {
		t.Errorf("the folder is still there: %v", err)
	}
}
