package setup

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/liegg/lab/kernel/internal/system"
)

// say is a progress that tests read.
func say() (*Progress, *bytes.Buffer) {
	var said bytes.Buffer
	return NewProgress(&said), &said
}

func TestPrepareDoesOnlyWhatIsMissing(t *testing.T) {
	p := Paths{Cache: t.TempDir(), Checkout: prepared.Checkout}
	for i, c := range []struct {
		before func()
		runs   bool
	}{
		{func() {}, true},
		{func() {}, false},
		{func() { os.Remove(mnistNote(p)) }, true}, // what it made is gone
		{func() { os.WriteFile(mnistStep().stamp(p), []byte("another go.sum"), 0o600) }, true},
	} {
		c.before()
		progress, said := say()
		if err := Prepare(t.Context(), p, progress, []string{"mnist"}, true); err != nil {
			t.Fatal(err)
		}
		if runs := strings.Contains(said.String(), "[1/1] mnist"); runs != c.runs {
			t.Errorf("time %d: it ran: %v, not %v", i, runs, c.runs)
		}
	}
	if files, _ := filepath.Glob(filepath.Join(MnistFolder(p), "*-images-idx3-ubyte.gz")); len(files) != 2 {
		t.Errorf("MNIST has the image files %q", files)
	}
}

func TestOptionalStepFailsOnce(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOMODCACHE", t.TempDir())
	p := Paths{Cache: t.TempDir(), Checkout: prepared.Checkout}
	progress, said := say()
	if err := Prepare(t.Context(), p, progress, []string{"gopls"}, false); err != nil {
		t.Error("an optional step is not fatal:", err)
	}
	if !strings.Contains(said.String(), "go run ./kernel prepare gopls") {
		t.Errorf("it does not say what to do: %s", said)
	}
	said.Reset()
	if err := Prepare(t.Context(), p, progress, []string{"gopls"}, false); err != nil || said.Len() > 0 {
		t.Errorf("the second time it says %q, error %v", said, err)
	}
	if err := Prepare(t.Context(), p, progress, []string{"gopls"}, true); err == nil {
		t.Error("who asks for it is not told that it fails")
	}
}

func TestInterruptedPreparationResumes(t *testing.T) {
	p := Paths{Cache: t.TempDir(), Checkout: prepared.Checkout}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(700*time.Millisecond, cancel) // within the making of the venv
	progress, _ := say()
	if err := Prepare(ctx, p, progress, []string{"python"}, false); !errors.Is(err, context.Canceled) {
		t.Fatalf("interrupted: %v", err)
	}
	if system.Exists(p.Python()) {
		t.Error("half a venv stands in its place")
	}
	if err := os.MkdirAll(filepath.Join(p.Cache, "venv", system.UnfinishedMark+"killed"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Prepare(t.Context(), p, progress, []string{"mnist"}, false); err != nil {
		t.Error(err)
	}
	noneLeft(t, filepath.Join(p.Cache, "venv", system.UnfinishedMark+"*"))
}

func TestCheckFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	// The example of FIPS 180-2, appendix B.1.
	if err := checkFile(path, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); err != nil {
		t.Error(err)
	}
	if err := checkFile(path, pluginWheels[0].SHA256); err == nil || !strings.Contains(err.Error(), "not used") {
		t.Errorf("another file is taken: %v", err)
	}
}

func TestScriptsOfTheVenvStart(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for _, args := range [][]string{{"jupyter", "--version"}, {"jupyter-lab", "--version"}, {"pip", "--version"}, {"jupyter-nbconvert", "--version"}} {
		if out, err := system.Output(system.Child(t.Context(), time.Second, filepath.Join(prepared.venv(), "bin", args[0]), args[1:]...)); err != nil || len(out) == 0 {
			t.Errorf("%v printed %q: %v", args, out, err)
		}
	}
	scripts, err := filepath.Glob(filepath.Join(prepared.venv(), "bin", "*"))
	if err != nil || len(scripts) < 10 {
		t.Fatalf("the scripts are %v, %v", scripts, err)
	}
	for _, script := range append(scripts, filepath.Join(prepared.venv(), "pyvenv.cfg")) {
		if text, err := os.ReadFile(script); err != nil || bytes.Contains(text, []byte(system.UnfinishedMark)) {
			t.Errorf("%s names the folder in which it was made, %v", script, err)
		}
	}
}

func TestPluginIsThePinnedOne(t *testing.T) {
	if !HasWheels || installedPlugin() != "" || !system.Exists(prepared.plugin()) {
		t.Skip("there is no plugin of ours here")
	}
	for _, w := range pluginWheels {
		if checkFile(prepared.plugin(), w.LibrarySHA256) == nil {
			return
		}
	}
	t.Error("the plugin prepared is none of the pinned ones")
}
