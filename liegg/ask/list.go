package ask

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/jax"
	"github.com/liegg/lab/liegg/network/onnx"
	"github.com/liegg/lab/liegg/network/profile"
)

// List tells which tensors the .onnx file of a question has, in the order in which they are
// computed, with their shapes, and which of them Question.Layer, Question.Layers and Question.From can
// name. If the file leaves sizes open, q.Data has inputs of the right shape; it may be empty.
// Of a .jaxnet file it lists the inputs, the outputs and the layers, and of a folder that
// network.Save wrote the layers, whose shapes depend on q.Data.
//
// It returns the errors of Open about the files.
func List(q Question) (string, error) {
	switch {
	case isJAX(q.Model):
		return listJAX(q.Model)
	case !isONNX(q.Model):
		return listStored(q)
	}
	settings, err := listed(q)
	if err != nil {
		return "", inFields(err)
	}
	list, err := onnx.Tensors(q.Model, settings)
	if err != nil {
		return "", inFields(err)
	}
	wide, widest := 0, 0
	for _, t := range list {
		wide, widest = max(wide, len(t.Name)), max(widest, len(sizes(t.Shape)))
	}
	var b strings.Builder
	for _, t := range list {
		fmt.Fprintf(&b, "%s %-*s  %-*s  %s\n", mark(t), wide, t.Name, widest, sizes(t.Shape), t.Op)
	}
	b.WriteString("*, - end a block, and are layers of Question.Layers; Question.LayerNames names others.\n" +
		"*, + are all that the outputs need of the input, so that Question.From can begin there.\n")
	return b.String(), nil
}

// listJAX lists what a file of liegg_export.py holds.
func listJAX(path string) (string, error) {
	inputs, err := jax.Inputs(path, 0)
	if err != nil {
		return "", inFields(err)
	}
	outputs, err := jax.Outputs(path, 0)
	if err != nil {
		return "", inFields(err)
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	line := func(f network.Field, what string) {
		fmt.Fprintf(w, "%s\t%s\t%s\n", f.Name, sizes(batches(f.Shape)), what)
	}
	for _, input := range inputs {
		line(input, "input")
	}
	for _, o := range outputs {
		what := "output"
		if o.Hidden {
			what = "layer"
		}
		line(o.Field, what)
	}
	w.Flush()
	b.WriteString(layersServe)
	return b.String(), nil
}

const layersServe = "Question.Layer judges a layer in the place of the outputs, and Question.Layers all layers.\n"

// listStored lists the layers of a network that network.Save stored.
func listStored(q Question) (string, error) {
	switch info, err := os.Stat(q.Model); {
	case err != nil || q.Data != "": // Open says what is wrong
	case info.IsDir():
		return "", fmt.Errorf("the shapes of the layers of %s depend on its inputs: give their file, an .npz, .npy or .csv, after the folder", q.Model)
	default:
		return "", fmt.Errorf("%s has no layers: the list is for .onnx and .jaxnet files and for folders that network.Save wrote", q.Model)
	}
	s, err := Open(q)
	if err != nil {
		return "", err
	}
	layers, err := profile.Named(s.network, s.x.Shape())
	if err != nil {
		return "", err
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, l := range layers {
		fmt.Fprintf(w, "%s\t%s\n", l.Name, sizes(batches(l.Shape)))
	}
	w.Flush()
	b.WriteString(layersServe)
	return b.String(), nil
}

// layersExist returns an error unless a network that is no file has the layers of
// Question.LayerNames.
func (s *Subject) layersExist() error {
	layers, err := profile.Named(s.network, s.x.Shape())
	if err != nil {
		return err
	}
	var names []string
	for _, l := range layers {
		names = append(names, l.Name)
	}
	if names == nil {
		return fmt.Errorf("Question.LayerNames %s: no layer of this network has a name: name them with network.Layer", s.question.LayerNames[0])
	}
	return among(s.question.LayerNames, names)
}

// among returns an error unless all names are layers.
func among(names, layers []string) error {
	for _, name := range names {
		if !slices.Contains(layers, name) {
			return fmt.Errorf("Question.LayerNames %s: there is no such layer; the nearest is %q, of %q", name, spelling.Nearest(name, layers), layers)
		}
	}
	return nil
}

// listed are the settings of a question whose data may be missing.
func listed(q Question) (onnx.Settings, error) {
	s := &Subject{question: q}
	if q.Data == "" {
		inputs, err := onnx.Inputs(q.Model, 0)
		if err != nil {
			return onnx.Settings{}, err
		}
		input, err := s.moved(inputs)
		return onnx.Settings{Input: input.Name, Output: q.Output, From: q.From}, err
	}
	var err error
	if s.arrays, err = openArrays(q.Data); err != nil {
		return onnx.Settings{}, err
	}
	return s.settingsOfONNX()
}

// mark is what a tensor can be used for.
func mark(t onnx.Tensor) string {
	d := t.Shape.Dimensions
	bySample := len(d) > 0 && d[0] < 0 && !slices.Contains(d[1:], -1)
	switch {
	case t.Block && t.Cut && bySample:
		return "*"
	case t.Block && bySample:
		return "-"
	case t.Cut && (bySample || !t.Shape.Ok()):
		return "+"
	}
	return " "
}

// sizes writes a shape, with N for sizes that depend on the batch or are open, and with the
// type if it is no float.
func sizes(s shapes.Shape) string {
	if !s.Ok() {
		return "?"
	}
	text := strings.ReplaceAll(fmt.Sprint(s.Dimensions), "-1", "N")
	if !slices.Contains([]dtypes.DType{dtypes.Float32, dtypes.Float64}, s.DType) {
		text += " " + s.DType.String()
	}
	return text
}
