package ask

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/onnx"
)

// modelInput is an input that the file of a model declares, with the axis of the batch: of an
// .onnx file or, in the same words, of a .jaxnet file.
type modelInput = onnx.Input

// inputsRead are the inputs of a model whose arrays were read.
type inputsRead struct {
	names []string                   // those that vary from sample to sample, in the order of the file
	fixed map[string]*tensors.Tensor // values of the others
}

// read reads the inputs of a model. If several vary from sample to sample, it packs them.
func (s *Subject) read(inputs []modelInput) (read inputsRead, err error) {
	if s.moves, err = s.moving(inputs); err != nil {
		return read, err
	}
	input := inputNamed(inputs, s.moves[0])
	x, err := s.input(input.Name)
	if err != nil {
		return read, err
	}
	dtype := input.Shape.DType
	if dtype != dtypes.Float64 {
		dtype = dtypes.Float32 // Load says what is wrong with other types
	}
	if err := mayMove(input); err != nil {
		return read, err
	}
	if err := s.take(x, dtype); err != nil {
		return read, err
	}
	read.fixed = map[string]*tensors.Tensor{}
	varying := map[string]array{}
	for _, other := range inputs {
		if other.Name == input.Name {
			continue
		}
		r, value, err := s.other(other)
		if err != nil {
			return read, err
		}
		if value == nil {
			varying[other.Name] = r
		} else {
			read.fixed[other.Name] = value
		}
	}
	if len(varying) == 0 {
		read.names = []string{input.Name}
		return read, nil
	}
	varying[input.Name] = x
	read.names, err = s.pack(inputs, varying)
	return read, err
}

// moving returns the names of the inputs of a file that move: as Question.Moves or Question.Input names them, the
// only input, or the only one of floats.
func (s *Subject) moving(inputs []modelInput) ([]string, error) {
	moves, err := parseMoves(s.question.Moves)
	if err != nil || len(moves) == 0 {
		input, own := s.moved(inputs)
		return []string{input.Name}, cmp.Or(err, own)
	}
	var names []string
	for _, i := range inputs {
		names = append(names, i.Name)
	}
	moved, err := movedBy(moves, names)
	for _, name := range moved {
		err = cmp.Or(err, mayMove(inputNamed(inputs, name)))
	}
	return moved, err
}

// moved returns the input of a file that moves: the one that Question.Input names, the only one, or
// the only one of floats.
func (s *Subject) moved(inputs []modelInput) (modelInput, error) {
	name, _, _ := strings.Cut(s.question.Input, "=")
	var floats, named []modelInput
	for _, i := range inputs {
		if i.Shape.DType.IsFloat() {
			floats = append(floats, i)
		}
		if i.Name == name {
			named = append(named, i)
		}
	}
	switch {
	case len(named) == 1:
		return named[0], nil
	case len(inputs) == 1: // Question.Input names the array
		return inputs[0], nil
	case len(floats) == 1:
		return floats[0], nil
	}
	return modelInput{}, fmt.Errorf("%s has the inputs %v: say by Question.Input which of them moves, or by Question.Moves how each of several does", s.question.Model, inputs)
}

// mayMove returns an error for an input of integers or bools.
func mayMove(input modelInput) error {
	if input.Shape.DType.IsFloat() {
		return nil
	}
	return fmt.Errorf("the model's input %q is of type %s, which no action can move: move another input, by Question.Input or Question.Moves", input.Name, input.Shape.DType)
}

// inputNamed returns the input of a name.
func inputNamed(inputs []modelInput, name string) modelInput {
	return inputs[slices.IndexFunc(inputs, func(i modelInput) bool { return i.Name == name })]
}

// other reads another input: its value, if that is the same for all samples, or its array.
func (s *Subject) other(input modelInput) (r array, value *tensors.Tensor, err error) {
	if !s.arrays.has(input.Name) {
		return r, nil, fmt.Errorf("the model's input %q is not in %s, which has %.400q: add it under that name", input.Name, s.arrays.path, s.arrays.names)
	}
	if r, err = s.arrays.read("input", input.Name); err != nil {
		return r, nil, err
	}
	moves := slices.Contains(s.moves, input.Name)
	if moves {
		if err := r.moving(); err != nil {
			return r, nil, err
		}
	}
	open := input.Shape.Rank() > 0 && input.Shape.Dim(0) < 0 && (r.t.Rank() == input.Shape.Rank() || moves)
	if !open {
		return r, r.t, nil
	}
	if r.samples() == 1 && !moves && s.all != 1 {
		values, err := dataset.Values(r.t)
		return r, tensors.FromFlatDataAndDimensions(values, r.t.Shape().Dimensions[1:]...), err
	}
	return r, nil, s.sameSamples(r)
}

// pack puts several inputs that vary from sample to sample into one row for each sample, and
// returns their names.
func (s *Subject) pack(inputs []modelInput, varying map[string]array) (names []string, err error) {
	data := map[string]*tensors.Tensor{}
	var fields []network.Field
	var still []string
	for _, input := range inputs {
		r, ok := varying[input.Name]
		if !ok {
			continue
		}
		x, err := picked(r.t, s.samples)
		if err != nil {
			return nil, err
		}
		if x.Rank() == 1 && input.Shape.Rank() == 2 { // one number for each sample
			values, err := dataset.Values(x)
			if err != nil {
				return nil, err
			}
			x = tensors.FromFlatDataAndDimensions(values, len(values), 1)
		}
		data[input.Name] = x
		names = append(names, input.Name)
		fields = append(fields, network.Field{Name: input.Name, Shape: shapes.Make(input.Shape.DType, x.Shape().Dimensions[1:]...)})
		if !slices.Contains(s.moves, input.Name) {
			still = append(still, input.Name)
		}
	}
	if s.packing, err = network.NewPacking(fields...); err != nil {
		return nil, err
	}
	if s.x, err = s.packing.Pack(data); err != nil {
		return nil, err
	}
	s.notes = append(s.notes, movingNote(s.moves, still))
	return names, nil
}
