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

// openONNX reads a network from an ONNX file, with its inputs.
func (s *Subject) openONNX() error {
	settings, err := s.settingsOfONNX()
	if err != nil {
		return err
	}
	if from := s.question.From; from != "" && from != settings.Input {
		if s.packing != nil {
			return fmt.Errorf("Question.From is for models with one input that differs from sample to sample, and these differ: %q", settings.Inputs)
		}
		if err := s.goOnFrom(settings); err != nil {
			return err
		}
	}
	return s.load(settings)
}

// settingsOfONNX reads the inputs of an ONNX file, and returns the settings that the question
// names.
func (s *Subject) settingsOfONNX() (settings onnx.Settings, err error) {
	q := s.question
	settings = onnx.Settings{Output: cmp.Or(q.Output, q.Layer), From: q.From, Fixed: map[string]*tensors.Tensor{}}
	if len(q.LayerNames) > 0 {
		settings.Layers = q.LayerNames
	}
	inputs, err := onnx.Inputs(q.Model, 0)
	if err != nil {
		return settings, err
	}
	if s.moves, err = s.moving(inputs); err != nil {
		return settings, err
	}
	input := inputNamed(inputs, s.moves[0])
	x, err := s.input(input.Name)
	if err != nil {
		return settings, err
	}
	dtype := input.Shape.DType
	if dtype != dtypes.Float64 {
		dtype = dtypes.Float32 // Load says what is wrong with other types
	}
	if err := mayMove(input); err != nil {
		return settings, err
	}
	if err := s.take(x, dtype); err != nil {
		return settings, err
	}
	settings.Input, settings.Shape = input.Name, s.Input()
	varying := map[string]array{}
	for _, other := range inputs {
		if other.Name == input.Name {
			continue
		}
		r, value, err := s.other(other)
		if err != nil {
			return settings, err
		}
		if value == nil {
			varying[other.Name] = r
		} else {
			settings.Fixed[other.Name] = value
		}
	}
	if len(varying) > 0 {
		varying[input.Name] = x
		return s.pack(inputs, varying, settings)
	}
	return settings, nil
}

// load reads the network, with several outputs if Question.Outputs names them.
func (s *Subject) load(settings onnx.Settings) (err error) {
	if s.outputNames = outputNames(s.question.Outputs); s.outputNames != nil {
		if settings.Output != "" {
			return fmt.Errorf("Question.Outputs %s names outputs: leave Question.Output and Question.Layer out", s.question.Outputs)
		}
		settings.Outputs = s.outputNames
	}
	s.network, err = onnx.Load(s.question.Model, settings)
	if err != nil && s.question.Layer != "" {
		return fieldError{err, strings.NewReplacer("Settings.Output", "Question.Layer")}
	}
	if err != nil || len(s.outputNames) < 2 {
		return err
	}
	for _, name := range s.outputNames { // how many numbers each has
		settings.Output, settings.Outputs = name, nil
		one, err := onnx.Load(s.question.Model, settings)
		if err != nil {
			return err
		}
		y, err := one.Predict(dataset.Rows(s.x, 0, 1))
		if err != nil {
			return err
		}
		s.outputSizes = append(s.outputSizes, y.Shape().Dim(1))
	}
	return nil
}

// moving returns the names of the inputs of a file that move: as Question.Moves or Question.Input names them, the
// only input, or the only one of floats.
func (s *Subject) moving(inputs []onnx.Input) ([]string, error) {
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

// goOnFrom replaces the inputs by the activations of the tensor that Question.From names.
func (s *Subject) goOnFrom(settings onnx.Settings) error {
	settings.Output, settings.From, settings.Layers = settings.From, "", nil
	list, err := onnx.Tensors(s.question.Model, settings)
	if err != nil {
		return fieldError{err, strings.NewReplacer("Settings.Output", "Question.From")}
	}
	encoder, err := onnx.Load(s.question.Model, settings)
	if err != nil {
		return fieldError{err, strings.NewReplacer("Settings.Output", "Question.From")}
	}
	latent, err := encoder.Predict(s.x)
	if err != nil {
		return err
	}
	values, err := dataset.Values(latent)
	if err != nil {
		return err
	}
	shape := append([]int{s.Len()}, list[len(list)-1].Shape.Dimensions[1:]...)
	if s.x, err = as(tensors.FromFlatDataAndDimensions(values, shape...), s.x.DType()); err != nil {
		return err
	}
	s.notes = append(s.notes, fmt.Sprintf("The activations of %q, %v for each sample, took the place of the inputs.", settings.Output, s.Input()))
	return nil
}

// moved returns the input of a file that moves: the one that Question.Input names, the only one, or
// the only one of floats.
func (s *Subject) moved(inputs []onnx.Input) (onnx.Input, error) {
	name, _, _ := strings.Cut(s.question.Input, "=")
	var floats, named []onnx.Input
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
	return onnx.Input{}, fmt.Errorf("%s has the inputs %v: say by Question.Input which of them moves, or by Question.Moves how each of several does", s.question.Model, inputs)
}

// mayMove returns an error for an input of integers or bools.
func mayMove(input onnx.Input) error {
	if input.Shape.DType.IsFloat() {
		return nil
	}
	return fmt.Errorf("the model's input %q is of type %s, which no action can move: move another input, by Question.Input or Question.Moves", input.Name, input.Shape.DType)
}

// inputNamed returns the input of a name.
func inputNamed(inputs []onnx.Input, name string) onnx.Input {
	return inputs[slices.IndexFunc(inputs, func(i onnx.Input) bool { return i.Name == name })]
}

// other reads another input: its value, if that is the same for all samples, or its array.
func (s *Subject) other(input onnx.Input) (r array, value *tensors.Tensor, err error) {
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

// pack puts several inputs that vary from sample to sample into one row for each sample. It
// returns the settings for them.
func (s *Subject) pack(inputs []onnx.Input, varying map[string]array, settings onnx.Settings) (onnx.Settings, error) {
	settings.Input, settings.Shape, settings.Shapes = "", nil, map[string][]int{}
	data := map[string]*tensors.Tensor{}
	var still []string
	for _, input := range inputs {
		r, ok := varying[input.Name]
		if !ok {
			continue
		}
		x, err := picked(r.t, s.samples)
		if err != nil {
			return settings, err
		}
		if x.Rank() == 1 && input.Shape.Rank() == 2 { // one number for each sample
			values, err := dataset.Values(x)
			if err != nil {
				return settings, err
			}
			x = tensors.FromFlatDataAndDimensions(values, len(values), 1)
		}
		data[input.Name] = x
		settings.Inputs = append(settings.Inputs, input.Name)
		settings.Shapes[input.Name] = append([]int{}, x.Shape().Dimensions[1:]...)
		if !slices.Contains(s.moves, input.Name) {
			still = append(still, input.Name)
		}
	}
	fields := make([]network.Field, len(settings.Inputs))
	for i, name := range settings.Inputs {
		fields[i] = network.Field{Name: name, Shape: shapes.Make(inputNamed(inputs, name).Shape.DType, settings.Shapes[name]...)}
	}
	packing, err := network.NewPacking(fields...)
	if err != nil {
		return settings, err
	}
	s.packing = packing
	if s.x, err = packing.Pack(data); err != nil {
		return settings, err
	}
	s.notes = append(s.notes, movingNote(s.moves, still))
	return settings, nil
}
