package network

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/checkpoint"
)

// description is what a stored network is, beside its weights.
type description struct {
	architecture
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

// Save stores a network that Train made in a folder, written aside and then renamed:
// an interrupted Save leaves no half network. A network that is there already is
// replaced.
func (n *Network) Save(folder string) (err error) {
	if n.model == nil {
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
	d := description{architecture: architectureOf(n.model)}
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
	m, err := d.model()
	if err != nil {
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
	return &Network{Forward: m.Forward, Store: store, Backend: backend, History: history(d.History), model: m}, nil
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
