package network

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/checkpoint"

	"github.com/liegg/lab/liegg/internal/atomicfile"
	"github.com/liegg/lab/liegg/internal/bounded"
	"github.com/liegg/lab/liegg/network/internal/storage"
)

// description is the part of a stored network that is not weights.
type description struct {
	architecture
	Input   []int  // the shape of one input
	Type    string // type of its numbers
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

// Save stores a network made by New, Load or package training in a folder: its weights as a
// checkpoint of GoMLX, its layers and history in network.json, and the SHA-256 of both in
// SHA256SUMS, which the program sha256sum -c can check. It writes another folder and renames
// it, so an interrupted Save leaves no partial network. It replaces a network that is already
// there.
//
// Save panics for other networks. It returns file system errors, and an error if the folder
// holds anything but a stored network.
func (n *Network) Save(folder string) (err error) {
	if n.model == nil {
		panic("network: Save stores networks of an MLP or a CNN, as New, Load and package training make them")
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("network: storing a network in %s: %w", folder, err)
		}
	}()
	parent := filepath.Dir(folder)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(parent, atomicfile.FolderPrefix+"*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	made := filepath.Join(temporary, "made")
	if err := n.write(made); err != nil {
		return err
	}
	return exchange(made, folder, filepath.Join(temporary, "replaced"))
}

// exchange moves the new network to folder, and what was there, if anything, to replaced.
func exchange(made, folder, replaced string) error {
	if err := mayBeReplaced(folder); err != nil {
		return err
	}
	if err := os.Rename(folder, replaced); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err := os.Rename(made, folder)
	if errors.Is(err, fs.ErrExist) { // another process was faster
		return nil
	}
	return err
}

// mayBeReplaced returns an error if there are files that Save did not write.
func mayBeReplaced(folder string) error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if name := e.Name(); name != descriptionFile && name != storage.SumsFile && !strings.HasPrefix(name, "checkpoint-") {
			return fmt.Errorf("it holds %s, which is not part of a stored network: choose another folder, or empty this one", name)
		}
	}
	return nil
}

func (n *Network) write(folder string) (err error) {
	defer func() { // GoMLX panics if a value cannot be read
		if r := recover(); r != nil {
			err = fmt.Errorf("reading the weights: %v", r)
		}
	}()
	handler, err := checkpoint.Build(n.Store).Dir(folder).Done()
	if err != nil {
		return err
	}
	defer n.Store.SetLoader(nil)
	if err := handler.Save(); err != nil {
		return err
	}
	text, err := json.MarshalIndent(n.described(), "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, descriptionFile), text, 0o600); err != nil {
		return err
	}
	return storage.WriteSums(folder)
}

func (n *Network) described() description {
	d := description{architecture: architectureOf(n.model), Input: n.input.Dimensions, Type: n.input.DType.String()}
	for _, p := range n.History {
		d.History = append(d.History, storedPoint{p.Step, p.Loss, measured(p.Validation), measured(p.Accuracy)})
	}
	return d
}

// Load reads a network that Save stored. The error is fs.ErrNotExist if there is none. Load
// also returns an error if files were changed, removed or added; if the weights do not belong
// to the layers that are described; or if a file, or the unpacked weights, are larger than 1
// GiB or the value of the environment variable LIEGG_FILE_BUDGET.
func Load(folder string) (n *Network, err error) {
	text, err := bounded.ReadFile(filepath.Join(folder, descriptionFile), 0)
	if err != nil {
		return nil, fmt.Errorf("network: no stored network: %w", err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("network: the network in %s cannot be used: %w", folder, err)
		}
	}()
	defer caught(&err)
	if err := storage.CheckSums(folder); err != nil {
		return nil, err
	}
	if err := storage.CheckSizes(folder); err != nil {
		return nil, err
	}
	var d description
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("%s: %w", descriptionFile, err)
	}
	backend, err := Backend()
	if err != nil {
		return nil, err
	}
	n = &Network{Backend: backend, History: history(d.History)}
	if n.model, n.input, err = d.recipe(); err != nil {
		return nil, fmt.Errorf("%s: %w", descriptionFile, err)
	}
	n.model.Check() // its panic becomes an error
	n.Forward = n.model.Forward
	n.Store, err = readWeights(folder, n.model, n.input)
	return n, err
}

// recipe returns the model and the inputs that the weights must fit.
func (d description) recipe() (m Model, input shapes.Shape, err error) {
	if m, err = d.model(); err != nil {
		return nil, input, err
	}
	dtype, err := dtypes.DTypeString(d.Type)
	if err != nil || !dtype.IsFloat() {
		return nil, input, fmt.Errorf("%q is no type of inputs", d.Type)
	}
	for _, size := range d.Input {
		if size < 1 {
			return nil, input, fmt.Errorf("%v is no shape of inputs", d.Input)
		}
	}
	return m, shapes.Make(dtype, d.Input...), nil
}

// readWeights reads a checkpoint of a model for inputs of a shape and type. It returns an
// error if the checkpoint holds other variables than such a network.
func readWeights(folder string, m Model, input shapes.Shape) (*model.Store, error) {
	store := model.NewStore()
	if _, err := checkpoint.Load(store).Dir(folder).Immediate().Done(); err != nil {
		return nil, fmt.Errorf("the weights: %w", err)
	}
	store.SetLoader(nil)
	want, err := m.initial(input, 0)
	if err != nil {
		return nil, err
	}
	defer want.Finalize()
	return store, sameVariables(store, want)
}

// stepVariable is the name of the step counter that optimizers add to GoMLX checkpoints:
// optimizer.GlobalStepVariableName, in a package that is not needed here otherwise.
const stepVariable = "global_step"

// sameVariables returns an error unless two Stores have variables of the same names, shapes
// and types, except for the step counter.
func sameVariables(got, want *model.Store) error {
	for v := range want.IterVariables() {
		found := got.GetVariable(v.Path())
		if found == nil {
			return fmt.Errorf("the weights lack %s: they are damaged, or belong to other layers", v.Path())
		}
		if !found.Shape().Equal(v.Shape()) {
			return fmt.Errorf("%s has shape %s, but the layers that are described need %s", v.Path(), found.Shape(), v.Shape())
		}
	}
	for v := range got.IterVariables() {
		if want.GetVariable(v.Path()) == nil && v.Name() != stepVariable {
			return fmt.Errorf("the weights hold %s, which no layer has: they are damaged, or belong to other layers", v.Path())
		}
	}
	return nil
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
