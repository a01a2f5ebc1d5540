package network

import (
	"fmt"
	"os"
	"path/filepath"
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
// what $GOMLX_BACKEND names, XLA with the CPU plugin that `go run ./kernel
// prepare` laid in the cache folder, or GoMLX's own backend in pure Go.
var Backend = sync.OnceValues(func() (compute.Backend, error) {
	config := backendConfig()
	if strings.HasPrefix(config, "xla") && !xlaLinked {
		return nil, fmt.Errorf("network: the backend %q needs cgo, and this program was built without it: install a C compiler and build again, or choose %s=go", config, BackendVariable)
	}
	backend, err := compute.NewWithConfig(config)
	if err != nil {
		return nil, fmt.Errorf("network: the backend %q cannot be started: choose another in $%s (\"go\" works everywhere), or run `go run ./kernel doctor` to see what is missing: %w", config, BackendVariable, err)
	}
	return backend, nil
})

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

// preparedPlugin is the path of the XLA CPU plugin in the cache folder, or "".
func preparedPlugin() string {
	folder, err := CacheFolder()
	if err != nil {
		return ""
	}
	path := filepath.Join(folder, "xla", "pjrt_c_api_cpu_plugin.so")
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// CacheFolder is where LieGG keeps what it prepared and trained: $LIEGG_CACHE, or
// liegg in the user's cache directory. It is not created here.
func CacheFolder() (string, error) {
	if folder := os.Getenv("LIEGG_CACHE"); folder != "" {
		return folder, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("network: no cache folder: set LIEGG_CACHE to a folder of your own: %w", err)
	}
	return filepath.Join(cache, "liegg"), nil
}
