package setup

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/liegg/lab/kernel/internal/system"
)

// ModulePath is the path of the module that this program belongs to.
const ModulePath = "github.com/liegg/lab"

// Paths holds the folders that the kernel works in.
type Paths struct {
	// Cache is the private folder of everything prepared: $LIEGG_CACHE, or
	// liegg in the user's cache directory. See claim.
	Cache string
	// Checkout is the root of the module whose packages cells import.
	Checkout string
}

// FindPaths finds the checkout that this program was built from, and the
// private folder.
func FindPaths() (Paths, error) {
	checkout, err := findCheckout()
	if err != nil {
		return Paths{}, err
	}
	cache, err := findCache()
	return Paths{Cache: cache, Checkout: checkout}, err
}

// SessionPaths returns the paths of the kernel that started this process.
func SessionPaths() Paths {
	return Paths{Checkout: os.Getenv("LIEGG_CHECKOUT"), Cache: os.Getenv("LIEGG_CACHE")}
}

// findCheckout tries the location of this source file at compile time, then
// the working directory and its parents (for builds with -trimpath).
func findCheckout() (string, error) {
	_, source, _, _ := runtime.Caller(0)
	if dir := filepath.Dir(filepath.Dir(filepath.Dir(filepath.Dir(source)))); isCheckout(dir) {
		return dir, nil
	}
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if isCheckout(dir) {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	return "", errors.New("no checkout of " + ModulePath + " here: run this from inside a checkout")
}

func isCheckout(dir string) bool {
	f, err := os.Open(filepath.Join(dir, "go.mod"))
	if err != nil {
		return false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, found := strings.CutPrefix(lines.Text(), "module "); found {
			return strings.TrimSpace(rest) == ModulePath
		}
	}
	return false
}

// Shared between checkouts:

// Lock returns the file that is locked while something is prepared.
func (p Paths) Lock() string   { return filepath.Join(p.Cache, "lock") }
func (p Paths) plugin() string { return filepath.Join(p.Cache, "xla", pluginFile) }
func (p Paths) cuda() string   { return filepath.Join(p.Cache, "cuda") }
func (p Paths) cudaPlugin() string {
	return filepath.Join(p.cuda(), filepath.FromSlash(cudaPluginFile))
}

// Gopls returns the folder of gopls.
func (p Paths) Gopls() string { return filepath.Join(p.Cache, "gopls", goplsVersion) }

// venv is named after what it depends on, so that a checkout with other pins
// does not remove the folder under a running JupyterLab.
func (p Paths) venv() string { return filepath.Join(p.Cache, "venv", venvKey()[:12]) }

// Python returns the Python of JupyterLab and of the runner.
func (p Paths) Python() string { return filepath.Join(p.venv(), "bin", "python") }

// Specific to this checkout:

// checkoutFolder is the folder for what belongs to this checkout.
func (p Paths) checkoutFolder() string {
	return filepath.Join(p.Cache, "checkout", system.Digest([]byte(p.Checkout))[:12])
}

// Bin returns the folder of the programs that are built for this checkout.
func (p Paths) Bin() string { return filepath.Join(p.checkoutFolder(), "bin") }

// Shim returns the folder in which this program is found under the name go.
func (p Paths) Shim() string { return filepath.Join(p.checkoutFolder(), "shim") }
