package ask

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/network"
)

// Question is a question about a network, with what the flags of the command study judge say. Zero values
// mean the defaults. It round-trips through JSON.
type Question struct {
	Model string // an .onnx or .jaxnet file, or a folder of network.Save; "" for gradients in Data
	Data  string // an .npz, .npy or .csv file

	Action  string   // such as linear:3x2; see Actions
	Moves   []string // how each of several inputs moves, such as positions=affine:3x4
	Outputs string   // invariant, same, free or tensor; or how each of several moves, such as energy=invariant,forces=same
	Head    string   // outputs, centred, normalised, fisher or authors
	Input   string   // the model's input, or the array that holds it, or INPUT=ARRAY
	Output  string   // the model's output
	Layer   string   // whose activations take the place of the outputs
	From    string   // the tensor of an .onnx file that takes the place of the input

	Layers, ByOutput, Flows bool
	LayerNames              []string // of the layers that are profiled; empty for all
	By                      string   // the array of labels to break the answer down by
	Groups                  string   // the array of groups of samples, or how many samples make a group
	Targets                 string   // the array of targets
	Tests                   []string // such as rotation:0,1
	Invariants              bool     // on which polynomials of its vectors an invariant function depends
	Discrete                string   // candidates of finite symmetries: permutations, signed or blocks:4

	Samples int // at most so many; 0 for all
	Seed    uint64
	Batch   int
}

// String returns the question as the flags of study judge.
func (q Question) String() string {
	words := []string{"judge"}
	for _, name := range []string{q.Model, q.Data} {
		if name != "" {
			words = append(words, name)
		}
	}
	for _, f := range []struct{ name, value string }{
		{"action", q.Action}, {"move", strings.Join(q.Moves, " --move ")}, {"outputs", q.Outputs}, {"head", q.Head}, {"input", q.Input}, {"output", q.Output}, {"layer", q.Layer}, {"from", q.From},
		{"by", q.By}, {"groups", q.Groups}, {"targets", q.Targets}, {"test", strings.Join(q.Tests, " --test ")}, {"discrete", q.Discrete},
		{"samples", orNothing(q.Samples)}, {"seed", orNothing(q.Seed)}, {"batch", orNothing(q.Batch)},
	} {
		if f.value != "" {
			words = append(words, "--"+f.name+" "+f.value)
		}
	}
	for _, f := range []struct {
		name  string
		given bool
	}{{"layers", q.Layers && len(q.LayerNames) == 0}, {"by-output", q.ByOutput}, {"flows", q.Flows}, {"invariants", q.Invariants}} {
		if f.given {
			words = append(words, "--"+f.name)
		}
	}
	for _, name := range q.LayerNames {
		words = append(words, "--layers="+name)
	}
	return strings.Join(words, " ")
}

// orNothing returns "" for 0.
func orNothing[N int | uint64](n N) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// check returns an error if fields do not go together or have no meaning.
func (q Question) check() error {
	ways := 0
	for _, given := range []bool{q.Layers, q.ByOutput, q.Flows, q.By != ""} {
		if given {
			ways++
		}
	}
	transforms := q.Outputs != "" && q.Outputs != "invariant"
	switch {
	case q.Action != "" && len(q.Moves) > 0:
		return errors.New("Question.Action and Question.Moves both say how inputs move: give one")
	case ways > 1:
		return errors.New("Question.Layers, Question.ByOutput, Question.By and Question.Flows are different questions: ask one at a time")
	case q.Layer != "" && q.Output != "":
		return errors.New("Question.Layer and Question.Output both say what takes the place of the outputs: give one")
	case q.From != "" && !isONNX(q.Model):
		return errors.New("Question.From names a tensor of an .onnx file: leave it out, or give such a file")
	case q.Samples < 0 || q.Batch < 0:
		return fmt.Errorf("Question.Samples and Question.Batch must not be negative, got %d and %d", q.Samples, q.Batch)
	case transforms && (q.Layers || q.ByOutput):
		return fmt.Errorf("Question.Layers and Question.ByOutput ask whether outputs stay: leave Question.Outputs %s out", q.Outputs)
	case q.Outputs == "free" && len(q.Tests) > 0:
		return errors.New("Question.Tests says how inputs move, and with Question.Outputs free nothing says how outputs do: leave Question.Tests out, or choose Question.Outputs same or tensor")
	}
	if _, err := q.head(); err != nil {
		return err
	}
	for _, t := range q.Tests {
		if _, err := parseTest(t); err != nil {
			return err
		}
	}
	if _, err := parseMoves(q.Moves); err != nil {
		return err
	}
	if err := q.checkBeyond(); err != nil {
		return err
	}
	return checkOutputs(q.Outputs)
}

// shared reports whether several processes can share the work.
func (q Question) shared() error {
	if q.Layers || q.ByOutput || q.By != "" || q.Invariants || q.Discrete != "" {
		return errors.New("several processes share the verdict on all outputs and samples: leave Question.Layers, Question.ByOutput, Question.By, Question.Invariants and Question.Discrete out, or ask in one process")
	}
	return nil
}

var heads = []struct {
	name string
	head network.Head
}{
	{"outputs", network.Outputs}, {"centred", network.CentredLogits}, {"normalised", network.NormalisedLogits}, {"fisher", network.FisherRows}, {"authors", network.PaperHead},
}

func headNames() (names []string) {
	for _, h := range heads {
		names = append(names, h.name)
	}
	return names
}

// head returns the head that is applied to the outputs.
func (q Question) head() (network.Head, error) {
	for _, h := range heads {
		if q.Head == h.name {
			return h.head, nil
		}
	}
	return network.Outputs, oneOf("Question.Head", q.Head, headNames())
}

// oneOf returns an error unless a field is empty or has one of the values.
func oneOf(field, value string, values []string) error {
	for _, v := range values {
		if value == "" || value == v {
			return nil
		}
	}
	return fmt.Errorf("%s %s: it is one of %s; the nearest is %q", field, value, strings.Join(values, ", "), spelling.Nearest(value, values))
}

// number reads a text that is a whole number, or else the name of an array.
func number(text string) (n int, ok bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil
}
