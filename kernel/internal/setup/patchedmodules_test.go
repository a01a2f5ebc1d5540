package setup

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/liegg/lab/kernel/internal/system"
)

// The program of a cell that links package network contains neither the parts that the patches leave out
// nor uncalled methods, which the linker need not keep.
func TestCellsLinkLean(t *testing.T) {
	dir := t.TempDir()
	if err := LaySession(prepared, dir, "gonb_lean"); err != nil {
		t.Fatal(err)
	}
	if err := layProgram(dir, []string{ModulePath + "/liegg/network"}); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "list", "-deps")
	cmd.Dir, cmd.Env = dir, cellBuildEnv(cmd.Environ())
	deps, err := system.Output(cmd)
	if err != nil {
		t.Fatal(err)
	}
	for dep := range strings.Lines(string(deps)) {
		if dep = strings.TrimSpace(dep); dep == "net/http" || dep == "crypto/tls" {
			t.Errorf("cells link %s", dep)
		}
	}
}

func TestCutFitsOneVersion(t *testing.T) {
	c := modulePatch{"a.org/b", "b.go", [][2]string{{"import x\n", ""}, {"x.Do()", "nil"}}}
	if got, err := c.edit("import x\nreturn x.Do()\n"); err != nil || got != "return nil\n" {
		t.Errorf("%q, %v", got, err)
	}
	for _, text := range []string{"return x.Do()\n", "import x\nx.Do()\nx.Do()\n"} {
		if _, err := c.edit(text); err == nil || !strings.Contains(err.Error(), "a.org/b/b.go") {
			t.Errorf("%q is edited, or the error does not say where: %v", text, err)
		}
	}
}

func TestLeanReplacesOneVersionOnly(t *testing.T) {
	mod := "require (\n\tgithub.com/gomlx/go-xla v0.4.1\n)\nrequire google.golang.org/protobuf v1.36.11 // indirect\n"
	if got := required(mod, "google.golang.org/protobuf"); got != "v1.36.11" {
		t.Errorf("protobuf is required at %q", got)
	}
	if got := required(mod, "github.com/gomlx/go"); got != "" {
		t.Errorf("a module that is not required is required at %q", got)
	}
	p := Paths{Cache: t.TempDir()}
	if got := PatchedReplacements(p, mod); got != "" {
		t.Errorf("without copies there is %q", got)
	}
	folder := modulePatches[0].patchedFolder(p, "v0.4.1")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if got, want := PatchedReplacements(p, mod), "\nreplace github.com/gomlx/go-xla v0.4.1 => "+strconv.Quote(folder)+"\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
