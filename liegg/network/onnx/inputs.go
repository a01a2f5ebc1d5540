package onnx

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
)

// chosen returns the requested name, or the only one.
func chosen[V any](field, name string, names []string, known map[string]V) (string, error) {
	if _, ok := known[name]; ok && name != "" {
		return name, nil
	}
	if name != "" {
		declared := fmt.Sprintf("the file declares %q", names)
		if !strings.HasPrefix(field, "Input") {
			declared += "; onnx.Tensors lists all tensors"
		}
		return "", absent(name, field, known, declared)
	}
	if len(names) > 1 && field == "Output" {
		return "", fmt.Errorf("choose Settings.Output, or several by Settings.Outputs, or their profile by Settings.Layers: there are %q", names)
	}
	if len(names) != 1 {
		return "", fmt.Errorf("choose Settings.%s: there are %q", field, names)
	}
	return names[0], nil
}

// absent is the error for a name that a field of Settings gives and that is not known, with
// what else there is to say.
func absent[V any](name, field string, known map[string]V, more string) error {
	return fmt.Errorf("there is no %q for Settings.%s; the nearest is %q; %s", name, field, spelling.Nearest(name, slices.Sorted(maps.Keys(known))), more)
}

// choose takes the inputs that vary: one, of those that are free, or
// Settings.Inputs.
func (m *converted) choose(free []string, declared map[string]shapes.Shape, s Settings) error {
	if len(s.Inputs) == 0 {
		name, err := chosen("Input", s.Input, free, declared)
		if err != nil {
			return err
		}
		m.names = []string{name}
		m.input, err = sample(name, declared[name], s.Shape)
		return err
	}
	if s.Input != "" || s.Shape != nil {
		return fmt.Errorf("Settings.Input and Shape are for one input: with Settings.Inputs, give Shapes alone")
	}
	var fields []network.Field
	for _, name := range s.Inputs {
		name, err := chosen("Inputs", name, free, declared)
		if err != nil {
			return err
		}
		shape, err := open(fmt.Sprintf("Settings.Shapes[%q]", name), name, declared[name], s.Shapes[name])
		if err != nil {
			return err
		}
		fields = append(fields, network.Field{Name: name, Shape: shape})
		m.names = append(m.names, name)
	}
	for name := range s.Shapes {
		if !slices.Contains(m.names, name) {
			return fmt.Errorf("Settings.Shapes has %q, but Settings.Inputs are %q", name, m.names)
		}
	}
	packing, err := network.NewPacking(fields...)
	if err != nil {
		return err
	}
	m.packing, m.input = packing, packing.Shape()
	return nil
}

const howToExport = `export it again with an open batch axis, in PyTorch torch.onnx.export(net.eval(), x, "net.onnx", ` +
	`input_names=["%s"], dynamic_axes={"%[1]s": {0: "batch"}}), or with dynamo=True dynamic_shapes=({0: torch.export.Dim("batch")},). If the latter leaves it fixed, torch.export.export says why: ` +
	`torch.einsum of three factors fixes it, for example, and of two does not`

// sample returns the shape of an input without its batch. Open axes take
// their sizes from given.
func sample(name string, s shapes.Shape, given []int) (shapes.Shape, error) {
	if !s.DType.IsFloat() {
		return s, fmt.Errorf("the input %q is of type %s, which cannot be differentiated: choose another by Settings.Input", name, s.DType)
	}
	if s.DType != dtypes.Float32 && s.DType != dtypes.Float64 {
		return s, fmt.Errorf("the input %q is of type %s, too coarse for gradients that should vanish: export the model in float32, in PyTorch net.float()", name, s.DType)
	}
	return open("Settings.Shape", name, s, given)
}

// open returns the shape of an input of any type without its batch. Open axes
// take their sizes from given, a field of Settings.
func open(field, name string, s shapes.Shape, given []int) (shapes.Shape, error) {
	if s.Rank() == 0 {
		return s, fmt.Errorf("the input %q has no batch axis: "+howToExport, name, name)
	}
	if s.Dim(0) != shapes.DynamicDim {
		return s, fmt.Errorf("the batch of the input %q is fixed at %d: "+howToExport, name, s.Dim(0), name)
	}
	dims := slices.Clone(s.Dimensions[1:])
	if given != nil {
		if !fits(dims, given) {
			return s, fmt.Errorf("%s %v does not fit the input %q, %s", field, given, name, s)
		}
		dims = slices.Clone(given)
	}
	if n, ok := message.Product(dims); !ok || n == 0 || n > modelfile.MaxNumbers {
		return s, fmt.Errorf("the input %q, %s, leaves axes open or empty: give %s, the shape of one sample without the batch", name, s, field)
	}
	return shapes.Make(s.DType, dims...), nil
}

// fits reports whether the declared axes allow a shape.
func fits(declared, given []int) bool {
	if len(declared) != len(given) {
		return false
	}
	for i, d := range declared {
		if given[i] < 1 || d != shapes.DynamicDim && d != given[i] {
			return false
		}
	}
	return true
}

// fix checks the values of the other inputs.
func (m *converted) fix(inputs []string, declared map[string]shapes.Shape) error {
	for _, name := range slices.Sorted(maps.Keys(m.fixed)) {
		want, ok := declared[name]
		if !ok || slices.Contains(m.names, name) {
			return fmt.Errorf("Settings.Fixed holds %q, but the file's other inputs are %q", name, m.others(inputs))
		}
		dims := want.Dimensions
		if m.open[name] = want.Rank() > 0 && dims[0] == shapes.DynamicDim; m.open[name] {
			dims = dims[1:]
		}
		if got := m.fixed[name].Shape(); !fits(dims, got.Dimensions) {
			return fmt.Errorf("Settings.Fixed[%q] is of shape %v, but the input is %s; leave an open batch axis out", name, got.Dimensions, want)
		}
	}
	for _, name := range m.others(inputs) {
		if m.fixed[name] == nil && m.packing != nil {
			return fmt.Errorf("the input %q needs a value in Settings.Fixed, or its name in Settings.Inputs, which has %q", name, m.names)
		}
		if m.fixed[name] == nil {
			return fmt.Errorf("the input %q needs a value in Settings.Fixed, as %q is the one that varies", name, m.names[0])
		}
	}
	return nil
}

func (m *converted) others(inputs []string) []string {
	return slices.DeleteFunc(slices.Clone(inputs), func(s string) bool { return slices.Contains(m.names, s) })
}
