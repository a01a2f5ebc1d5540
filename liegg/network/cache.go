package network

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/checkpoint"

	"github.com/liegg/lab/liegg/dataset"
)

// recipe is everything that a trained network depends on; its hash is the key of
// the cache.
type recipe struct {
	Version    int // of the training code: raise it when the same recipe gives other weights
	MLP        MLP
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
func Cached(mlp MLP, t Training, source Source, validation *dataset.Samples) (*Network, error) {
	t = t.withDefaults(validation != nil)
	folder, err := cachedFolder(mlp, t, source, validation)
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
	if n, err = Train(mlp, t, source, validation); err != nil {
		return nil, err
	}
	return n, n.Save(folder)
}

func cachedFolder(mlp MLP, t Training, source Source, validation *dataset.Samples) (string, error) {
	backend, err := Backend()
	if err != nil {
		return "", err
	}
	r := recipe{Version: recipeVersion, MLP: mlp, Training: t, Source: source.Fingerprint(), Backend: backend.Name() + " " + backend.Description(), Libraries: libraries()}
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

// description is what a stored network is, beside its weights.
type description struct {
	MLP     MLP
	History []storedPoint
}

// storedPoint is a Point in JSON, which has no NaN.
type storedPoint struct {
	Step       int
	Loss       float64
	Validation *float64 `json:",omitempty"`
	Accuracy   *float64 `json:",omitempty"`
}

const descriptionFile = "network.json"

// Save stores an MLP that Train made in a folder, written aside and then renamed:
// an interrupted Save leaves no half network. A network that is there already is
// replaced.
func (n *Network) Save(folder string) (err error) {
	if n.mlp == nil {
		panic("network: Save stores networks that Train made")
	}
	parent := filepath.Dir(folder)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return fmt.Errorf("network: no folder for stored networks: %w", err)
	}
	aside, err := os.MkdirTemp(parent, "half-*")
	if err != nil {
		return fmt.Errorf("network: no folder for stored networks: %w", err)
	}
	defer os.RemoveAll(aside)
	if err := n.write(aside); err != nil {
		return fmt.Errorf("network: storing in %s: %w", folder, err)
	}
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("network: replacing %s: %w", folder, err)
	}
	if err := os.Rename(aside, folder); err != nil && !errors.Is(err, fs.ErrExist) { // another process was faster
		return fmt.Errorf("network: storing in %s: %w", folder, err)
	}
	return nil
}

func (n *Network) write(folder string) error {
	handler, err := checkpoint.Build(n.Store).Dir(folder).Done()
	if err != nil {
		return err
	}
	if err := handler.Save(); err != nil {
		return err
	}
	n.Store.SetLoader(nil)
	d := description{MLP: *n.mlp}
	for _, p := range n.History {
		d.History = append(d.History, storedPoint{p.Step, p.Loss, measured(p.Validation), measured(p.Accuracy)})
	}
	text, err := json.MarshalIndent(d, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, descriptionFile), text, 0o600)
}

// Load reads a network that Save stored. The error is fs.ErrNotExist where there
// is none.
func Load(folder string) (n *Network, err error) {
	defer caught(&err)
	text, err := os.ReadFile(filepath.Join(folder, descriptionFile))
	if err != nil {
		return nil, fmt.Errorf("network: no stored network: %w", err)
	}
	var d description
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("network: %s in %s: %w", descriptionFile, folder, err)
	}
	store := model.NewStore()
	if _, err := checkpoint.Load(store).Dir(folder).Immediate().Done(); err != nil {
		return nil, fmt.Errorf("network: the weights in %s: %w", folder, err)
	}
	store.SetLoader(nil)
	backend, err := Backend()
	if err != nil {
		return nil, err
	}
	return &Network{Forward: d.MLP.Forward, Store: store, Backend: backend, History: history(d.History), mlp: &d.MLP}, nil
}

func history(stored []storedPoint) History {
	var h History
	for _, s := range stored {
		h = append(h, Point{s.Step, s.Loss, orNaN(s.Validation), orNaN(s.Accuracy)})
	}
	return h
}

func measured(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}

func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}
