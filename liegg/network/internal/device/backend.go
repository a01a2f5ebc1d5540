// Package device starts the backend on which networks are computed, and knows which batch
// sizes suit it.
package device

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/gomlx/compute"

	"github.com/liegg/lab/liegg/internal/cachefolder"
	"github.com/liegg/lab/liegg/internal/devicefault"
	"github.com/liegg/lab/liegg/internal/purego"
)

// Variable names the environment variable that chooses the backend; see network.BackendVariable.
const Variable = "LIEGG_BACKEND"

// Default returns the backend that all networks share; see network.Backend.
var Default = sync.OnceValues(New)

// New starts another backend.
func New() (compute.Backend, error) {
	config := backendConfig()
	plugin := pluginOf(config)
	config = purego.Config(inFullPrecision(config, plugin))
	if strings.HasPrefix(config, "xla") && !xlaLinked {
		return nil, fmt.Errorf("network: the backend %q needs cgo, and this program was built without it: install a C compiler and build again, or choose %s=go", config, Variable)
	}
	if err := pluginWhole(plugin); err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	backend, err := startBackend(config, plugin)
	if err != nil {
		if devicefault.Full(err) || devicefault.Lost(err) {
			return nil, devicefault.Explained(fmt.Errorf("network: the backend %q cannot be started: %w", config, err))
		}
		return nil, fmt.Errorf("network: the backend %q cannot be started: choose another in $%s (\"go\" works everywhere), or run `go run ./kernel doctor` to see what is missing: %w", config, Variable, err)
	}
	return backend, nil
}

// newWithConfig turns GoMLX's panic about an unknown name into an error.
func newWithConfig(config string) (backend compute.Backend, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return compute.NewWithConfig(config)
}

func backendConfig() string {
	for _, variable := range []string{Variable, "GOMLX_BACKEND"} {
		if config := os.Getenv(variable); config != "" {
			return config
		}
	}
	if plugin := preparedPlugin(); xlaLinked && plugin != "" {
		return "xla:" + plugin
	}
	return "go"
}

// inFullPrecision makes GPUs multiply float32 as float32. By default go-xla lets them round
// factors to 11 bits (TF32). Gradients would then be accurate to about 1e-3, and a network's
// defect may be as small as that.
func inFullPrecision(config, plugin string) string {
	if !forCUDA(plugin) || strings.Contains(config, "tf32") {
		return config
	}
	return config + ",tf32=false"
}

// preparedPlugin returns the path of the XLA plugin in the cache folder, or "". It prefers
// the one for NVIDIA GPUs if the machine has a GPU.
func preparedPlugin() string {
	folder, err := CacheFolder()
	if err != nil {
		return ""
	}
	cuda := filepath.Join(folder, "cuda", "lib", "jax_plugins", "xla_cuda13", "xla_cuda_plugin.so")
	if exists("/dev/nvidia0") && exists(cuda) {
		return cuda
	}
	if cpu := filepath.Join(folder, "xla", "pjrt_c_api_cpu_plugin.so"); exists(cpu) {
		return cpu
	}
	return ""
}

// OnGPU reports whether a backend computes on an NVIDIA GPU.
func OnGPU(b compute.Backend) bool {
	c, ok := b.(interface{ IsCUDA() bool })
	return ok && c.IsCUDA()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// CacheFolder returns the folder in which LieGG keeps prepared files and trained networks.
func CacheFolder() (string, error) {
	folder, err := cachefolder.Path()
	if err != nil {
		return "", fmt.Errorf("network: %w", err)
	}
	return folder, nil
}

// Choice names the backend that will be started, with the size and time of its plugin, and
// starts none.
func Choice() string {
	config := backendConfig()
	if info, err := os.Stat(pluginOf(config)); err == nil {
		return fmt.Sprintf("%s %d %d", config, info.Size(), info.ModTime().UnixNano())
	}
	return config
}

// Provenance returns the name and description of the default backend, and the versions of
// GoMLX.
func Provenance() (backend, versions string, err error) {
	b, err := Default()
	if err != nil {
		return "", "", err
	}
	return b.Name() + " " + b.Description(), libraries(), nil
}

// libraries returns the versions of GoMLX that this program was built with.
func libraries() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	versions := ""
	for _, dep := range info.Deps {
		switch dep.Path {
		case "github.com/gomlx/gomlx", "github.com/gomlx/compute", "github.com/gomlx/go-xla":
			versions += dep.Path + "@" + dep.Version + " "
		}
	}
	return versions
}
