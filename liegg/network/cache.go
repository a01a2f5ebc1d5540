package network

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/liegg/lab/liegg/dataset"
)

// recipe is everything that a trained network depends on; its hash is the key of
// the cache.
type recipe struct {
	Version int // of the training code: raise it when the same recipe gives other weights
	architecture
	Training   Training
	Source     string
	Validation string
	Backend    string
	Libraries  string
}

const recipeVersion = 1

// Cached is Train, but a network that was trained before with the same arguments,
// on the same kind of backend, by the same version of this package is read back
// instead: from cell to cell and from session to session. Networks lie in the
// folder networks of CacheFolder; removing it costs nothing but time.
func Cached(m Model, t Training, source Source, validation *dataset.Samples) (*Network, error) {
	t = t.withDefaults(validation != nil)
	folder, err := cachedFolder(m, t, source, validation)
	if err != nil {
		return nil, err
	}
	n, err := Load(folder)
	if err == nil {
		return n, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(os.Stderr, "the stored network cannot be read and is trained anew (%v)\n", err)
	}
	if n, err = Train(m, t, source, validation); err != nil {
		return nil, err
	}
	return n, n.Save(folder)
}

func cachedFolder(m Model, t Training, source Source, validation *dataset.Samples) (string, error) {
	backend, libraries, err := Provenance()
	if err != nil {
		return "", err
	}
	r := recipe{Version: recipeVersion, architecture: architectureOf(m), Training: t, Source: source.Fingerprint(), Backend: backend, Libraries: libraries}
	if validation != nil {
		r.Validation = validation.Fingerprint()
	}
	text, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("network: the recipe of a training has no key: %w", err)
	}
	cache, err := CacheFolder()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return filepath.Join(cache, "networks", hex.EncodeToString(sum[:16])), nil
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
