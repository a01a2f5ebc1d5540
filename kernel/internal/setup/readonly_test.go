package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liegg/lab/kernel/internal/system"
)

// unwritable is a place whose private folder may only be read. Root may write
// to all but what is mounted to be read.
func unwritable(t *testing.T) Paths {
	t.Helper()
	closed := t.TempDir()
	if err := os.Chmod(closed, 0o500); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{closed, "/sys/kernel"} {
		if p := (Paths{Cache: folder, Checkout: prepared.Checkout}); system.Exists(folder) && p.ReadOnly() {
			return p
		}
	}
	t.Skip("this user may write everywhere")
	return Paths{}
}

func TestReadOnlyFolderServes(t *testing.T) {
	p := unwritable(t)
	t.Setenv("TMPDIR", t.TempDir())
	dir, release, err := KernelFolder(p)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(dir, os.TempDir()) || strings.HasPrefix(dir, p.Cache) {
		t.Errorf("the kernel writes to %s", dir)
	}
	release()
	noneLeft(t, filepath.Join(p.Tmp(), "*"))
	if !strings.HasPrefix(p.Jupyter("workspaces"), p.Tmp()) || !strings.HasPrefix(p.Jupyter("data"), p.Cache) {
		t.Errorf("Jupyter writes to %s and reads from %s", p.Jupyter("workspaces"), p.Jupyter("data"))
	}
	if err := p.claim(); err != nil {
		t.Errorf("it is refused: %v", err)
	}
	if err := os.Chmod(p.Tmp(), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, _, err := KernelFolder(p); err == nil || !strings.Contains(err.Error(), "TMPDIR") {
		t.Errorf("a folder that others may read: %v", err)
	}
}

func TestReadOnlyFolderIsNotPrepared(t *testing.T) {
	p := unwritable(t)
	quiet, _ := say()
	err := Prepare(t.Context(), p, quiet, []string{"mnist"}, false)
	if err == nil || !strings.Contains(err.Error(), "to be prepared: mnist") || !strings.Contains(err.Error(), "cp -a "+p.Cache) {
		t.Errorf("error %v", err)
	}
}

func TestWritableFolderHoldsAll(t *testing.T) {
	if p := prepared; p.ReadOnly() || filepath.Dir(p.Tmp()) != p.Cache || !strings.HasPrefix(p.Jupyter("workspaces"), p.Cache) {
		t.Errorf("kernels write to %s, Jupyter to %s", p.Tmp(), p.Jupyter("workspaces"))
	}
}
