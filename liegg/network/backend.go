package network

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend" // the pure-Go backend is always there
)

// BackendVariable names the environment variable that chooses the backend by
// hand: "go", "xla:cpu", "xla:cuda" or "xla:" and the path of a PJRT plugin.
const BackendVariable = "LIEGG_BACKEND"

// Backend returns the backend that networks are trained, run and differentiated
// on, the same one at each call. It is, in this order, what $LIEGG_BACKEND names,
// what $GOMLX_BACKEND names, XLA with the plugin that `go run ./kernel
// prepare` laid in the cache folder, for an NVIDIA GPU (--cuda) or for CPUs, or GoMLX's
// own backend in pure Go. GPUs multiply in full float32 unless the name ends in ",tf32".
var Backend = sync.OnceValues(NewBackend)

// NewBackend starts another backend like Backend, for programs that must not share one.
func NewBackend() (compute.Backend, error) {
	config := backendConfig()
	plugin := pluginOf(config)
	config = inFullPrecision(config, plugin)
	if strings.HasPrefix(config, "xla") && !xlaLinked {
		return nil, fmt.Errorf("network: the backend %q needs cgo, and this program was built without it: install a C compiler and build again, or choose %s=go", config, BackendVariable)
	}
	if err := pluginWhole(plugin); err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	backend, err := startBackend(config, plugin)
	if err != nil {
		return nil, fmt.Errorf("network: the backend %q cannot be started: choose another in $%s (\"go\" works everywhere), or run `go run ./kernel doctor` to see what is missing: %w", config, BackendVariable, err)
	}
	return backend, nil
}

// newWithConfig turns the panic of GoMLX at a name that it does not know into an error.
func newWithConfig(config string) (backend compute.Backend, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return compute.NewWithConfig(config)
}

func backendConfig() string {
	for _, variable := range []string{BackendVariable, "GOMLX_BACKEND"} {
		if config := os.Getenv(variable); config != "" {
			return config
		}
	}
	if plugin := preparedPlugin(); xlaLinked && plugin != "" {
		return "xla:" + plugin
	}
	return "go"
}

// inFullPrecision makes GPUs multiply float32 as float32. By default go-xla lets them
// round factors to 11 bits (TF32): gradients are then good to some 1e-3, where a
// network's defect may lie.
func inFullPrecision(config, plugin string) string {
	if !forCUDA(plugin) || strings.Contains(config, "tf32") {
		return config
	}
	return config + ",tf32=false"
}

// preparedPlugin is the path of the XLA plugin in the cache folder, or "": that for
// NVIDIA GPUs where there is one and a GPU, or that for CPUs.
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

// OnGPU says whether a backend computes on an NVIDIA GPU.
func OnGPU(b compute.Backend) bool {
	c, ok := b.(interface{ IsCUDA() bool })
	return ok && c.IsCUDA()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// CacheFolder is where LieGG keeps what it prepared and trained: $LIEGG_CACHE, or
// liegg in the user's cache directory. It is not created here.
func CacheFolder() (string, error) {
	if folder := os.Getenv("LIEGG_CACHE"); folder != "" {
		if strings.HasPrefix(folder, "~") {
			return "", fmt.Errorf("network: LIEGG_CACHE is %s, in which no shell has replaced the ~: name the folder by its whole path, as $HOME/… does", folder)
		}
		return folder, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("network: no cache folder: set LIEGG_CACHE to a folder of your own: %w", err)
	}
	return filepath.Join(cache, "liegg"), nil
}

// Provenance is what the numbers of a trained network depend on beside its recipe:
// the backend, by its name and description, and the versions of GoMLX. The error is
// that of Backend.
func Provenance() (backend, versions string, err error) {
	b, err := Backend()
	if err != nil {
		return "", "", err
	}
	return b.Name() + " " + b.Description(), libraries(), nil
}

// libraries are the versions of GoMLX that this program was built with.
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
