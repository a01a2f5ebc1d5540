package setup

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
	// KernelName is the name that notebooks and Jupyter use for the kernel.
	KernelName = "liegg"
	// DisplayName is the name that people see.
	DisplayName = "Go (LieGG)"
)

// OutputStyle is how output looks, in JupyterLab as on pages.
//
//go:embed embedded/output.css
var OutputStyle []byte

func jupyterStep() step {
	return step{
		Name:  "jupyter",
		about: "the kernel's entry in Jupyter",
		needs: []string{"python", "tools"},
		Made:  func(p Paths) string { return filepath.Join(SpecFolder(p.Jupyter("data")), "kernel.json") },
		key: func(p Paths) (string, error) {
			return system.Digest(KernelSpec(p), OutputStyle), nil
		},
		do: func(ctx context.Context, p Paths, say *Progress) error {
			// Earlier versions left notes about kernels and servers there.
			os.RemoveAll(p.Jupyter("runtime"))
			for _, dir := range []string{p.Jupyter("data"), p.Jupyter("config")} {
				if err := os.MkdirAll(dir, 0o700); err != nil {
					return err
				}
			}
			style := filepath.Join(p.Jupyter("config"), "custom", "custom.css") // where JupyterLab looks for it
			if err := system.WriteAtomically(style, OutputStyle, 0o600); err != nil {
				return err
			}
			return LaySpec(p, p.Jupyter("data"))
		},
	}
}

// SpecFolder returns the folder of the kernel in a Jupyter data folder.
func SpecFolder(data string) string { return filepath.Join(data, "kernels", KernelName) }

// LaySpec registers the kernel in a Jupyter data folder.
func LaySpec(p Paths, data string) error {
	if err := os.MkdirAll(filepath.Dir(SpecFolder(data)), 0o755); err != nil {
		return err
	}
	return system.MakeFolderAtomically(SpecFolder(data), func(dir string) error {
		if err := os.Chmod(dir, 0o755); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "kernel.json"), KernelSpec(p), 0o644)
	})
}

// KernelSpec returns the kernel.json. All its paths are absolute, because a
// front end that was not started from a shell may have no PATH.
func KernelSpec(p Paths) []byte {
	goPath, _ := RealGo() // if there is none, the kernel says so when it starts
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(map[string]any{
		"argv": []string{filepath.Join(p.Bin(), KernelBinary), "launch",
			"-checkout", p.Checkout, "-cache", p.Cache, "-go", goPath, "{connection_file}"},
		"display_name":   DisplayName,
		"language":       "go",
		"interrupt_mode": "signal",
	})
	if err != nil {
		panic(err) // strings always encode
	}
	return text.Bytes()
}

// JupyterEnv returns the environment of our own Jupyter. It sees our kernel
// and our settings, and none of the user's. Its notes about itself and its
// kernels, and the sockets between them, go into the folder runtime.
func JupyterEnv(p Paths, runtime string) []string {
	return system.WithEnv(os.Environ(),
		"JUPYTER_DATA_DIR="+p.Jupyter("data"),
		"JUPYTER_CONFIG_DIR="+p.Jupyter("config"),
		"JUPYTER_RUNTIME_DIR="+runtime,
		"JUPYTER_PATH=", "JUPYTER_CONFIG_PATH=",
		"JUPYTER_PLATFORM_DIRS=1", "PYTHONNOUSERSITE=1", "PYTHONPATH=", "PYTHONHOME=",
	)
}

// Transport says how our own Jupyter connects to its kernels: by sockets in a
// private folder, which no other user can reach, unless its path is too long
// for them.
func Transport(runtime string) string {
	const name = "/kernel-00000000-0000-0000-0000-000000000000-ipc-00"
	if len(runtime)+len(name) < wire.SocketPath {
		return "ipc"
	}
	return "tcp"
}
