package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{}, {"help"}, {"--help"}} {
		stdout, _, err := do(t, args...)
		if err != nil || !strings.Contains(stdout, "go run ./kernel COMMAND") {
			t.Errorf("%v: %q, %v", args, stdout, err)
		}
	}
	for _, sub := range subcommands() {
		stdout, _, err := do(t, sub.name, "--help")
		if err != nil || !strings.Contains(stdout, "go run ./kernel "+sub.name) || !strings.Contains(stdout, sub.about) {
			t.Errorf("%s: %q, %v", sub.name, stdout, err)
		}
	}
}

func TestUnknownIsExplained(t *testing.T) {
	for _, args := range [][]string{{"labs"}, {"run", "--fast", "a.ipynb"}, {"doctor", "me"}} {
		_, stderr, err := do(t, args...)
		if err == nil || !strings.Contains(stderr, "Usage: go run ./kernel") {
			t.Errorf("%v: %q, %v", args, stderr, err)
		}
	}
}

func TestInstallAndUninstall(t *testing.T) {
	data := filepath.Join(t.TempDir(), "jupyter")
	t.Setenv("JUPYTER_DATA_DIR", data)
	stdout, stderr, err := do(t, "install")
	if err != nil || !strings.Contains(stdout, displayName) {
		t.Fatal(stdout, stderr, err)
	}
	const find = "from jupyter_client.kernelspec import KernelSpecManager; print(KernelSpecManager().get_kernel_spec('liegg').display_name)"
	found, err := output(child(t.Context(), 0, prepared.python(), "-c", find))
	if err != nil || strings.TrimSpace(string(found)) != displayName {
		t.Errorf("Jupyter finds the kernel %q, %v", found, err)
	}
	if _, _, err := do(t, "uninstall"); err != nil {
		t.Error(err)
	}
	noneLeft(t, data)
	if stdout, _, err := do(t, "uninstall"); err != nil || !strings.Contains(stdout, "not installed") {
		t.Errorf("a second uninstall: %q, %v", stdout, err)
	}
}

// Others' kernels stay where they are.
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

func TestDoctorOfThePrepared(t *testing.T) {
	stdout, _, err := do(t, "doctor")
	if err != nil {
		t.Error(err)
	}
	for _, want := range []string{"Python", "C compiler", "MNIST", "Cells will use the backend " + chooseBackend(prepared).Backend, chooseBackend(prepared).Why} {
		if !strings.Contains(strings.ToLower(stdout), strings.ToLower(want)) {
			t.Errorf("doctor does not tell of %q:\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, "not prepared yet") {
		t.Errorf("something is not prepared:\n%s", stdout)
	}
}

// With nothing there, doctor still says what to do.
func TestDoctorOfAnEmptyMachine(t *testing.T) {
	t.Setenv("LIEGG_CACHE", t.TempDir())
	t.Setenv("PATH", t.TempDir())
	stdout, _, err := do(t, "doctor")
	if err == nil {
		t.Error("without Go and Python notebooks cannot run")
	}
	for _, want := range []string{"Go 1.26.5 or later is needed", "python3-venv", "apt-get install gcc", "prepare xla", "Cells will use the backend go: there is no C compiler"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("doctor does not say %q:\n%s", want, stdout)
		}
	}
}

func TestChooseBackend(t *testing.T) {
	plugin := "/opt/some/pjrt_c_api_cpu_plugin.so"
	empty := place{Cache: t.TempDir(), Checkout: prepared.Checkout}
	cases := []struct {
		name, backend, plugin, cgo string
		place                      place
		want                       string
	}{
		{name: "prepared", place: prepared, want: chooseBackend(prepared).Backend},
		{name: "nothing prepared", place: empty, want: "go"},
		{name: "by hand", place: prepared, backend: "xla:cuda", plugin: plugin, want: "xla:cuda"},
		{name: "no compiler", place: prepared, cgo: "0", plugin: plugin, want: "go"},
	}
	if hasCompiler() && !hasNVIDIA() {
		cases = append(cases, cases[0])
		cases[4].name, cases[4].plugin, cases[4].want = "named plugin", plugin, "xla:"+plugin
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("LIEGG_BACKEND", c.backend)
			t.Setenv("LIEGG_PLUGIN", c.plugin)
			t.Setenv("CGO_ENABLED", c.cgo)
			if got := chooseBackend(c.place); got.Backend != c.want || got.Why == "" {
				t.Errorf("got %+v, want %s", got, c.want)
			}
		})
	}
}
