package jax

import (
	"fmt"
	"maps"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/network"
)

// Inputs lists the inputs of a file with the type and shape of one sample, in the order of the
// file. A function of a single array has the input "x". budget is Settings.Budget. It returns the
// errors of Load that reading the file gives.
func Inputs(path string, budget int64) ([]network.Field, error) {
	f, err := opened(path, budget)
	if err != nil {
		return nil, err
	}
	return f.fields(f.inputNames()), nil
}

// inputNames returns the names of the inputs.
func (m *manifest) inputNames() (names []string) {
	for _, input := range m.Inputs {
		names = append(names, input.Name)
	}
	return names
}

// fields returns the inputs of some names.
func (m *manifest) fields(names []string) (fields []network.Field) {
	for _, name := range names {
		input := m.Inputs[slices.Index(m.inputNames(), name)]
		fields = append(fields, network.Field{Name: name, Shape: shapes.Make(inputTypes[input.Type], input.Shape...)})
	}
	return fields
}

// chooseInputs takes the inputs that vary, and the values of the others.
func (n *jaxNetwork) chooseInputs(s Settings) error {
	names := n.inputNames()
	n.varying = slices.Clone(s.Inputs)
	field := "Inputs"
	switch {
	case s.Input != "" && s.Inputs != nil:
		return fmt.Errorf("Settings.Input is for one input: with Settings.Inputs, leave it out")
	case s.Input != "":
		n.varying, field = []string{s.Input}, "Input"
	case s.Inputs == nil:
		n.varying = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return s.Fixed[name] != nil })
	}
	for i, name := range n.varying {
		if !slices.Contains(names, name) {
			return fmt.Errorf("there is no input %q for Settings.%s; the nearest is %q; the file has %q", name, field, spelling.Nearest(name, names), names)
		}
		if slices.Contains(n.varying[:i], name) {
			return fmt.Errorf("Settings.Inputs has %q twice", name)
		}
	}
	if err := n.fix(s.Fixed); err != nil {
		return err
	}
	if s.Inputs == nil && len(n.varying) == 1 {
		if of := n.fields(n.varying)[0].Shape; !of.DType.IsFloat() {
			return fmt.Errorf("the input %q is of type %s, which cannot be differentiated: choose another by Settings.Input", n.varying[0], of.DType)
		}
		return nil
	}
	var err error
	n.packing, err = network.NewPacking(n.fields(n.varying)...)
	return err
}

// fix takes the values of the inputs that do not vary, of one sample each.
func (n *jaxNetwork) fix(values map[string]*tensors.Tensor) error {
	others := slices.DeleteFunc(n.inputNames(), func(name string) bool { return slices.Contains(n.varying, name) })
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(others, name) {
			return fmt.Errorf("Settings.Fixed holds %q, but the inputs of the file that do not vary are %q", name, others)
		}
	}
	samples := map[string]*tensors.Tensor{}
	for _, name := range others {
		if values[name] == nil {
			return fmt.Errorf("the input %q needs a value in Settings.Fixed, as %q vary", name, n.varying)
		}
		var err error
		if samples[name], err = asSample(values[name]); err != nil {
			return fmt.Errorf("Settings.Fixed[%q]: %w", name, err)
		}
	}
	if len(others) == 0 {
		return nil
	}
	var err error
	if n.constant, err = network.NewPacking(n.fields(others)...); err != nil {
		return err
	}
	if n.constants, err = n.constant.Pack(samples); err != nil {
		return fmt.Errorf("Settings.Fixed: %w", err)
	}
	return nil
}

// asSample returns a tensor [1, …] with the numbers of a tensor […].
func asSample(x *tensors.Tensor) (*tensors.Tensor, error) {
	sample := tensors.FromShape(shapes.Make(x.DType(), slices.Concat([]int{1}, x.Shape().Dimensions)...))
	err := x.ConstBytes(func(from []byte) {
		if err := sample.MutableBytes(func(to []byte) { copy(to, from) }); err != nil {
			panic(err)
		}
	})
	return sample, err
}

// arguments returns what programs take for inputs by name: those that are not floats, and the
// floats in one array.
func (n *jaxNetwork) arguments(inputs map[string]*Node) (still []*Node, x *Node) {
	batch := inputs[n.varying[0]].Shape().Dim(0)
	if n.constant != nil {
		for name, value := range n.constant.Unpack(Const(inputs[n.varying[0]].Graph(), n.constants)) {
			inputs[name] = BroadcastToDims(value, append([]int{batch}, value.Shape().Dimensions[1:]...)...)
		}
	}
	dtype := types[n.Input.Type]
	if len(n.Inputs) == 1 {
		return nil, ConvertDType(inputs[n.varying[0]], dtype)
	}
	var flat []*Node
	for _, input := range n.Inputs {
		value := inputs[input.Name]
		if types[input.Type] == dtypes.InvalidDType {
			still = append(still, value)
		} else { // rounded to its own type first
			flat = append(flat, ConvertDType(Reshape(ConvertDType(value, types[input.Type]), batch, -1), dtype))
		}
	}
	if len(flat) == 1 {
		return still, flat[0]
	}
	return still, Concatenate(flat, -1)
}

// checkInputs returns an error unless programs can take the inputs.
func (m *manifest) checkInputs() error {
	if m.Version == 1 { // of a single array
		m.Inputs = []named{{"x", m.Input}}
	}
	numbers, widest := 0, ""
	for i, input := range m.Inputs {
		if input.Name == "" || slices.Contains(m.inputNames()[:i], input.Name) {
			return fmt.Errorf("%w: an input %q that has no name of its own", ErrMalformed, input.Name)
		}
		if err := input.check(inputTypes); err != nil {
			return fmt.Errorf("%w: %w", ErrMalformed, err)
		}
		if types[input.Type] != dtypes.InvalidDType {
			numbers += input.as().Size()
			widest = max(widest, input.Type) // "float64" > "float32"
		}
	}
	same := numbers > 0 && widest == m.Input.Type
	if len(m.Inputs) == 1 {
		same = same && slices.Equal(m.Inputs[0].Shape, m.Input.Shape)
	} else {
		same = same && slices.Equal([]int{numbers}, m.Input.Shape)
	}
	if !same {
		return fmt.Errorf("%w: programs that take %v for the inputs %v", ErrMalformed, m.Input, m.Inputs)
	}
	return nil
}
