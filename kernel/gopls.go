package main

import (
	"context"
	"os"
	"path/filepath"
)

func goplsStep() step {
	return step{
		name:     "gopls",
		about:    "gopls " + goplsVersion + ", which completes code in cells, built from source",
		shared:   true,
		edition:  goplsVersion,
		optional: true,
		made:     func(p paths) string { return filepath.Join(p.gopls(), "gopls") },
		key:      func(paths) (string, error) { return digest([]byte(goplsVersion)), nil },
		do: func(ctx context.Context, p paths, say *progress) error {
			return makeFolderAtomically(p.gopls(), func(dir string) error {
				install := goCommand(ctx, p, "install", "-ldflags=-s -w", "golang.org/x/tools/gopls@"+goplsVersion)
				install.Env = withEnv(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
				_, err := output(install)
				return err
			})
		},
	}
}
