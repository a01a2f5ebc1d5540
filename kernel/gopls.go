package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/liegg/lab/kernel/internal/system"
)

func goplsStep() step {
	return step{
		name:     "gopls",
		about:    "gopls " + goplsVersion + ", which completes code in cells, built from source",
		shared:   true,
		edition:  goplsVersion,
		optional: true,
		made:     func(p paths) string { return filepath.Join(p.gopls(), "gopls") },
		key:      func(paths) (string, error) { return system.Digest([]byte(goplsVersion)), nil },
		do: func(ctx context.Context, p paths, say *progress) error {
			return system.MakeFolderAtomically(p.gopls(), func(dir string) error {
				install := goCommand(ctx, p, "install", "-ldflags=-s -w", "golang.org/x/tools/gopls@"+goplsVersion)
				install.Env = system.WithEnv(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
				_, err := system.Output(install)
				return err
			})
		},
	}
}
