package setup

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/liegg/lab/kernel/internal/system"
)

// KernelBinary is the name of this program, as Jupyter starts it.
const KernelBinary = "liegg-kernel"

func toolsStep() step {
	return step{
		Name:  "tools",
		about: "GoNB and goimports, built from source",
		Made:  func(p Paths) string { return filepath.Join(p.Bin(), KernelBinary) },
		key:   toolsKey,
		sound: toolsSound,
		do:    buildTools,
	}
}

func toolsKey(p Paths) (string, error) {
	mod, sum, err := moduleFiles(p)
	if err != nil {
		return "", err
	}
	own, err := SourcesDigest(p, "kernel")
	return system.Digest([]byte(goVersion()), mod, sum, []byte(own)), err
}

// buildTools builds the tools of go.mod, unmodified, and this program. A
// second name of this program, go, is in a folder of its own that only
// kernels have on their PATH.
func buildTools(ctx context.Context, p Paths, say *Progress) error {
	err := system.MakeFolderAtomically(p.Bin(), func(dir string) error {
		build := goCommand(ctx, p, "build", "-ldflags=-s -w", "-o", dir+string(filepath.Separator),
			"github.com/janpfeifer/gonb", "golang.org/x/tools/cmd/goimports", ModulePath+"/kernel")
		if _, err := system.Output(build); err != nil {
			return err
		}
		if err := os.Rename(filepath.Join(dir, "kernel"), filepath.Join(dir, KernelBinary)); err != nil {
			return err
		}
		return noteSizes(dir)
	})
	if err != nil {
		return err
	}
	return system.MakeFolderAtomically(p.Shim(), func(dir string) error {
		target := filepath.Join(p.Bin(), KernelBinary)
		if err := os.Symlink(target, filepath.Join(dir, "go")); err != nil {
			return fmt.Errorf("a second name for the kernel: %w", err)
		}
		return nil
	})
}
