package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/liegg/lab/kernel/internal/system"
	"github.com/liegg/lab/kernel/internal/wire"
)

const (
	// kernelName is the name that notebooks and Jupyter use for the kernel.
	kernelName = "liegg"
	// displayName is the name that people see.
	displayName = "Go (LieGG)"
)

// outputStyle is how output looks, in JupyterLab as on pages.
//
//go:embed embedded/runner/output.css
var outputStyle []byte

func jupyterStep() step {
	return step{
		name:  "jupyter",
		about: "the kernel's entry in Jupyter",
		needs: []string{"python", "tools"},
		made:  func(p paths) string { return filepath.Join(specFolder(p.jupyter("data")), "kernel.json") },
		key: func(p paths) (string, error) {
			return system.Digest(kernelSpec(p), outputStyle), nil
		},
		do: func(ctx context.Context, p paths, say *progress) error {
			// Earlier versions left notes about kernels and servers there.
			os.RemoveAll(p.jupyter("runtime"))
			for _, dir := range []string{p.jupyter("data"), p.jupyter("config")} {
				if err := os.MkdirAll(dir, 0o700); err != nil {
					return err
				}
			}
			style := filepath.Join(p.jupyter("config"), "custom", "custom.css") // where JupyterLab looks for it
			if err := system.WriteAtomically(style, outputStyle, 0o600); err != nil {
				return err
			}
			return laySpec(p, p.jupyter("data"))
		},
	}
}

func specFolder(data string) string { return filepath.Join(data, "kernels", kernelName) }

// laySpec registers the kernel in a Jupyter data folder.
func laySpec(p paths, data string) error {
	if err := os.MkdirAll(filepath.Dir(specFolder(data)), 0o755); err != nil {
		return err
	}
	return system.MakeFolderAtomically(specFolder(data), func(dir string) error {
		if err := os.Chmod(dir, 0o755); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "kernel.json"), kernelSpec(p), 0o644)
	})
}

// kernelSpec returns the kernel.json. All its paths are absolute, because a
// front end that was not started from a shell may have no PATH.
func kernelSpec(p paths) []byte {
	goPath, _ := realGo() // if there is none, the kernel says so when it starts
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(map[string]any{
		"argv": []string{filepath.Join(p.bin(), kernelBinary), "launch",
			"-checkout", p.Checkout, "-cache", p.Cache, "-go", goPath, "{connection_file}"},
		"display_name":   displayName,
		"language":       "go",
		"interrupt_mode": "signal",
	})
	if err != nil {
		panic(err) // strings always encode
	}
	return text.Bytes()
}

// jupyterEnv returns the environment of our own Jupyter. It sees our kernel
// and our settings, and none of the user's. Its notes about itself and its
// kernels, and the sockets between them, go into the folder runtime.
func jupyterEnv(p paths, runtime string) []string {
	return system.WithEnv(os.Environ(),
		"JUPYTER_DATA_DIR="+p.jupyter("data"),
		"JUPYTER_CONFIG_DIR="+p.jupyter("config"),
		"JUPYTER_RUNTIME_DIR="+runtime,
		"JUPYTER_PATH=", "JUPYTER_CONFIG_PATH=",
		"JUPYTER_PLATFORM_DIRS=1", "PYTHONNOUSERSITE=1", "PYTHONPATH=", "PYTHONHOME=",
	)
}

// transport says how our own Jupyter connects to its kernels: by sockets in a
// private folder, which no other user can reach, unless its path is too long
// for them.
func transport(runtime string) string {
	const name = "/kernel-00000000-0000-0000-0000-000000000000-ipc-00"
	if len(runtime)+len(name) < wire.SocketPath {
		return "ipc"
	}
	return "tcp"
}
