package setup

import (
	"context"
	"os"
	"path/filepath"

	"github.com/liegg/lab/kernel/internal/system"
)

// GoplsStep returns the step that builds gopls, which completes and explains code in cells.
func GoplsStep() step {
	return step{
		Name:     "gopls",
		about:    "gopls " + goplsVersion + ", which completes code in cells, built from source",
		shared:   true,
		edition:  goplsVersion,
		optional: true,
		Made:     func(p Paths) string { return filepath.Join(p.Gopls(), "gopls") },
		key:      func(Paths) (string, error) { return system.Digest([]byte(goplsVersion)), nil },
		do: func(ctx context.Context, p Paths, say *Progress) error {
			return system.MakeFolderAtomically(p.Gopls(), func(dir string) error {
				install := goCommand(ctx, p, "install", "-ldflags=-s -w", "golang.org/x/tools/gopls@"+goplsVersion)
				install.Env = system.WithEnv(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
				_, err := system.Output(install)
				return err
			})
		},
	}
}
