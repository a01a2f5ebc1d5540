package main

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/liegg/lab/kernel/internal/setup"
)

// Without any network a prepared kernel starts, prepares nothing, links
// whatever the checkout requires, and does so after %reset, too. Two at once
// do not disturb each other.
func TestOfflineTwoAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, setting := range []string{"GOPROXY=off", "GOFLAGS=-mod=readonly", "PIP_NO_INDEX=1", "PIP_INDEX_URL=http://127.0.0.1:9"} {
		name, value, _ := strings.Cut(setting, "=")
		t.Setenv(name, value)
	}
	plot := "import \"gonum.org/v1/plot\"\n%%\nfmt.Println(plot.New().BackgroundColor != nil)"
	var wg sync.WaitGroup
	for _, name := range []string{"one", "two"} {
		notebook := writeNotebook(t, filepath.Join(t.TempDir(), name+".ipynb"),
			"%%\nfmt.Println(\"I am "+name+"\")", "%reset", plot, "%reset go.mod", networkCell(t))
		wg.Go(func() {
			_, stderr, err := do(t, "run", notebook)
			if err != nil || strings.Contains(stderr, "[1/") {
				t.Errorf("%v: %s", err, stderr)
				return
			}
			printed := readNotebook(t, notebook).printed()
			for _, want := range []string{"I am " + name + "\n", "true\n", " 14\n"} {
				if !strings.Contains(printed, want) {
					t.Errorf("%s printed %q, without %q", name, printed, want)
				}
			}
		})
	}
	wg.Wait()
}

func TestOnlyGoNBsOwnGetIsLeftOut(t *testing.T) {
	cases := map[string]bool{"get": true, "get -t": true, "get example.org/x": false, "get -u": false, "build": false, "": false}
	for args, want := range cases {
		if got := isBareGet(strings.Fields(args)); got != want {
			t.Errorf("go %s: %v", args, got)
		}
	}
}

func TestBuildFlags(t *testing.T) {
	got := withFlags([]string{"build", "-o", "x"}, "-ldflags=-s -w")
	if want := []string{"build", "-ldflags=-s -w", "-o", "x"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, own := range [][]string{{"build", "--ldflags=-X a=b"}, {"build", "-ldflags", "-s"}, {"test", "-ldflags=-s", "-c"}} {
		if got := withFlags(own, "-ldflags=-s -w"); !slices.Equal(got, own) {
			t.Errorf("the user's own flags became %q", got)
		}
	}
}

// The kernel stands on the standard library and what it launches; it knows
// nothing of the packages that cells import.
func TestKernelStandsOnStandardLibrary(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./kernel")
	list.Dir = prepared.Checkout
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range strings.Fields(string(out)) {
		if !strings.HasPrefix(path+"/", setup.ModulePath+"/kernel/") {
			t.Errorf("the kernel depends on %s", path)
		}
	}
}
