package main

import (
	"strings"
	"testing"

	"github.com/liegg/lab/kernel/internal/setup"
)

func TestDoctorOfThePrepared(t *testing.T) {
	stdout, _, err := do(t, "doctor")
	if err != nil {
		t.Error(err)
	}
	for _, want := range []string{"Python", "C compiler", "MNIST", "Cells will use the backend " + setup.ChooseBackend(prepared).Backend, setup.ChooseBackend(prepared).Why} {
		if !strings.Contains(strings.ToLower(stdout), strings.ToLower(want)) {
			t.Errorf("doctor does not tell of %q:\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, "not prepared yet") {
		t.Errorf("something is not prepared:\n%s", stdout)
	}
}

func TestDoctorOfAnEmptyMachine(t *testing.T) {
	t.Setenv("LIEGG_CACHE", t.TempDir())
	t.Setenv("PATH", t.TempDir())
	stdout, _, err := do(t, "doctor")
	if err == nil {
		t.Error("without Go and Python notebooks cannot run")
	}
	for _, want := range []string{"Go 1.26.5 or later is needed", "python3-venv", "apt-get install gcc", "prepare xla", "Cells will use the backend go: ", "C compiler"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("doctor does not say %q:\n%s", want, stdout)
		}
	}
}

// A ~ in quotes reaches the lab as it stands, and would be a folder of that name.
func TestTildeOfNoShell(t *testing.T) {
	t.Setenv("LIEGG_CACHE", "~/x")
	if _, _, err := do(t, "doctor"); err == nil || !strings.Contains(err.Error(), "LIEGG_CACHE is ~/x") {
		t.Errorf("error %v", err)
	}
	t.Setenv("LIEGG_CACHE", "./~x")
	if p, err := setup.FindPaths(); err != nil || !strings.HasSuffix(p.Cache, "kernel/~x") {
		t.Errorf("%s, %v", p.Cache, err)
	}
}

func TestChooseBackend(t *testing.T) {
	plugin := "/opt/some/pjrt_c_api_cpu_plugin.so"
	empty := setup.Paths{Cache: t.TempDir(), Checkout: prepared.Checkout}
	cases := []struct {
		name, backend, plugin, cgo string
		paths                      setup.Paths
		want                       string
	}{
		{name: "prepared", paths: prepared, want: setup.ChooseBackend(prepared).Backend},
		{name: "nothing prepared", paths: empty, want: "go"},
		{name: "by hand", paths: prepared, backend: "xla:cuda", plugin: plugin, want: "xla:cuda"},
		{name: "no compiler", paths: prepared, cgo: "0", plugin: plugin, want: "go"},
	}
	if setup.HasCompiler() && !setup.HasNVIDIA() {
		cases = append(cases, cases[0])
		cases[4].name, cases[4].plugin, cases[4].want = "named plugin", plugin, "xla:"+plugin
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("LIEGG_BACKEND", c.backend)
			t.Setenv("LIEGG_PLUGIN", c.plugin)
			t.Setenv("CGO_ENABLED", c.cgo)
			if got := setup.ChooseBackend(c.paths); got.Backend != c.want || got.Why == "" {
				t.Errorf("got %+v, want %s", got, c.want)
			}
		})
	}
}
