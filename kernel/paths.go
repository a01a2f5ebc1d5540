package main

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/liegg/lab/kernel/internal/system"
)

const modulePath = "github.com/liegg/lab"

// paths holds the folders that the kernel works in.
type paths struct {
	// Cache is the private folder of everything prepared: $LIEGG_CACHE, or
	// liegg in the user's cache directory. See claim.
	Cache string
	// Checkout is the root of the module whose packages cells import.
	Checkout string
}

// findPaths finds the checkout that this program was built from, and the
// private folder.
func findPaths() (paths, error) {
	checkout, err := findCheckout()
	if err != nil {
		return paths{}, err
	}
	cache, err := findCache()
	return paths{Cache: cache, Checkout: checkout}, err
}

// findCheckout tries the location of this source file at compile time, then
// the working directory and its parents (for builds with -trimpath).
func findCheckout() (string, error) {
	_, source, _, _ := runtime.Caller(0)
	if dir := filepath.Dir(filepath.Dir(source)); isCheckout(dir) {
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
	return "", errors.New("no checkout of " + modulePath + " here: run this from inside a checkout")
}

func isCheckout(dir string) bool {
	f, err := os.Open(filepath.Join(dir, "go.mod"))
	if err != nil {
		return false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, found := strings.CutPrefix(lines.Text(), "module "); found {
			return strings.TrimSpace(rest) == modulePath
		}
	}
	return false
}

// Shared between checkouts:

func (p paths) lock() string   { return filepath.Join(p.Cache, "lock") }
func (p paths) plugin() string { return filepath.Join(p.Cache, "xla", pluginFile) }
func (p paths) cuda() string   { return filepath.Join(p.Cache, "cuda") }
func (p paths) cudaPlugin() string {
	return filepath.Join(p.cuda(), filepath.FromSlash(cudaPluginFile))
}
func (p paths) gopls() string { return filepath.Join(p.Cache, "gopls", goplsVersion) }

// venv is named after what it depends on, so that a checkout with other pins
// does not remove the folder under a running JupyterLab.
func (p paths) venv() string { return filepath.Join(p.Cache, "venv", venvKey()[:12]) }

func (p paths) python() string { return filepath.Join(p.venv(), "bin", "python") }

// Specific to this checkout:

// checkoutFolder is the folder for what belongs to this checkout.
func (p paths) checkoutFolder() string {
	return filepath.Join(p.Cache, "checkout", system.Digest([]byte(p.Checkout))[:12])
}

func (p paths) bin() string  { return filepath.Join(p.checkoutFolder(), "bin") }
func (p paths) shim() string { return filepath.Join(p.checkoutFolder(), "shim") }
