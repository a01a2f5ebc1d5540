package ask

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network"
)

// Subject is a network with the data that the question is about.
type Subject struct {
	question Question
	network  *network.Network
	x        *tensors.Tensor // [N, input…]
	given    bool            // there are gradients in place of a network
	arrays   arrays
	all      int   // number of samples in the files
	samples  []int // the chosen ones; nil for all
	notes    []string

	how     action.Action   // of values of the program; nil if the question says how inputs move
	targets *tensors.Tensor // of all samples of the program; nil if the question says which, if any

	packing     *network.Packing // of several inputs that vary; nil for one
	moves       []string         // the inputs of an .onnx or .jaxnet file that move
	outputNames []string         // that Question.Outputs names; nil for one output
	outputSizes []int            // numbers of each, if there are several
}

// String describes the network and the data.
func (s *Subject) String() string {
	what := s.question.Model
	switch {
	case s.given:
		what = "gradients from elsewhere"
	case what == "":
		what = s.network.String()
	}
	shape := fmt.Sprintf("shape %v", s.Input())
	if s.packing != nil {
		shape = s.packing.String()
	}
	return fmt.Sprintf("%s, on %d samples of %s from %s", what, s.Len(), shape, s.arrays.path)
}

// Len returns the number of samples.
func (s *Subject) Len() int { return s.x.Shape().Dim(0) }

// Input returns the shape of one input; of several that vary, of the first that moves.
func (s *Subject) Input() []int {
	if s.packing != nil {
		return shapeOf(s.packing, s.moves[0])
	}
	return s.x.Shape().Dimensions[1:]
}

// Open reads what a question is about: the network of q.Model and its inputs from q.Data or,
// without a model, gradients.
//
// It returns the errors of the files, and an error if a model's input is not in the data, if
// the moving input holds integers, if arrays have different numbers of samples, or if the
// shape of gradients does not match inputs and outputs. These errors name the field to change.
func Open(q Question) (*Subject, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	if q.Data == "" {
		return nil, errors.New("no data: give an .npz, .npy or .csv file")
	}
	if q.Model == "" && isModel(q.Data) {
		return nil, fmt.Errorf("%s is a model: give the data behind it, an .npz, .npy or .csv file", q.Data)
	}
	a, err := openArrays(q.Data)
	if err != nil {
		return nil, err
	}
	s := &Subject{question: q, arrays: a, given: q.Model == ""}
	if err := s.complete(); err != nil {
		return nil, err
	}
	return s, nil
}

// complete reads the network and its inputs, and checks whether the question suits them.
func (s *Subject) complete() error {
	q := s.question
	if err := s.open(); err != nil {
		return inFields(err)
	}
	if len(q.LayerNames) > 0 && s.network != nil && !isONNX(q.Model) && !isJAX(q.Model) {
		if err := s.layersExist(); err != nil {
			return err
		}
	}
	if outputNames(q.Outputs) != nil && s.outputNames == nil {
		return fmt.Errorf("Question.Outputs %s names outputs, which only .onnx and .jaxnet files have: give one kind for all", q.Outputs)
	}
	if len(q.Moves) > 0 && s.packing == nil {
		return errors.New("Question.Moves is for .onnx and .jaxnet files with several inputs in their data: say by Question.Action how a single input moves")
	}
	if note := noteOnChannels(q.Action, s.Input()); note != "" && s.packing == nil {
		s.notes = append(s.notes, note)
	}
	return nil
}

// open reads the network and its inputs, depending on the kind of model.
func (s *Subject) open() error {
	path := s.question.Model
	switch {
	case s.given:
		return s.openGradients()
	case s.network != nil:
		return s.openHeld()
	}
	switch info, err := os.Stat(path); {
	case err != nil:
		return fmt.Errorf("the model: %w", err)
	case !isModel(path):
		return fmt.Errorf("%s is no model: give an .onnx file, a .jaxnet file of liegg_export.py, or a folder that network.Save wrote", path)
	case info.IsDir():
		return s.openStored()
	case isJAX(path):
		return s.openJAX()
	}
	return s.openONNX()
}

// isONNX reports whether a path ends like an ONNX file.
func isONNX(path string) bool { return strings.EqualFold(filepath.Ext(path), ".onnx") }

// isJAX reports whether a path ends like the files of liegg_export.py.
func isJAX(path string) bool { return strings.EqualFold(filepath.Ext(path), ".jaxnet") }

// isModel reports whether a path looks like the path of a model.
func isModel(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir() || isJAX(path) || isONNX(path)
}

// openStored reads a network that package network has stored.
func (s *Subject) openStored() (err error) {
	if s.network, err = network.Load(s.question.Model); err != nil {
		return err
	}
	if s.question.Output != "" {
		return errors.New("Question.Output is for .onnx and .jaxnet files: Question.Layer names a layer of a stored network, such as \"hidden 1\"")
	}
	if s.question.Layer != "" {
		s.network = s.network.UpTo(s.question.Layer)
	}
	x, err := s.input("")
	if err != nil {
		return err
	}
	dtype, _ := typeOf(s.network)
	return s.take(x, dtype)
}

// typeOf returns the type of a network's weights, float64 if it has none.
func typeOf(n *network.Network) (t dtypes.DType, weights bool) {
	if n.Store == nil {
		return dtypes.Float64, false
	}
	for v := range n.Store.IterVariables() {
		if t := v.Shape().DType; t == dtypes.Float32 || t == dtypes.Float64 {
			return t, true
		}
	}
	return dtypes.Float64, false
}

// take sets the subject's inputs, in a floating-point type, and draws the samples.
func (s *Subject) take(x array, dtype dtypes.DType) (err error) {
	if err := x.moving(); err != nil {
		return err
	}
	if x.t.Rank() == 1 { // one number for each sample
		values, err := dataset.Values(x.t)
		if err != nil {
			return err
		}
		x.t = tensors.FromFlatDataAndDimensions(values, len(values), 1)
	}
	if s.all = x.samples(); s.all == 0 {
		return fmt.Errorf("%q has no samples", x.name)
	}
	s.samples = drawn(s.all, s.question.Samples, s.question.Seed)
	some, err := picked(x.t, s.samples)
	if err != nil {
		return err
	}
	s.x, err = as(some, dtype)
	return err
}

// sameSamples returns an error unless an array has as many samples as the inputs.
func (s *Subject) sameSamples(r array) error {
	if r.samples() == s.all {
		return nil
	}
	return fmt.Errorf("%q has %d samples, but there are %d inputs: the first axis of all arrays numbers the samples", r.name, r.samples(), s.all)
}

// drawn returns n of all samples, in their order, or nil for all of them.
func drawn(all, n int, seed uint64) []int {
	if n == 0 || n >= all {
		return nil
	}
	samples := rand.New(rand.NewPCG(seed, 0)).Perm(all)[:n]
	slices.Sort(samples)
	return samples
}
